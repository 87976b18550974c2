package schema

import (
	"encoding/json"
	"math"
	"net/url"
	"strconv"

	"github.com/invopop/jsonschema"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// maxInteger is 2^53: beyond it, a receiver that keeps numbers as float64 would change an integer.
const maxInteger = 1 << 53

// builder builds one document and collects the shared types that it refers to.
type builder struct {
	defs jsonschema.Definitions
}

func newBuilder() *builder { return &builder{defs: jsonschema.Definitions{}} }

// object returns {"type": "object", …} that admits the given properties and no others.
func (b *builder) object(properties []*taxonomy.Property) *jsonschema.Schema {
	s := &jsonschema.Schema{
		Type:                 "object",
		Properties:           jsonschema.NewProperties(),
		AdditionalProperties: jsonschema.FalseSchema,
	}
	for _, p := range properties {
		s.Properties.Set(p.Name, b.property(p))
		if p.Required {
			s.Required = append(s.Required, p.Name)
		}
	}
	return s
}

func (b *builder) property(p *taxonomy.Property) *jsonschema.Schema {
	s := b.constraints(p.Value)
	if p.Nullable {
		s = nullable(s)
	}
	describe(s, p.Value)
	if p.Description != "" {
		s.Description = p.Description
	}
	deprecate(s, p.Deprecated)
	annotate(s, "x-unit", p.Unit)
	annotate(s, "x-owner", p.Owner)
	return s
}

// value returns the schema of an array item or a map value.
func (b *builder) value(v *taxonomy.Value) *jsonschema.Schema {
	s := b.constraints(v)
	describe(s, v)
	return s
}

// constraints returns what decides whether a value is valid, without annotations.
func (b *builder) constraints(v *taxonomy.Value) *jsonschema.Schema {
	switch {
	case v.Const != nil:
		return &jsonschema.Schema{Const: v.Const}
	case v.Enum != nil:
		return b.enum(v.Enum)
	case v.Fields != nil:
		return b.fields(v.Fields)
	}
	switch v.Type {
	case taxonomy.String:
		return text(v)
	case taxonomy.Integer:
		return integer(v)
	case taxonomy.Number:
		return number(v)
	case taxonomy.Array:
		return b.array(v)
	case taxonomy.Map:
		return &jsonschema.Schema{Type: "object", AdditionalProperties: b.value(v.Values)}
	case taxonomy.Boolean:
		return &jsonschema.Schema{Type: "boolean"}
	default: // any
		return &jsonschema.Schema{}
	}
}

// enum returns the values of an enum, or a reference to them when other places use the enum too.
func (b *builder) enum(e *taxonomy.Enum) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	if e.Integers {
		s.Type = "integer"
	}
	for _, v := range e.Values {
		if e.Integers {
			s.Enum = append(s.Enum, v.Integer)
		} else {
			s.Enum = append(s.Enum, v.String)
		}
	}
	if !e.Shared {
		return s
	}
	s.Description = e.Description
	b.defs[e.GoName] = s
	return reference(e.GoName)
}

// fields returns an object with declared properties, or a reference to it when other places use it too.
func (b *builder) fields(o *taxonomy.ObjectType) *jsonschema.Schema {
	if !o.Shared {
		return b.object(o.Properties)
	}
	if _, done := b.defs[o.GoName]; !done {
		s := b.object(o.Properties)
		s.Description = o.Description
		b.defs[o.GoName] = s
	}
	return reference(o.GoName)
}

func reference(definition string) *jsonschema.Schema {
	return &jsonschema.Schema{Ref: "#/$defs/" + url.PathEscape(definition)}
}

func (b *builder) array(v *taxonomy.Value) *jsonschema.Schema {
	return &jsonschema.Schema{
		Type:        "array",
		Items:       b.value(v.Items),
		MinItems:    size(v.MinItems),
		MaxItems:    size(v.MaxItems),
		UniqueItems: v.UniqueItems,
	}
}

func text(v *taxonomy.Value) *jsonschema.Schema {
	s := &jsonschema.Schema{
		Type:      "string",
		Format:    v.Format,
		Pattern:   v.Pattern,
		MinLength: size(v.MinLength),
		MaxLength: size(v.MaxLength),
	}
	if v.Format == "ip" { // ours; JSON Schema has only its two halves
		s.Format = ""
		s.AnyOf = []*jsonschema.Schema{{Format: "ipv4"}, {Format: "ipv6"}}
	}
	return s
}

func size(n *int) *uint64 {
	if n == nil {
		return nil
	}
	u := uint64(*n)
	return &u
}

// integer returns the schema of an integer, which is never without bounds.
func integer(v *taxonomy.Value) *jsonschema.Schema {
	low, high := -float64(maxInteger), float64(maxInteger)
	if v.Minimum != nil {
		low = max(low, *v.Minimum)
	}
	if v.Maximum != nil {
		high = min(high, *v.Maximum)
	}
	return &jsonschema.Schema{Type: "integer", Minimum: bound(&low), Maximum: bound(&high)}
}

func number(v *taxonomy.Value) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "number", Minimum: bound(v.Minimum), Maximum: bound(v.Maximum)}
}

// bound writes a bound in the shortest form that reads back as the same number, whole numbers without an exponent.
func bound(f *float64) json.Number {
	switch {
	case f == nil:
		return ""
	case math.Abs(*f) < 1e21:
		return json.Number(strconv.FormatFloat(*f, 'f', -1, 64))
	default:
		return json.Number(strconv.FormatFloat(*f, 'e', -1, 64))
	}
}
