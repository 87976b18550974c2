package privacy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// Kind says what a row is about.
type Kind string

// The kinds of rows.
const (
	Event    Kind = "event"
	Person   Kind = "person"
	Group    Kind = "group"
	Identity Kind = "identity"
)

// Row is one value that may leave the service, and what happens to it on its way to each destination.
type Row struct {
	Kind        Kind
	Name        string // of the event or the type of group; "" for the person and for identity
	Path        string // "address.city"; "[]" stands for an item of an array, "{}" for a value of a map, "{key}" for its keys
	Type        string // of the registry language, with its format
	Description string
	Category    string
	// Strategies are the effective ones, in the order of Destinations: the category's policy, tightened by the property.
	Strategies [3]string
	// Reason is why the policy keeps the value, or why the registry says that a name which looks personal is not.
	Reason    string
	Purpose   string
	Owner     string
	Retention string
}

// What a destination may do with a value apart from the strategies of the registry.
const (
	notSent  = "not sent"                // the event does not go there
	numbered = "numbered"                // a key of a map becomes its place in the map
	asIs     = "as it is"                // no personal data
	constant = "written in the registry" // a value that tells nothing
)

// Destinations returns the destinations in the order of Row.Strategies.
func Destinations() []string { return []string{"posthog", "audit", "log"} }

// Personal reports whether the row is about personal data.
func (r *Row) Personal() bool { return r.Category != "" && r.Category != "none" }

// Rows returns one row for each value that the registry declares, in the order of its files: identity first, then the
// events, the person and the groups.
func Rows(t *taxonomy.Taxonomy) []Row {
	m := &mapper{taxonomy: t}
	m.identity()
	for _, e := range t.Events {
		m.properties(context{
			kind: Event, name: e.Name, destinations: e.Destinations,
			owner: e.Owner, purpose: e.Purpose, retention: e.Retention,
		}, e.Properties)
	}
	if t.Person != nil {
		m.entity(Person, t.Person)
	}
	for _, g := range t.Groups {
		m.entity(Group, g)
	}
	return m.rows
}

// mapper collects rows.
type mapper struct {
	taxonomy *taxonomy.Taxonomy
	rows     []Row
}

// context is what the values of one property have in common.
type context struct {
	kind                      Kind
	name, path                string
	destinations              []string
	owner, purpose, retention string
	description               string
}

func (m *mapper) entity(kind Kind, e *taxonomy.Entity) {
	m.properties(context{
		kind: kind, name: e.Name, destinations: Destinations(), owner: cmp.Or(e.Owner, m.taxonomy.Owner),
		purpose: e.Purpose, retention: e.Retention,
	}, e.Properties)
}

// identity adds the ids. A category without a policy keeps them, of which the loader warns.
func (m *mapper) identity() {
	category := m.taxonomy.Identity.Category
	_, governed := m.policy(category)
	ids := []Row{
		{Path: "distinct_id", Description: "Whom an event is about; the parameter of every Track function."},
		{Path: "alias", Description: "A further id of the same person; Client.Alias."},
	}
	for _, g := range m.taxonomy.Groups {
		ids = append(ids, Row{
			Path:        "key of group " + g.Name,
			Description: "Which one of its kind; runtime.WithGroup, and the parameter of its Group function.",
		})
	}
	for _, r := range ids {
		r.Kind, r.Type, r.Category, r.Owner = Identity, "string", category, m.taxonomy.Owner
		for i, d := range Destinations() {
			r.Strategies[i] = asIs
			if governed {
				r.Strategies[i] = m.strategy(category, "", d)
			}
		}
		m.add(r, context{})
	}
}

func (m *mapper) properties(in context, list []*taxonomy.Property) {
	for _, p := range list {
		inner := in
		inner.path = in.path + p.Name
		inner.owner = cmp.Or(p.Owner, in.owner)
		inner.purpose = cmp.Or(p.Purpose, in.purpose)
		inner.retention = cmp.Or(p.Retention, in.retention)
		inner.description = cmp.Or(p.Description, in.description)
		m.value(inner, p.Value)
	}
}

