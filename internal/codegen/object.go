package codegen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// writeTypes writes nested or shared types.
func writeTypes(f *file, types []named) {
	for _, n := range types {
		if n.enum != nil {
			writeEnum(f, n.enum)
		} else {
			writeObject(f, n.object)
		}
	}
}

// writeObject writes a nested struct and what the runtime needs to know about it.
func writeObject(f *file, o *taxonomy.ObjectType) {
	f.decl(doc(summary(o.GoName, o.Description, "is an object within an event")), structDecl(o.GoName, o.Properties))
	f.decl(writeDecl("e", o.GoName, o.Properties))
	f.decl(jen.Var().Id(objectVar(o.GoName)).Op("=").Add(objectLiteral(o.Properties)))
}

// structDecl returns type X struct { … }. The blank field makes the compiler refuse literals that do not name their fields.
func structDecl(goName string, properties []*taxonomy.Property) jen.Code {
	fields := []jen.Code{jen.Id("_").Struct()}
	for _, p := range properties {
		if p.Value.Const == nil {
			fields = append(fields, jen.Line(), fieldDoc(p), jen.Id(p.GoName).Add(fieldType(p).code()))
		}
	}
	return jen.Type().Id(goName).Struct(fields...)
}

// fieldDoc returns, for example, "// AmountMinor: What the customer paid. Required; in minor units."
func fieldDoc(p *taxonomy.Property) jen.Code {
	text := p.GoName + ": " + sentence(p.Description) + " " + strings.Join(traits(p), "; ") + "."
	return doc(text, deprecation(p.Deprecated))
}

// traits lists what the Go type of a field does not tell. Format and category of an array or a map are those of its items.
func traits(p *taxonomy.Property) []string {
	list := []string{"Optional"}
	if p.Required {
		list[0] = "Required"
	}
	if p.Nullable {
		list = append(list, "may be null")
	}
	leaf := leafOf(p.Value)
	if leaf.Format != "" && leaf.Format != dateTime {
		list = append(list, leaf.Format)
	}
	if p.Unit != "" {
		list = append(list, "in "+p.Unit)
	}
	if leaf.Classified() {
		list = append(list, "personal data ("+leaf.Category+")")
	}
	return list
}

// leafOf returns what the arrays and maps of v hold in the end.
func leafOf(v *taxonomy.Value) *taxonomy.Value {
	switch {
	case v.Items != nil:
		return leafOf(v.Items)
	case v.Values != nil:
		return leafOf(v.Values)
	default:
		return v
	}
}

// summary returns the first paragraph of a type's documentation: "X: Description." or, without one, "X is ….".
func summary(goName, description, otherwise string) string {
	if strings.TrimSpace(description) == "" {
		return goName + " " + otherwise + "."
	}
	return goName + ": " + sentence(description)
}

// fact returns "Name: value." or "" when there is no value.
func fact(name, value string) string {
	if value == "" {
		return ""
	}
	return name + ": " + value + "."
}

// facts joins what is known into one paragraph.
func facts(known ...string) string {
	return strings.Join(strings.Fields(strings.Join(known, " ")), " ")
}
