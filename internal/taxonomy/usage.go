package taxonomy

import (
	"slices"
	"strings"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// use is a classified value and the destinations that it can reach. Values that say the same at the same place are one use.
type use struct {
	pos, redactPos   diag.Position
	category, redact string
	kind             kind
	destinations     map[string]bool
}

// kind is what decides which strategies work on a value.
type kind struct {
	t      Type
	format string
}

type useKey struct {
	pos              diag.Position
	category, redact string
	kind             kind
}

// uses gathers how the categories of a registry are used.
type uses struct {
	list    []*use
	byKey   map[useKey]*use
	visited map[visit]bool
}

// visit is a shared object seen on the way to a set of destinations; it is looked into once.
type visit struct {
	object       *ObjectType
	destinations string
}

// checkUses holds every classified value against the policies for its category.
func (b *builder) checkUses(t *Taxonomy) {
	u := &uses{byKey: map[useKey]*use{}, visited: map[visit]bool{}}
	for _, e := range t.Events {
		u.properties(e.Properties, e.Destinations)
	}
	for _, e := range t.Groups {
		u.properties(e.Properties, syntax.Destinations())
	}
	if t.Person != nil {
		u.properties(t.Person.Properties, syntax.Destinations())
	}
	for _, x := range u.list {
		b.checkUse(x)
	}
	b.checkIdentity(t)
}

func (u *uses) properties(list []*Property, destinations []string) {
	for _, p := range list {
		u.value(p.Value, destinations)
	}
}

func (u *uses) value(v *Value, destinations []string) {
	switch {
	case v == nil:
	case v.Type == Array:
		u.value(v.Items, destinations)
	case v.Type == Map:
		u.value(v.Values, destinations)
	case v.Type == Object:
		u.object(v.Fields, destinations)
	case v.Classified():
		u.add(v, destinations)
	}
}

func (u *uses) object(o *ObjectType, destinations []string) {
	if o == nil {
		return
	}
	at := visit{o, strings.Join(destinations, " ")}
	if u.visited[at] {
		return
	}
	u.visited[at] = true
	u.properties(o.Properties, destinations)
}

func (u *uses) add(v *Value, destinations []string) {
	k := useKey{pos: v.CategoryPos, category: v.Category, redact: v.Redact, kind: kind{v.Type, v.Format}}
	x, ok := u.byKey[k]
	if !ok {
		x = &use{
			pos: v.CategoryPos, redactPos: v.RedactPos, category: v.Category, redact: v.Redact,
			kind: k.kind, destinations: map[string]bool{},
		}
		u.byKey[k] = x
		u.list = append(u.list, x)
	}
	for _, d := range destinations {
		x.destinations[d] = true
	}
}

func (b *builder) checkUse(x *use) {
	p := b.policyFor(x.category)
	var missing []string
	for _, d := range syntax.Destinations() {
		switch {
		case !x.destinations[d]:
		case p == nil || p.Strategies[d] == "":
			missing = append(missing, d)
		default:
			b.checkStrategy(x, p, p.Strategies[d])
		}
	}
	if x.redact != "" && !fits(x.redact, x.kind) {
		b.report(diag.New(x.redactPos, "P405", "%s does not work on %s", x.redact, x.kind).WithFix("%s", fitting(x.kind, "keep")))
	}
	if len(missing) > 0 && (p == nil || !p.broken) {
		b.reportMissing(x, p, missing)
	}
}

func (b *builder) reportMissing(x *use, p *policyDef, missing []string) {
	d := diag.New(x.pos, "P404", "category %s has no strategy for %s", x.category, strings.Join(missing, ", "))
	if p == nil {
		b.report(d.WithFix("add a line under privacy, such as %s: drop", x.category))
		return
	}
	b.report(d.WithRelated(p.Pos, "the policy for %s says nothing about %s", p.Category, strings.Join(missing, ", ")).
		WithFix("add %s: drop to the policy", missing[0]))
}

// checkStrategy checks one strategy of the policy for one use.
func (b *builder) checkStrategy(x *use, p *policyDef, strategy string) {
	if x.redact == "" && !fits(strategy, x.kind) {
		b.report(diag.New(x.pos, "P405", "%s, the strategy for %s, does not work on %s", strategy, x.category, x.kind).
			WithRelated(p.Pos, "the policy is here").
			WithFix("%s", fitting(x.kind, strategy)))
	}
	if x.redact != "" && !atLeast(x.redact, strategy) {
		b.report(diag.New(x.redactPos, "P409", "redact: %s is not stricter than %s, the strategy for %s", x.redact, strategy,
			x.category).WithRelated(p.Pos, "the policy is here").WithFix("%s", fitting(x.kind, strategy)))
	}
	if !sensitive(p.Category) { // else the policy itself has been checked
		b.checkSensitive(x.category, orElse(x.redact, strategy), x.pos, p.Pos)
	}
}

// strictness orders the strategies. Two different ones of the same rank keep different parts of a value, so that neither can
// stand for the other.
var strictness = map[string]int{
	"keep": 0,
	"scan": 1, "scrub_url": 1, "round": 1, "truncate_time": 1, "truncate_ip": 1, "email_domain": 1, "mask": 1,
	"hash": 2, "replace": 3, "drop": 4,
}

// atLeast reports whether strategy a reveals no more than b does.
func atLeast(a, b string) bool { return a == b || strictness[a] > strictness[b] }

// workable lists the kinds that the choosier strategies work on; the others work on all.
var workable = map[string][]kind{
	"truncate_ip":   {{String, ""}, {String, "ip"}, {String, "ipv4"}, {String, "ipv6"}},
	"email_domain":  {{String, ""}, {String, "email"}},
	"scrub_url":     {{String, ""}, {String, "uri"}},
	"truncate_time": {{String, "date"}, {String, "date-time"}},
	"round":         {{Integer, ""}, {Number, ""}},
	"mask":          texts,
	"scan":          texts,
}

// texts are the strings that are strings in Go too.
var texts = []kind{
	{String, ""},
	{String, "uuid"},
	{String, "email"},
	{String, "uri"},
	{String, "ipv4"},
	{String, "ipv6"},
	{String, "ip"},
	{String, "date"},
	{String, "hostname"},
}

// fits reports whether a strategy works on values of a kind.
func fits(strategy string, k kind) bool {
	kinds, choosy := workable[strategy]
	return !choosy || slices.Contains(kinds, k)
}

// fitting names the strategies that work on a kind and are stricter than one.
func fitting(k kind, strategy string) string {
	var out []string
	for _, s := range syntax.Strategies() {
		if s != strategy && atLeast(s, strategy) && fits(s, k) {
			out = append(out, s)
		}
	}
	return "these would do: " + strings.Join(out, ", ")
}

// String returns the kind as messages name it.
func (k kind) String() string {
	if k.format != "" {
		return string(k.t) + " of format " + k.format
	}
	return string(k.t)
}

// checkIdentity holds the category of distinct_id against its policy. Ids are strings and go everywhere.
func (b *builder) checkIdentity(t *Taxonomy) {
	id := t.Identity
	if id.Category == none {
		return
	}
	p := b.policyFor(id.Category)
	if p == nil {
		b.report(diag.New(id.Pos, "P411", "category %s of distinct_id has no strategy, so that ids are sent as they are",
			id.Category).WithFix(`add %s: hash under privacy, or keep with a reason`, id.Category))
		return
	}
	u := &use{pos: id.Pos, category: id.Category, kind: kind{t: String}, destinations: map[string]bool{}}
	for _, d := range syntax.Destinations() {
		u.destinations[d] = true
	}
	b.checkUse(u)
	if problem := spoilsIdentity(p.Strategies["posthog"]); problem != "" {
		b.report(diag.New(id.Pos, "P405", "%s", problem).WithRelated(p.Pos, "the policy is here").WithFix("use hash"))
	}
}

// spoilsIdentity says why PostHog could not tell people apart by distinct_ids that a strategy has been applied to.
func spoilsIdentity(strategy string) string {
	switch strategy {
	case "", "keep", "hash": // "" has been reported
		return ""
	case "drop":
		return "drop leaves events without a distinct_id, which PostHog refuses"
	default:
		return strategy + " gives different people the same distinct_id"
	}
}