// value adds the leaves of a value.
func (m *mapper) value(in context, v *taxonomy.Value) {
	in.description = cmp.Or(v.Description, in.description)
	path := in.path
	switch {
	case v.Fields != nil:
		in.path = path + "."
		m.properties(in, v.Fields.Properties)
	case v.Items != nil:
		in.path = path + "[]"
		m.value(in, v.Items)
	case v.Values != nil:
		in.path = path + "{key}"
		m.add(m.row(in, v, m.keyStrategy(v)), in)
		in.path = path + "{}"
		m.value(in, v.Values)
	default:
		m.add(m.row(in, v, func(d string) string { return m.leafStrategy(v, d) }), in)
	}
}

func (m *mapper) row(in context, v *taxonomy.Value, strategy func(destination string) string) Row {
	r := Row{
		Kind: in.kind, Name: in.name, Path: in.path, Type: typeOf(v), Description: in.description,
		Category: v.Category, Reason: v.PIIReason, Owner: in.owner,
	}
	for i, d := range Destinations() {
		r.Strategies[i] = notSent
		if slices.Contains(in.destinations, d) {
			r.Strategies[i] = strategy(d)
		}
	}
	return r
}

// add completes a row by what the category says and appends it. What is said nearest to the value counts: by the property or
// what encloses it, the event, the category, the registry.
func (m *mapper) add(r Row, in context) {
	p, governed := m.policy(r.Category)
	if r.Personal() && governed && slices.Contains(r.Strategies[:], "keep") {
		r.Reason = p.Reason
	}
	r.Purpose = cmp.Or(in.purpose, p.Purpose, m.taxonomy.Purpose)
	r.Retention = cmp.Or(in.retention, p.Retention, m.taxonomy.Retention)
	m.rows = append(m.rows, r)
}

// leafStrategy returns what happens to a value on its way to a destination.
func (m *mapper) leafStrategy(v *taxonomy.Value, destination string) string {
	switch {
	case !v.Classified():
		return asIs
	case v.Const != nil:
		if m.strategy(v.Category, v.Redact, destination) != "drop" {
			return constant
		}
		return "drop"
	default:
		return m.strategy(v.Category, v.Redact, destination)
	}
}

// keyStrategy returns what happens to the keys of a map. They have the category of the map, or else of its values; only keep
// and hash leave something of a key.
func (m *mapper) keyStrategy(v *taxonomy.Value) func(destination string) string {
	return func(destination string) string {
		for _, of := range []*taxonomy.Value{v, v.Values} {
			if !of.Classified() {
				continue
			}
			switch s := m.strategy(of.Category, of.Redact, destination); s {
			case "keep":
			case "hash":
				return s
			default:
				return numbered
			}
		}
		if v.Classified() || v.Values.Classified() {
			return "keep"
		}
		return asIs
	}
}

// policy returns the line of the privacy section that governs a category: the one with the longest prefix of it.
func (m *mapper) policy(category string) (taxonomy.CategoryPolicy, bool) {
	var best taxonomy.CategoryPolicy
	found := false
	for _, p := range m.taxonomy.Privacy {
		rest, ok := strings.CutPrefix(category, p.Category)
		if ok && (rest == "" || rest[0] == '.') && len(p.Category) >= len(best.Category) {
			best, found = p, true
		}
	}
	return best, found
}

// strategy returns the property's own strategy, which the loader has found to be no weaker than the policy's, or the
// policy's. Without a policy a classified value is dropped.
func (m *mapper) strategy(category, own, destination string) string {
	p, _ := m.policy(category)
	return cmp.Or(own, p.Strategies[destination], "drop")
}

func typeOf(v *taxonomy.Value) string {
	name := string(v.Type)
	switch {
	case v.Const != nil:
		return name + ", constant"
	case v.Enum != nil:
		return name + ", enum"
	case v.Format != "":
		return name + ", " + v.Format
	default:
		return name
	}
}
