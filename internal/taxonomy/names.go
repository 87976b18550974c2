package taxonomy

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/eventgen/eventgen/internal/diag"
)

// claim is one name of the generated package's block and what wants it.
type claim struct {
	name   string
	what   string // "event \"x\"", "function TrackX of event \"x\""
	prefix string // what a Go name for it starts with
	wire   string // what the rest of the Go name comes from
	suffix string // tells it from a namesake of another sort
	within string // the Go name from which this one is derived: of the struct, or of the type of a function or constant
	pos    diag.Position
}

// namer gives everything its Go name and finds names that are wanted twice. Nothing is ever numbered: numbers would move when
// the registry grows.
type namer struct {
	*collector
	claims []claim
	named  map[any]bool // shared types that have their names
}

// fixedNames are functions of every generated package.
var fixedNames = map[string]string{
	"Registry": "function Registry",
	"Schemas":  "function Schemas",
}

// nameAll fills in the Go names that the registry does not give and reports those that clash.
func nameAll(t *Taxonomy, c *collector) {
	n := &namer{collector: c, named: map[any]bool{}}
	for _, typ := range t.Types {
		n.namedType(typ)
	}
	if p := t.Person; p != nil {
		p.GoName = orElse(p.GoName, "Person")
		n.entity(p, "the person", "Identify")
	}
	for _, g := range t.Groups {
		what := "group " + quote(g.Name)
		g.GoName = n.derive(g.GoName, g.Name, what, g.Pos)
		n.entity(g, what, "Group")
	}
	for _, e := range t.Events {
		n.event(e)
	}
	n.settle()
}

// derive returns the go_name that was given, else the identifier for a wire name, else "" after reporting that there is none.
func (n *namer) derive(given, wire, what string, pos diag.Position) string {
	if given != "" {
		return given
	}
	id := identifier(wire)
	if id == "" && wire != "" { // the empty name has been reported
		n.report(diag.New(pos, "G102", "%s has no letter or digit for a Go name", what).WithFix("add a go_name"))
	}
	return id
}

// claim records that something wants a name. The empty name belongs to what has been reported already.
func (n *namer) claim(c claim) {
	if c.name != "" {
		n.claims = append(n.claims, c)
	}
}

func (n *namer) event(e *Event) {
	what := "event " + quote(e.Name)
	e.GoName = n.derive(e.GoName, e.Name, what, e.Pos)
	c := claim{what: what, wire: e.Name, suffix: "Event", pos: e.Pos}
	n.block(c, e.GoName, "New", "Track")
	n.fields(e.Properties, e.GoName)
}

// entity names the struct of the person or of a group; function is the verb in front of the name of its function.
func (n *namer) entity(e *Entity, what, function string) {
	c := claim{what: what, wire: e.Name, suffix: "Properties", pos: e.Pos}
	n.block(c, e.GoName, function)
	n.fields(e.Properties, e.GoName)
}

// block claims a type's name and those of its functions.
func (n *namer) block(c claim, name string, verbs ...string) {
	if name == "" {
		return
	}
	c.name = name
	n.claim(c)
	what := c.what
	c.within = name
	for _, verb := range verbs {
		c.name = verb + name
		c.what = fmt.Sprintf("function %s of %s", c.name, what)
		n.claim(c)
	}
}

func (n *namer) namedType(t *NamedType) {
	what := "type " + quote(t.Name)
	t.GoName = n.derive(t.GoName, t.Name, what, t.Pos)
	n.value(t.Value, t.GoName, claim{what: what, wire: t.Name, suffix: "Type", pos: t.Pos})
}

// fields names the properties of a struct, and the types that they declare in place unless the struct has no name.
func (n *namer) fields(list []*Property, parent string) {
	first := map[string]*Property{}
	for _, p := range list {
		if p.Value != nil && p.Value.Const != nil {
			p.GoName = ""
			continue
		}
		what := "property " + quote(p.Name)
		p.GoName = n.derive(p.GoName, p.Name, what, p.Pos)
		if p.GoName == "" {
			continue
		}
		if earlier, taken := first[p.GoName]; taken {
			n.report(diag.New(p.Pos, "G101", "%s and property %s are both %s in Go", what, quote(earlier.Name), p.GoName).
				WithRelated(earlier.Pos, "the other property").
				WithFix("write go_name: %s", claim{name: p.GoName, wire: p.Name, suffix: "Value"}.alternative()))
			continue
		}
		first[p.GoName] = p
		if p.GoName == "Validate" {
			n.report(diag.New(p.Pos, "G103", "%s would be the field Validate beside the method Validate", what).
				WithFix("write go_name: ValidateValue"))
		}
		if parent != "" {
			n.value(p.Value, parent+p.GoName, claim{
				what: "the type of " + what, wire: p.Name, suffix: "Type", within: parent, pos: p.Pos,
			})
		}
	}
}

