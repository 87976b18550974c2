package taxonomy

import (
	"maps"
	"strconv"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// maxDepth is the deepest nesting of values.
const maxDepth = 64

// scope is what surrounds a value.
type scope struct {
	name     string    // of the property; "" for an item, a map value or a type
	depth    int       // 1 for a property of an event
	said     *personal // what an enclosing value says about personal data; nil for nothing
	def      *typeDef  // the named type that is being built, on its outermost value
	topLevel bool      // the property is one of an event or an entity
}

// reading is one value while it is being built.
type reading struct {
	b     *builder
	at    *syntax.Mapping
	spec  *syntax.Value
	in    scope
	value *Value
	base  *typeDef // the named type that the value starts from, or nil
	def   *typeDef // the named type that the value is, or nil
}

// value builds what a property, an element or a type may hold. It returns nil when the type is not known.
func (b *builder) value(at *syntax.Mapping, spec *syntax.Value, in scope) *Value {
	r := &reading{b: b, at: at, spec: spec, in: in, def: in.def}
	if in.depth > maxDepth {
		b.report(diag.New(at.Pos(), "E014", "values are nested more than %d deep", maxDepth))
		return nil
	}
	if !r.start() {
		return nil
	}
	r.classify()
	r.applyKeywords()
	r.checkComplete()
	r.checkBounds()
	r.checkValues()
	return r.value
}

// start makes the value of the declared type.
func (r *reading) start() bool {
	name := string(r.spec.Type)
	switch t := Type(name); t {
	case "": // missing or malformed, which has been reported
		return false
	case String, Integer, Number, Boolean, Object, Array, Map, Any:
		r.value = &Value{Type: t}
	default:
		r.base = r.b.lookupType(name, r.at.ValuePos("type"))
		if r.base == nil {
			return false
		}
		if r.in.depth+r.base.height-1 > maxDepth {
			r.b.report(diag.New(r.at.ValuePos("type"), "E014", "with type %s, values are nested more than %d deep", name, maxDepth))
			return false
		}
		r.value = instance(r.base.value)
	}
	if r.def != nil {
		r.def.set = map[string]diag.Position{}
		if r.base != nil {
			maps.Copy(r.def.set, r.base.set)
		}
	}
	r.value.Pos = r.at.Pos()
	r.value.Description = orElse(r.spec.Description, r.value.Description)
	return true
}

// checkComplete reports arrays, maps and objects that do not say what is in them.
func (r *reading) checkComplete() {
	for _, k := range []struct {
		t             Type
		name, example string
	}{
		{Array, "items", "items: {type: string, pii: none}"},
		{Map, "values", "values: {type: number}"},
		{Object, "properties", "properties: {…}, or use type: map or type: any"},
	} {
		if r.value.Type == k.t && !r.at.Has(k.name) && (r.base == nil || !r.base.has(k.name)) {
			r.b.report(diag.New(r.at.Pos(), "E005", "%s says %s and has no %s", r.what(), k.t, k.name).
				WithFix("add %s", k.example))
		}
	}
}

// what names the value in messages.
func (r *reading) what() string {
	switch {
	case r.def != nil:
		return "type " + quote(r.def.name)
	case r.in.name != "":
		return "property " + quote(r.in.name)
	default:
		return "the element"
	}
}

func quote(s string) string { return strconv.Quote(s) }

// inside returns the scope of what the value holds.
func (r *reading) inside(name string) scope {
	return scope{name: name, depth: r.in.depth + 1, said: r.said()}
}

// element builds what an array or a map holds.
func (r *reading) element(spec *syntax.Element) *Value {
	if spec.Has("const") {
		r.b.report(diag.New(spec.KeyPos("const"), "E012", "const has no meaning for the elements of an array or map").
			WithFix("put const on a property"))
		return nil
	}
	v := r.b.value(&spec.Mapping, &spec.Value, r.inside(""))
	if v == nil {
		return nil
	}
	if v.Const != nil {
		r.b.report(diag.New(spec.ValuePos("type"), "E012", "type %s is a constant, which only a property can be", spec.Type))
	}
	if declared := spec.Has("enum") || spec.Has("properties"); !declared && spec.Has("go_name") {
		r.b.report(diag.New(spec.KeyPos("go_name"), "E012", "go_name has no effect on an element without an enum or properties"))
	}
	r.b.annotations(&spec.Mapping, &spec.Value, fit{value: v})
	return v
}

func (r *reading) object() {
	fields := &ObjectType{
		GoName:      r.goName(),
		Description: r.value.Description,
		Pos:         r.at.Pos(),
	}
	height := 1
	for _, e := range r.spec.Properties.Entries {
		if p := r.b.property(e, r.inside(e.Name)); p != nil {
			fields.Properties = append(fields.Properties, p)
			height = max(height, r.b.height(p.Value))
		}
	}
	r.b.heights[fields] = height
	r.value.Fields = fields
}

// goName returns the go_name that names a type declared in place. On a property go_name names the field, and the type is
// called after it.
func (r *reading) goName() string {
	if r.in.name != "" {
		return ""
	}
	return r.b.goName(r.at, r.spec.GoName)
}
