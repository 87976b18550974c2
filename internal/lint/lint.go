// Package lint checks the style of a registry that is otherwise sound.
//
// Its findings are warnings: the registry works, but readers of the data will be worse off. Each can be switched off where it
// does not apply with no_lint, on a property, or on an event, group or type for all that is in it.
package lint

import (
	"slices"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// rule is one check. What it is for and how severe it is stands under its id in [diag.Rules].
type rule struct {
	id    string
	check func(*run)
}

var rules = []rule{
	{"D301", checkDescriptions},
	{"D302", checkOwners},
	{"G107", checkPostHogNames},
	{"N201", checkEventNames},
	{"N202", checkPropertyNames},
	{"N209", checkSameTypes},
}

// Check returns what is wrong with the style of t, sorted. It takes time linear in the size of the registry.
func Check(t *taxonomy.Taxonomy) []diag.Diagnostic {
	var found []diag.Diagnostic
	subjects := collect(t)
	for _, rule := range rules {
		r := &run{Taxonomy: t, subjects: subjects, rule: rule.id}
		rule.check(r)
		found = append(found, r.found...)
	}
	return diag.Sort(found)
}

// run is one rule at work on a registry.
type run struct {
	*taxonomy.Taxonomy
	*subjects
	rule  string
	found []diag.Diagnostic
}

// report adds a finding about something, unless the rule is switched off there.
func (r *run) report(about subject, d diag.Diagnostic) {
	if !slices.Contains(about.off, r.rule) {
		r.found = append(r.found, d)
	}
}

func (r *run) finding(about subject, format string, args ...any) diag.Diagnostic {
	return diag.New(about.pos, r.rule, format, args...)
}
