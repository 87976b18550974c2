package taxonomy

import (
	"slices"
	"strings"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// groupDef is one property group. Its properties are built once and copied into what includes it.
type groupDef struct {
	name       string
	pos        diag.Position
	spec       *syntax.PropertyGroup
	properties []*Property
	used       bool
}

func (b *builder) collectGroups() {
	for _, f := range b.files {
		for _, e := range f.PropertyGroups.Entries {
			if first, ok := b.groups[e.Name]; ok {
				b.duplicate(e.Pos, "property group "+quote(e.Name), first.pos)
				continue
			}
			b.groups[e.Name] = &groupDef{name: e.Name, pos: e.Pos, spec: e.Value}
			b.groupNames = append(b.groupNames, e.Name)
		}
	}
}

func (b *builder) buildGroups() {
	for _, name := range b.groupNames {
		g := b.groups[name]
		g.properties = b.ownProperties(g.spec.Properties)
	}
	for _, name := range b.groupNames {
		g := b.groups[name]
		in := &inclusion{b: b, path: []string{name}, seen: map[string]bool{name: true}}
		in.list(g.spec.Include, &g.spec.Mapping)
	}
}

// ownProperties builds the properties that an event, an entity or a property group declares itself.
func (b *builder) ownProperties(list syntax.Ordered[*syntax.Property]) []*Property {
	var out []*Property
	for _, e := range list.Entries {
		out = append(out, b.property(e, scope{name: e.Name, depth: 1, topLevel: true}))
	}
	return out
}

// inclusion collects the properties of included groups. A group that is reached on two ways counts once.
type inclusion struct {
	b     *builder
	path  []string // the groups whose includes are being followed
	seen  map[string]bool
	props []*Property
}

// list follows an include list.
func (in *inclusion) list(names []string, at *syntax.Mapping) {
	first := make(map[string]int, len(names))
	for i, name := range names {
		pos := at.ItemPos("include", i)
		g, ok := in.b.groups[name]
		if _, again := first[name]; !again {
			first[name] = i
		}
		switch {
		case !ok:
			in.b.report(diag.New(pos, "E006", "unknown property group %s", quote(name)).
				WithFix("%s", in.b.suggest(name, in.b.groupNames)))
		case first[name] < i:
			in.b.report(diag.New(pos, "E003", "property group %s is included twice", quote(name)).
				WithRelated(at.ItemPos("include", first[name]), "first included here"))
		case slices.Contains(in.path, name):
			in.b.circle(in.path[slices.Index(in.path, name):], pos)
		case !in.seen[name]:
			in.group(g)
		}
	}
}

// circle reports property groups that include each other, once, wherever the circle was entered.
func (b *builder) circle(groups []string, at diag.Position) {
	members := slices.Sorted(slices.Values(groups))
	key := strings.Join(members, "\x00")
	if b.circles[key] {
		return
	}
	b.circles[key] = true
	b.report(diag.New(at, "E006", "the property groups form a circle: %s → %s", strings.Join(groups, " → "), groups[0]))
}

func (in *inclusion) group(g *groupDef) {
	g.used = true
	in.seen[g.name] = true
	in.path = append(in.path, g.name)
	in.list(g.spec.Include, &g.spec.Mapping)
	in.path = in.path[:len(in.path)-1]
	in.props = append(in.props, g.properties...)
}

// flatten returns the properties of all included groups, copied, and then the own ones. It reports names that occur twice.
func (b *builder) flatten(include []string, at *syntax.Mapping, own []*Property) []*Property {
	in := &inclusion{b: b, seen: map[string]bool{}}
	in.list(include, at)
	out := make([]*Property, 0, len(in.props)+len(own))
	first := make(map[string]*Property, cap(out))
	add := func(p, twin *Property) {
		if earlier, ok := first[p.Name]; ok {
			b.duplicate(p.Pos, "property "+quote(p.Name), earlier.Pos)
			return
		}
		first[p.Name] = p
		out = append(out, twin)
	}
	for _, p := range in.props {
		add(p, cloneProperty(p))
	}
	for _, p := range own {
		add(p, p)
	}
	return out
}

// cloneProperty copies a property with all that is declared in place, since that gets Go names of its own wherever a group is
// included. Shared types stay shared.
func cloneProperty(p *Property) *Property {
	c := *p
	c.Value = cloneValue(p.Value)
	return &c
}

func cloneValue(v *Value) *Value {
	if v == nil {
		return nil
	}
	c := *v
	c.Items, c.Values = cloneValue(v.Items), cloneValue(v.Values)
	if e := v.Enum; e != nil && !e.Shared {
		twin := *e
		twin.Values = slices.Clone(e.Values)
		c.Enum = &twin
	}
	if o := v.Fields; o != nil && !o.Shared {
		twin := *o
		twin.Properties = make([]*Property, len(o.Properties))
		for i, p := range o.Properties {
			twin.Properties[i] = cloneProperty(p)
		}
		c.Fields = &twin
	}
	return &c
}
