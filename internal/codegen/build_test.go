package codegen

import (
	"strings"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// The functions of this file build taxonomies by hand, including ones that no loader would let through under these names.

func registry(events ...*taxonomy.Event) *taxonomy.Taxonomy {
	return &taxonomy.Taxonomy{Package: "events", Events: events, Identity: taxonomy.Identity{Category: "none"}}
}

func event(name, goName string, properties ...*taxonomy.Property) *taxonomy.Event {
	return &taxonomy.Event{
		Name: name, GoName: goName, Slug: strings.ToLower(goName), Description: "What happened.",
		Destinations: []string{"posthog", "audit", "log"}, Sampling: 1, Properties: properties,
	}
}

func required(name, goName string, v *taxonomy.Value) *taxonomy.Property {
	return &taxonomy.Property{Name: name, GoName: goName, Required: true, Value: v}
}

func optionally(name, goName string, v *taxonomy.Value) *taxonomy.Property {
	return &taxonomy.Property{Name: name, GoName: goName, Value: v}
}

func nullably(name, goName string, v *taxonomy.Value) *taxonomy.Property {
	return &taxonomy.Property{Name: name, GoName: goName, Required: true, Nullable: true, Value: v}
}

func scalar(t taxonomy.Type) *taxonomy.Value { return &taxonomy.Value{Type: t} }

func formatted(format string) *taxonomy.Value {
	return &taxonomy.Value{Type: taxonomy.String, Format: format}
}

func classified(v *taxonomy.Value) *taxonomy.Value {
	v.Category = "user.contact.email"
	return v
}

func array(items *taxonomy.Value) *taxonomy.Value {
	return &taxonomy.Value{Type: taxonomy.Array, Items: items}
}

func mapping(values *taxonomy.Value) *taxonomy.Value {
	return &taxonomy.Value{Type: taxonomy.Map, Values: values}
}

func constantValue(c any) *taxonomy.Value { return &taxonomy.Value{Type: taxonomy.String, Const: c} }

func object(goName string, properties ...*taxonomy.Property) *taxonomy.Value {
	return &taxonomy.Value{Type: taxonomy.Object, Fields: &taxonomy.ObjectType{GoName: goName, Properties: properties}}
}

func enum(goName string, values ...string) *taxonomy.Value {
	e := &taxonomy.Enum{GoName: goName}
	for _, v := range values {
		e.Values = append(e.Values, taxonomy.EnumValue{GoName: goName + strings.ToUpper(v), String: v})
	}
	return &taxonomy.Value{Type: taxonomy.String, Enum: e}
}

func integers(goName string, values ...int64) *taxonomy.Value {
	e := &taxonomy.Enum{GoName: goName, Integers: true}
	for i, v := range values {
		e.Values = append(e.Values, taxonomy.EnumValue{GoName: goName + string(rune('A'+i)), Integer: v})
	}
	return &taxonomy.Value{Type: taxonomy.Integer, Enum: e}
}
