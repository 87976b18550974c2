package taxonomy_test

import (
	"go/token"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// invariants holds a loaded taxonomy against what the generators rely on.
type invariants struct {
	testing.TB
	names map[string]string // Go names of the package's block, and what has them
	seen  map[any]bool
}

func checkInvariants(tb testing.TB, model *taxonomy.Taxonomy) {
	tb.Helper()
	c := &invariants{TB: tb, names: map[string]string{"Registry": "fixed", "Schemas": "fixed"}, seen: map[any]bool{}}
	slugs := map[string]bool{}
	slug := func(s string) {
		if slugs[strings.ToLower(s)] || s == "" {
			tb.Errorf("slug %q is taken", s)
		}
		slugs[strings.ToLower(s)] = true
	}
	for _, e := range model.Events {
		slug(e.Slug)
		c.name(e.GoName, "event "+e.Name)
		c.name("New"+e.GoName, "New of event "+e.Name)
		c.name("Track"+e.GoName, "Track of event "+e.Name)
		if len(e.Destinations) == 0 || e.Sampling <= 0 || e.Sampling > 1 {
			tb.Errorf("event %q: %v, %v", e.Name, e.Destinations, e.Sampling)
		}
		c.properties(e.Properties, 1)
	}
	for _, g := range model.Groups {
		slug(g.Slug)
		c.name(g.GoName, "group "+g.Name)
		c.name("Group"+g.GoName, "Group of group "+g.Name)
		c.properties(g.Properties, 1)
	}
	if p := model.Person; p != nil {
		slug(p.Slug)
		c.name(p.GoName, "person")
		c.name("Identify"+p.GoName, "Identify")
		c.properties(p.Properties, 1)
	}
	for _, typ := range model.Types {
		c.value(typ.Value, 1)
	}
}

func (c *invariants) name(name, what string) {
	if !token.IsIdentifier(name) || !token.IsExported(name) {
		c.Errorf("%s has the Go name %q", what, name)
	}
	if other, taken := c.names[name]; taken {
		c.Errorf("%s and %s are both %s", what, other, name)
	}
	c.names[name] = what
}

func (c *invariants) properties(list []*taxonomy.Property, depth int) {
	fields, wire := map[string]bool{"Validate": true}, map[string]bool{}
	for _, p := range list {
		if wire[p.Name] {
			c.Errorf("property %q occurs twice", p.Name)
		}
		wire[p.Name] = true
		if isConst := p.Value.Const != nil; isConst != (p.GoName == "") {
			c.Errorf("property %q has the Go name %q", p.Name, p.GoName)
		}
		if p.GoName != "" && (fields[p.GoName] || !token.IsExported(p.GoName)) {
			c.Errorf("property %q has the Go name %q", p.Name, p.GoName)
		}
		fields[p.GoName] = p.GoName != ""
		c.value(p.Value, depth)
	}
}

func (c *invariants) value(v *taxonomy.Value, depth int) {
	if depth > 64 {
		c.Fatal("nested too deeply")
	}
	contents := map[taxonomy.Type]bool{
		taxonomy.Array: v.Items != nil, taxonomy.Map: v.Values != nil, taxonomy.Object: v.Fields != nil,
	}
	for typ, present := range contents {
		if present != (v.Type == typ) {
			c.Errorf("a value of type %s has the contents of type %s: %v", v.Type, typ, present)
		}
	}
	above := func(low, high *int) bool { return low != nil && high != nil && *low > *high }
	if above(v.MinLength, v.MaxLength) || above(v.MinItems, v.MaxItems) ||
		v.Minimum != nil && v.Maximum != nil && *v.Minimum > *v.Maximum {
		c.Errorf("contradictory bounds: %+v", v)
	}
	c.enum(v.Enum)
	switch {
	case v.Items != nil:
		c.value(v.Items, depth+1)
	case v.Values != nil:
		c.value(v.Values, depth+1)
	case v.Fields != nil && !c.seen[v.Fields]:
		c.seen[v.Fields] = true
		c.name(v.Fields.GoName, "object")
		c.properties(v.Fields.Properties, depth+1)
	}
}

func (c *invariants) enum(e *taxonomy.Enum) {
	if e == nil || c.seen[e] {
		return
	}
	c.seen[e] = true
	c.name(e.GoName, "enum")
	c.name("Parse"+e.GoName, "Parse of enum")
	if len(e.Values) == 0 || len(e.Values) > 65535 {
		c.Errorf("enum %s has %d values", e.GoName, len(e.Values))
	}
	for _, v := range e.Values {
		c.name(v.GoName, "enum value")
	}
}

// TestHostileNames uses each name for an event, a property, a property with a type of its own, and an enum value. What cannot
// have a Go name of its own has a go_name.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	names := []string{
		"type", "func", "props", "e", "ctx", "String", "track_x", "sdk_android", "_private", `"a:b"`, "../y", "A", "a1", "CON",
		"größe", "订单", "3d", "c.d", strings.Repeat("x", 200), `"quo\"te"`, `"back\\slash"`, `"100%"`, "//go:generate", "init",
		"main", "event", "enum", "nil", `"true"`, `"1"`, "runtime", "redact", "context", "time", "any", "error", "New", "Track",
		"Parse", "Opt", "Value", `"Null"`, "len", "uint8", "x y z",
	}
	var b strings.Builder
	b.WriteString(head + "person: {properties: {a: {type: boolean}}}\ngroups: {org: {}}\nevents:\n")
	properties := func(spec string) {
		for _, name := range names {
			b.WriteString("      " + name + ": " + spec + "\n")
		}
	}
	for _, name := range append(names, `"*/": {go_name: Comment} #`, `"a b": {go_name: ASpaceB} #`, "objects", "values") {
		b.WriteString("  " + name)
		if strings.HasSuffix(name, "#") {
			b.WriteString("\n")
			continue
		}
		b.WriteString(":\n    properties:\n")
		switch name {
		case "objects":
			properties("{type: object, pii: none, properties: {k: {type: string, enum: [x, y]}}}")
		case "values":
			b.WriteString("      v: {type: string, enum: [" + strings.Join(names, ", ") + "]}\n")
		default:
			properties("{type: boolean}")
		}
	}
	checkInvariants(t, sound(t, b.String()))
}
