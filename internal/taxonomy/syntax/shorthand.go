package syntax

import (
	"reflect"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v4"
)

// Policy is what happens to a category: one strategy, or one for each destination.
type Policy struct {
	Mapping `json:"-"`

	All     Strategy `json:"-"` // the short form
	PostHog Strategy `json:"posthog,omitempty" jsonschema_description:"Strategy for what goes to PostHog."`
	Audit   Strategy `json:"audit,omitempty" jsonschema_description:"Strategy for what goes to the audit sinks."`
	Log     Strategy `json:"log,omitempty" jsonschema_description:"Strategy for what goes to the log."`
	Reason  string   `json:"reason,omitempty" jsonschema_description:"Why values are kept; required with keep."`

	Purpose   Remark `json:"purpose,omitempty" jsonschema_description:"What data of the category is for. The data map repeats it."`
	Retention Remark `json:"retention,omitempty" jsonschema_description:"How long data of the category is kept. The data map repeats it."`
}

func (p *Policy) decode(d *decoder, s slot) {
	if !isScalar(s.node) {
		d.fields(s, p)
		return
	}
	p.place(d.file, s)
	d.value(s, reflect.ValueOf(&p.All).Elem())
}

// Short reports whether the policy was written as a single strategy, known or not.
func (p *Policy) Short() bool { return p.slot.node != nil && isScalar(p.slot.node) }

// JSONSchema allows the short form.
func (Policy) JSONSchema() *jsonschema.Schema {
	type long Policy
	return anyOf(Strategy("").JSONSchema(), reflected(long{}))
}

// EnumEntry is one value of an enum, by itself or with what there is to say about it.
type EnumEntry struct {
	Mapping `json:"-"`

	Value       Literal      `json:"value" jsonschema:"required" jsonschema_description:"The value, a string or an integer."`
	Description string       `json:"description,omitempty" jsonschema_description:"What the value means."`
	GoName      string       `json:"go_name,omitempty" jsonschema_description:"Go identifier of the whole constant."`
	Deprecated  *Deprecation `json:"deprecated,omitempty" jsonschema_description:"Why and what to use instead: a sentence, true, or a mapping."`
}

func (e *EnumEntry) decode(d *decoder, s slot) {
	if s.node.Kind == yaml.MappingNode {
		d.fields(s, e)
		return
	}
	e.place(d.file, s)
	e.Value = d.literal(s.node)
}

// JSONSchema allows the short form.
func (EnumEntry) JSONSchema() *jsonschema.Schema {
	type long EnumEntry
	return anyOf(&jsonschema.Schema{Type: "string"}, &jsonschema.Schema{Type: "integer"}, reflected(long{}))
}

// Sampling is the share of events that are kept.
type Sampling struct {
	Mapping `json:"-"`

	Rate *Numeral `json:"rate" jsonschema:"required" jsonschema_description:"Share of the events to keep, above 0 and at most 1."`
}

func (p *Sampling) decode(d *decoder, s slot) {
	if !isScalar(s.node) {
		d.fields(s, p)
		return
	}
	p.place(d.file, s)
	d.value(s, reflect.ValueOf(&p.Rate).Elem())
}

// JSONSchema allows the short form.
func (Sampling) JSONSchema() *jsonschema.Schema {
	type long Sampling
	return anyOf(&jsonschema.Schema{Type: "number"}, reflected(long{}))
}

// Scan is how texts that are declared to be no personal data are searched for it: a mode, or all there is to say.
type Scan struct {
	Mapping `json:"-"`

	Mode   ScanMode   `json:"mode,omitempty" jsonschema_description:"Which events are searched; full when left out."`
	Action ScanAction `json:"action,omitempty" jsonschema_description:"What happens to a text with a finding; mask when left out, report with mode: sampled."`
	Rate   *Numeral   `json:"rate,omitempty" jsonschema_description:"Share of the events to search with mode: sampled, above 0 and at most 1; 0.01 when left out."`
}

