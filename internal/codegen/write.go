package codegen

import (
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// expression is Go code that stands for a value: a chain of locals, fields and indexes. As text it can be used twice, which
// a jen.Statement cannot.
type expression string

func (x expression) code() *jen.Statement { return jen.Id(string(x)) }

// writeDecl returns func (e *X) write(w *runtime.Writer) { … } with one call per property, in the order of the descriptor.
func writeDecl(receiver, goName string, properties []*taxonomy.Property) jen.Code {
	var body []jen.Code
	for _, p := range properties {
		body = append(body, writeProperty(p, expression(receiver+"."+p.GoName))...)
	}
	return jen.Func().Params(jen.Id(receiver).Op("*").Id(goName)).Id("write").Params(writerParam()).Block(body...)
}

func writeProperty(p *taxonomy.Property, field expression) []jen.Code {
	switch {
	case p.Value.Const != nil:
		return []jen.Code{writer("Const")}
	case !optional(p):
		return writeValue(p.Value, field, 1)
	case scalarMethod(p.Value) == "Any", compound(p.Value):
		return []jen.Code{writeWhenSet(p.Value, field)}
	default:
		return []jen.Code{writeOptional(p.Value, field)}
	}
}

// compound reports whether a value has parts.
func compound(v *taxonomy.Value) bool { return v.Fields != nil || v.Items != nil || v.Values != nil }

// writeOptional returns w.OptInteger(e.Count), with the wrapper taken off a classified value. An enum's value and state are
// passed one by one: a function that takes the runtime.Opt of any enum would be compiled for each of them.
func writeOptional(v *taxonomy.Value, field expression) jen.Code {
	method := "Opt" + scalarMethod(v)
	switch {
	case v.Enum != nil:
		return writer(method, (field + ".State").code(), scalarArgument(v, field+".Value"))
	case v.Classified():
		return writer(method, inRuntime("Reveal").Call(field.code()))
	default:
		return writer(method, field.code())
	}
}

// writeWhenSet returns
//
//	if w.Opt(e.Tags.State) {
//		w.Array(len(e.Tags.Value))
//		…
//	}
func writeWhenSet(v *taxonomy.Value, field expression) jen.Code {
	return jen.If(writer("Opt", (field + ".State").code())).Block(writeValue(v, field+".Value", 1)...)
}

// writeValue writes what x stands for. depth counts the loops around it and keeps their variables apart.
func writeValue(v *taxonomy.Value, x expression, depth int) []jen.Code {
	switch {
	case v.Fields != nil:
		return []jen.Code{writer("Object"), x.code().Dot("write").Call(jen.Id("w")), writer("End")}
	case v.Items != nil:
		return []jen.Code{writer("Array", length(x)), writeItems(v.Items, x, depth), writer("End")}
	case v.Values != nil:
		return []jen.Code{writer("Map", length(x)), writeEntries(v.Values, x, depth), writer("End")}
	default:
		return []jen.Code{writeScalar(v, x)}
	}
}

func length(x expression) jen.Code { return jen.Len(x.code()) }

// writeItems returns the loop over an array. Objects are written where they are, since copying them would cost.
func writeItems(items *taxonomy.Value, x expression, depth int) jen.Code {
	if items.Fields != nil {
		i := local("i", depth)
		return jen.For(i.code().Op(":=").Range().Add(x.code())).Block(writeValue(items, x+"["+i+"]", depth+1)...)
	}
	item := local("item", depth)
	loop := jen.List(jen.Id("_"), item.code()).Op(":=").Range().Add(x.code())
	return jen.For(loop).Block(writeValue(items, item, depth+1)...)
}

// writeEntries returns the loop over a map, in the order of its keys. An entry cannot be addressed, so what has parts is
// copied into a variable first.
func writeEntries(values *taxonomy.Value, x expression, depth int) jen.Code {
	key := local("key", depth)
	entry := x + "[" + key + "]"
	body := []jen.Code{writer("Key", key.code())}
	if compound(values) {
		value := local("value", depth)
		body = append(body, value.code().Op(":=").Add(entry.code()))
		entry = value
	}
	body = append(body, writeValue(values, entry, depth+1)...)
	loop := jen.List(jen.Id("_"), key.code()).Op(":=").Range().Add(inRuntime("Keys").Call(x.code()))
	return jen.For(loop).Block(body...)
}

// local names a variable of a loop: item, then item2 inside it.
func local(name string, depth int) expression {
	if depth == 1 {
		return expression(name)
	}
	return expression(name + strconv.Itoa(depth))
}

// writeScalar returns w.Integer(e.Count).
func writeScalar(v *taxonomy.Value, x expression) jen.Code {
	return writer(scalarMethod(v), scalarArgument(v, x))
}

// scalarArgument returns a value as the Writer takes it: in the clear, and an enum as its position.
func scalarArgument(v *taxonomy.Value, x expression) jen.Code {
	argument := x.code()
	if v.Classified() {
		argument = argument.Dot("Reveal").Call()
	}
	if v.Enum != nil {
		argument = jen.Uint16().Call(argument)
	}
	return argument
}

// scalarMethod returns the Writer's method for a value without parts.
func scalarMethod(v *taxonomy.Value) string {
	switch {
	case v.Enum != nil:
		return "Enum"
	case v.Format == dateTime:
		return "Time"
	}
	switch v.Type {
	case taxonomy.String:
		return "String"
	case taxonomy.Integer:
		return "Integer"
	case taxonomy.Number:
		return "Number"
	case taxonomy.Boolean:
		return "Boolean"
	default:
		return "Any"
	}
}