// value names what a value declares in place, id being the name that its place gives it. origin says where that is.
func (n *namer) value(v *Value, id string, origin claim) {
	switch {
	case v == nil || id == "":
	case v.Enum != nil:
		n.enum(v.Enum, id, origin)
	case v.Fields != nil:
		n.object(v.Fields, id, origin)
	case v.Items != nil:
		n.value(v.Items, id+"Item", inside(v.Items, "an item of ", origin))
	case v.Values != nil:
		n.value(v.Values, id+"Value", inside(v.Values, "a value of ", origin))
	}
}

func inside(v *Value, prefix string, c claim) claim {
	c.what, c.pos = prefix+c.what, v.Pos
	return c
}

func (n *namer) object(o *ObjectType, id string, origin claim) {
	if n.named[o] {
		return
	}
	n.named[o] = true
	o.GoName = orElse(o.GoName, id)
	n.block(origin, o.GoName)
	n.fields(o.Properties, o.GoName)
}

func (n *namer) enum(e *Enum, id string, origin claim) {
	if n.named[e] {
		return
	}
	n.named[e] = true
	e.GoName = orElse(e.GoName, id)
	n.block(origin, e.GoName, "Parse")
	for i := range e.Values {
		n.constant(e, &e.Values[i], origin)
	}
}

func (n *namer) constant(e *Enum, v *EnumValue, origin claim) {
	wire := quote(v.String)
	if e.Integers {
		wire = strconv.FormatInt(v.Integer, 10)
	}
	what := fmt.Sprintf("enum value %s of %s", wire, origin.what)
	if v.GoName == "" {
		suffix := constantSuffix(*v, e.Integers)
		if suffix == "" {
			n.report(diag.New(v.Pos, "G102", "%s has no letter or digit for a Go name", what).
				WithFix("write {value: %s, go_name: %s}", wire, e.GoName+orElse(spelled(v.String, true), "Other")))
			return
		}
		v.GoName = e.GoName + suffix
	}
	n.claim(claim{
		name: v.GoName, what: what, prefix: e.GoName, wire: v.String, suffix: "Value", within: e.GoName, pos: v.Pos,
	})
}

// settle reports the names that were claimed twice, at the later place. Names that clash only because those that they are
// derived from do are not reported as well.
func (n *namer) settle() {
	slices.SortStableFunc(n.claims, func(a, b claim) int { return a.pos.Compare(b.pos) })
	first := make(map[string]claim, len(n.claims))
	clashed := map[string]bool{}
	for _, c := range n.claims {
		if function, ok := fixedNames[c.name]; ok {
			n.report(diag.New(c.pos, "G103", "%s is %s in Go, like %s of every generated package", c.what, c.name, function).
				WithFix("write go_name: %s", c.alternative()))
			continue
		}
		earlier, taken := first[c.name]
		if !taken {
			first[c.name] = c
			continue
		}
		clashed[c.name] = true
		if c.within != earlier.within || !clashed[c.within] {
			n.report(clash(c, earlier))
		}
	}
}

func clash(c, earlier claim) diag.Diagnostic {
	if earlier.pos == c.pos { // a go_name in a property group that several structs include
		return diag.New(c.pos, "G101", "%s would be %s in Go once for everything that includes it", c.what, c.name).
			WithFix("declare it under types, so that there is one")
	}
	return diag.New(c.pos, "G101", "%s and %s are both %s in Go", c.what, earlier.what, c.name).
		WithRelated(earlier.pos, "%s is here", earlier.what).
		WithFix("write go_name: %s", c.alternative())
}

// alternative suggests another name for what wants one that is taken.
func (c claim) alternative() string {
	separators := c.prefix != "" // an enum value tells a_b from a-b
	if id := c.prefix + spelled(c.wire, separators); id != c.name && identifier(id) != "" && id != c.prefix {
		return id
	}
	return c.name + c.suffix
}