func (p *Scan) decode(d *decoder, s slot) {
	if !isScalar(s.node) {
		d.fields(s, p)
		return
	}
	p.place(d.file, s)
	d.value(s, reflect.ValueOf(&p.Mode).Elem())
}

// JSONSchema allows the short form.
func (Scan) JSONSchema() *jsonschema.Schema {
	type long Scan
	return anyOf(ScanMode("").JSONSchema(), reflected(long{}))
}

// Deprecation says that something should not be used any more.
type Deprecation struct {
	Mapping `json:"-"`

	Note      string `json:"note,omitempty" jsonschema_description:"What to use instead."`
	Since     string `json:"since,omitempty" jsonschema_description:"Version or date of the deprecation."`
	Reason    string `json:"reason,omitempty" jsonschema_description:"renamed, obsoleted or replaced."`
	RenamedTo string `json:"renamed_to,omitempty" jsonschema_description:"Wire name to use instead."`
	Sunset    string `json:"sunset,omitempty" jsonschema_description:"Date of the removal."`

	off bool // deprecated: false
}

func (p *Deprecation) decode(d *decoder, s slot) {
	if !isScalar(s.node) {
		d.fields(s, p)
		return
	}
	p.place(d.file, s)
	if l := d.literal(s.node); l.Kind == Boolean {
		p.off = !l.True
		return
	}
	d.value(s, reflect.ValueOf(&p.Note).Elem())
}

// Sentence returns what to tell the reader, "" when p is nil or false.
func (p *Deprecation) Sentence() string {
	switch {
	case p == nil || p.off:
		return ""
	case p.Note != "":
		return p.Note
	case p.RenamedTo != "":
		return "use " + p.RenamedTo + " instead."
	default:
		return "do not use it in new code."
	}
}

// JSONSchema allows the short forms.
func (Deprecation) JSONSchema() *jsonschema.Schema {
	type long Deprecation
	return anyOf(&jsonschema.Schema{Type: "string"}, &jsonschema.Schema{Type: "boolean"}, reflected(long{}))
}

// PropertyGroup is a set of properties. Its key include, when it holds a list, names further groups; with any other value it
// is a property of that name.
type PropertyGroup struct {
	Mapping

	Include    []string
	Properties Ordered[*Property]
}

func (g *PropertyGroup) decode(d *decoder, s slot) {
	g.place(d.file, s)
	if include := g.find("include"); include.key != nil && include.node.Kind == yaml.SequenceNode {
		d.value(include, reflect.ValueOf(&g.Include).Elem())
		s.node = without(s.node, include)
	}
	g.Properties.decode(d, s)
}

// without returns a copy of a mapping node that lacks one pair.
func without(n *yaml.Node, s slot) *yaml.Node {
	rest := *n
	rest.Content = nil
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i] != s.key {
			rest.Content = append(rest.Content, n.Content[i], n.Content[i+1])
		}
	}
	return &rest
}

// JSONSchemaAlias makes the schema that of a map with the special key include.
func (PropertyGroup) JSONSchemaAlias() any { return propertyGroup{} }

type propertyGroup map[string]*Property

// JSONSchemaExtend adds the key include.
func (propertyGroup) JSONSchemaExtend(s *jsonschema.Schema) {
	s.Properties = jsonschema.NewProperties()
	s.Properties.Set("include", anyOf(
		&jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{Type: "string"}, Description: "Further property groups."},
		&jsonschema.Schema{Type: "object", Description: "A property named include."},
	))
}

// isScalar reports whether n is a scalar other than null, so that it can only be a short form.
func isScalar(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && kindOf(n) != Null
}

func anyOf(schemas ...*jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: schemas}
}

// reflected returns the schema of a mapping type by itself.
func reflected(v any) *jsonschema.Schema {
	r := jsonschema.Reflector{DoNotReference: true, Anonymous: true}
	s := r.Reflect(v)
	s.Version = ""
	return s
}
