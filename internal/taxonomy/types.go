package taxonomy

import (
	"slices"
	"strings"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// typeDef is one entry of types. A property of a named type starts from a copy of its value, which shares the enums and
// objects in it.
type typeDef struct {
	name   string
	pos    diag.Position
	spec   *syntax.Type
	value  *Value // nil until it is built, and when it cannot be
	built  bool
	height int // levels of nesting in value
	used   bool
	set    map[string]diag.Position // keywords that the type and those it refers to set
}

// collectTypes finds the names of all types, so that they can refer to each other in any order.
func (b *builder) collectTypes() {
	for _, f := range b.files {
		for _, e := range f.Types.Entries {
			b.wireName(e.Name, e.Pos)
			if slices.Contains(syntax.TypeNames(), e.Name) {
				b.report(diag.New(e.Pos, "E003", "%q is a type of the language", e.Name).WithFix("choose another name"))
				continue
			}
			if first, ok := b.types[e.Name]; ok {
				b.duplicate(e.Pos, "type "+quote(e.Name), first.pos)
				continue
			}
			b.types[e.Name] = &typeDef{name: e.Name, pos: e.Pos, spec: e.Value}
			b.typeNames = append(b.typeNames, e.Name)
		}
	}
}

func (b *builder) buildTypes(t *Taxonomy) {
	for _, name := range b.typeNames {
		def := b.types[name]
		b.buildType(def)
		if def.value == nil {
			continue
		}
		t.Types = append(t.Types, &NamedType{
			Name:        name,
			GoName:      b.goName(&def.spec.Mapping, def.spec.GoName),
			Description: def.spec.Description,
			Deprecated:  def.spec.Deprecated.Sentence(),
			NoLint:      b.noLint(&def.spec.Mapping, def.spec.NoLint),
			Value:       def.value,
			Pos:         def.pos,
		})
	}
}

func (b *builder) buildType(def *typeDef) {
	if def.built {
		return
	}
	b.building = append(b.building, def)
	def.value = b.value(&def.spec.Mapping, &def.spec.Value, scope{depth: 1, def: def})
	if def.value != nil {
		b.annotations(&def.spec.Mapping, &def.spec.Value, fit{value: def.value})
		share(def.value)
		if o := def.value.Fields; o != nil && o.Name == "" {
			o.Name = def.name
		}
		def.height = b.height(def.value)
	}
	def.built = true
	b.building = b.building[:len(b.building)-1]
}

// share marks the enum or object that a type leads to as shared, whether the type is one or holds one.
func share(v *Value) {
	switch {
	case v == nil:
	case v.Enum != nil:
		v.Enum.Shared = true
	case v.Fields != nil:
		v.Fields.Shared = true
	default:
		share(element(v))
	}
}

// element returns what an array or a map holds.
func element(v *Value) *Value {
	if v.Items != nil {
		return v.Items
	}
	return v.Values
}

// lookupType returns the type that a value names, built, or nil after reporting why there is none.
func (b *builder) lookupType(name string, at diag.Position) *typeDef {
	def, ok := b.types[name]
	if !ok {
		d := diag.New(at, "E006", "unknown type %q", name)
		if advice, ok := foreignTypes[strings.ToLower(name)]; ok {
			b.report(d.WithFix("%s", advice))
			return nil
		}
		b.report(d.WithFix("%s", b.suggest(name, append(syntax.TypeNames(), b.typeNames...))))
		return nil
	}
	def.used = true
	if i := slices.Index(b.building, def); i >= 0 {
		b.report(diag.New(at, "E006", "the types form a circle: %s", chain(b.building[i:])))
		return nil
	}
	b.buildType(def)
	if def.value == nil {
		return nil
	}
	return def
}

func chain(defs []*typeDef) string {
	var s strings.Builder
	for _, def := range defs {
		s.WriteString(def.name + " → ")
	}
	return s.String() + defs[0].name
}

// foreignTypes tell authors who know other languages what a type is called here.
var foreignTypes = map[string]string{
	"bool":      "write type: boolean",
	"date":      "write type: string, format: date",
	"datetime":  "write type: string, format: date-time",
	"date-time": "write type: string, format: date-time",
	"dict":      "write type: map, values: {type: …}",
	"double":    "write type: number",
	"email":     "write type: string, format: email",
	"enum":      "write type: string, enum: [first, second]",
	"float":     "write type: number",
	"float64":   "write type: number",
	"int":       "write type: integer",
	"int64":     "write type: integer",
	"ip":        "write type: string, format: ip",
	"list":      "write type: array, items: {type: …}",
	"long":      "write type: integer",
	"null":      "write nullable: true beside the type",
	"str":       "write type: string",
	"text":      "write type: string",
	"time":      "write type: string, format: date-time",
	"timestamp": "write type: string, format: date-time",
	"url":       "write type: string, format: uri",
	"uuid":      "write type: string, format: uuid",
}

// instance returns a copy of a named type's value for one use. Enums and objects stay shared.
func instance(v *Value) *Value {
	if v == nil {
		return nil
	}
	c := *v
	c.Items, c.Values = instance(v.Items), instance(v.Values)
	return &c
}

// height returns the levels of nesting in v, 1 for a scalar.
func (b *builder) height(v *Value) int {
	if v == nil {
		return 0
	}
	return 1 + max(b.height(v.Items), b.height(v.Values), b.heights[v.Fields])
}
