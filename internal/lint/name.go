package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// convention is a way to write names.
type convention struct {
	name string // as the registry calls it
	form *regexp.Regexp
	// join writes a name in the convention; nil when it cannot be known how.
	join func(words []string) string
}

var conventions = []convention{
	{"snake_case", regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`), func(words []string) string {
		return strings.ToLower(strings.Join(words, "_"))
	}},
	{"camelCase", regexp.MustCompile(`^[a-z][a-zA-Z0-9]*$`), camelCase},
	{"words", regexp.MustCompile(`^[a-z][a-z0-9]*( [a-z0-9]+)*$`), func(words []string) string {
		return strings.ToLower(strings.Join(words, " "))
	}},
}

func camelCase(words []string) string {
	var b strings.Builder
	for i, w := range words {
		w = strings.ToLower(w)
		if i > 0 {
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		b.WriteString(w)
	}
	return b.String()
}

// conventionFor returns the convention under naming. A regular expression, which the loader has checked, holds for the whole
// name.
func conventionFor(name string) (convention, bool) {
	if name == "" || name == "any" {
		return convention{}, false
	}
	for _, c := range conventions {
		if c.name == name {
			return c, true
		}
	}
	form, err := regexp.Compile(`^(?:` + name + `)$`)
	return convention{name: name, form: form}, err == nil
}

func checkEventNames(r *run) {
	if c, ok := conventionFor(r.Naming.Events); ok {
		for _, s := range r.events {
			r.checkName(s, c)
		}
	}
}

func checkPropertyNames(r *run) {
	if c, ok := conventionFor(r.Naming.Properties); ok {
		for _, m := range r.members {
			r.checkName(m.subject, c)
		}
	}
}

func (r *run) checkName(s subject, c convention) {
	if c.form.MatchString(s.name) {
		return
	}
	d := r.finding(s, "%s %q is not in %s", s.what, s.name, c.name)
	if c.join == nil {
		d = r.finding(s, "%s %q does not match %s", s.what, s.name, c.name)
	} else if name := c.join(taxonomy.Words(s.name)); c.form.MatchString(name) {
		d = d.WithFix("write %s, or no_lint: [%s] if it is in use already", name, r.rule)
	}
	r.report(s, d)
}

// checkPostHogNames warns of events and of their own properties that PostHog gives a meaning. Properties of persons are left
// alone, since setting those of PostHog is often what is meant.
func checkPostHogNames(r *run) {
	for _, s := range r.events {
		if slices.Contains(posthogEvents, s.name) {
			r.report(s, r.finding(s, "event %q has the name of one of PostHog's own", s.name))
		}
	}
	for _, m := range r.members {
		if m.event == nil {
			continue
		}
		if _, found := slices.BinarySearch(posthogProperties, m.name); found {
			r.report(m.subject, r.finding(m.subject, "property %q has the name of one of PostHog's own", m.name).
				WithFix("choose another name, or no_lint: [G107] if the meaning is the same"))
		}
	}
}

// checkSameTypes warns of properties that have another type than in an earlier event.
func checkSameTypes(r *run) {
	first := map[string]member{}
	for _, m := range r.members {
		if m.event == nil {
			continue
		}
		earlier, ok := first[m.name]
		if !ok {
			first[m.name] = m
			continue
		}
		if m.property.Value.Type != earlier.property.Value.Type {
			r.report(m.subject, r.otherType(m, earlier))
		}
	}
}

func (r *run) otherType(m, earlier member) diag.Diagnostic {
	return r.finding(m.subject, "property %q is of type %s here and of type %s in event %q", m.name,
		m.property.Value.Type, earlier.property.Value.Type, earlier.event.Name).
		WithRelated(earlier.pos, "property %q of event %q", m.name, earlier.event.Name).
		WithFix("use one type, or two names")
}
