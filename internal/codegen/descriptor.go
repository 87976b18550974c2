package codegen

import (
	"github.com/dave/jennifer/jen"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// The descriptors are variables without function calls in their initialisers: the linker lays them out itself and leaves
// out those that nothing refers to.

func eventVar(goName string) string  { return "event" + goName }
func objectVar(goName string) string { return "object" + goName }
func enumVar(goName string) string   { return "enum" + goName }

// eventDecl returns var eventX = runtime.Event{…}.
func eventDecl(goName string, l literal) jen.Code {
	return jen.Var().Id(eventVar(goName)).Op("=").Add(inRuntime("Event")).Add(l.lines())
}

func eventLiteral(e *taxonomy.Event) literal {
	var l literal
	l.member("Name", jen.Lit(e.Name))
	l.member("Registry", jen.Id(fingerprintConst))
	l.member("Object", objectLiteral(e.Properties))
	if !everywhere(e.Destinations) {
		l.member("Destinations", destinationsLiteral(e.Destinations))
	}
	if sampled(e.Sampling) {
		l.member("Sampling", float(e.Sampling))
	}
	return l
}

func entityLiteral(e entity) literal {
	var l literal
	l.member("Name", jen.Lit(e.wireName()))
	if e.person {
		l.member("Kind", inRuntime("KindIdentify"))
	} else {
		l.member("Kind", inRuntime("KindGroup"))
		l.member("Group", jen.Lit(e.Name))
	}
	l.member("Registry", jen.Id(fingerprintConst))
	l.member("Object", objectLiteral(e.Properties))
	return l
}

// objectLiteral returns runtime.Object{Properties: []runtime.Property{…}} with a line for each property.
func objectLiteral(properties []*taxonomy.Property) jen.Code {
	var all, l literal
	for _, p := range properties {
		all = append(all, propertyLiteral(p).inline())
	}
	if len(all) > 0 {
		l.member("Properties", jen.Index().Add(inRuntime("Property")).Add(all.lines()))
	}
	return inRuntime("Object").Add(l.inline())
}

func propertyLiteral(p *taxonomy.Property) literal {
	var l literal
	l.member("Name", jen.Lit(p.Name))
	l.flag("Required", p.Required)
	// Null is among the values of any; the schema says so too.
	l.flag("Nullable", p.Nullable || p.Value.Type == taxonomy.Any)
	l.member("Value", valueLiteral(p.Value))
	return l
}

// valueLiteral returns runtime.Value{…}.
func valueLiteral(v *taxonomy.Value) *jen.Statement {
	var l literal
	l.member("Type", inRuntime(typeNames[v.Type]))
	switch {
	case v.Const != nil:
		l.member("Const", jen.Lit(constant(v.Const)))
	case v.Enum != nil:
		l.member("Enum", jen.Op("&").Id(enumVar(v.Enum.GoName)))
	case v.Fields != nil:
		l.member("Object", jen.Op("&").Id(objectVar(v.Fields.GoName)))
	case v.Values != nil:
		l.member("Values", jen.Op("&").Add(valueLiteral(v.Values)))
	case v.Items != nil:
		l.items(v)
	default:
		l.limits(v)
	}
	if !compound(v) || v.Values != nil { // a map's own category is that of its keys
		l.policy(v)
	}
	return inRuntime("Value").Add(l.inline())
}

// items adds what constrains an array.
func (l *literal) items(v *taxonomy.Value) {
	l.minimum("MinItems", v.MinItems)
	l.maximum("MaxItems", v.MaxItems)
	l.flag("UniqueItems", v.UniqueItems)
	l.member("Items", jen.Op("&").Add(valueLiteral(v.Items)))
}

// limits adds what constrains a string or a number.
func (l *literal) limits(v *taxonomy.Value) {
	if v.Format != "" {
		l.member("Format", inRuntime(formatNames[v.Format]))
	}
	l.minimum("MinLength", v.MinLength)
	l.maximum("MaxLength", v.MaxLength)
	l.text("Pattern", v.Pattern)
	if v.Minimum != nil || v.Maximum != nil {
		l.member("Range", jen.Op("&").Add(inRuntime("Range")).Add(bounds(v).inline()))
	}
}

// minimum adds a lower limit, of which 0 is none.
func (l *literal) minimum(name string, n *int) {
	if n != nil && *n > 0 {
		l.member(name, jen.Lit(*n))
	}
}

// maximum adds an upper limit. The runtime has a constant for the limit 0.
func (l *literal) maximum(name string, n *int) {
	switch {
	case n == nil:
	case *n == 0:
		l.member(name, inRuntime("Zero"))
	default:
		l.member(name, jen.Lit(*n))
	}
}

// bounds returns the members of a runtime.Range. The side that the registry leaves open gets the bound that every value of
// the type keeps.
func bounds(v *taxonomy.Value) literal {
	widest := func() *jen.Statement { return jen.Qual("math", "MaxFloat64") }
	if v.Type == taxonomy.Integer {
		widest = func() *jen.Statement { return inRuntime("MaxInteger") }
	}
	low, high := jen.Op("-").Add(widest()), widest()
	if v.Minimum != nil {
		low = float(*v.Minimum)
	}
	if v.Maximum != nil {
		high = float(*v.Maximum)
	}
	var l literal
	l.member("Min", low)
	l.member("Max", high)
	return l
}

// policy adds what decides about redaction.
func (l *literal) policy(v *taxonomy.Value) {
	l.flag("Unscanned", v.Unscanned)
	if !v.Classified() {
		return
	}
	l.member("Category", jen.Lit(v.Category))
	if v.Redact != "" {
		l.member("Redact", inRedact(strategyNames[v.Redact]))
		l.flag("Tighten", true)
	}
}

// sampled reports whether only a share of the events is kept.
func sampled(share float64) bool { return share > 0 && share < 1 }
