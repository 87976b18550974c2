package lint

import (
	"regexp"
	"strings"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// checkDescriptions warns of descriptions that are missing or say nothing. Persons need none: there is one kind of them.
func checkDescriptions(r *run) {
	for _, list := range [][]subject{r.events, r.others} {
		for _, s := range list {
			r.checkDescription(s)
		}
	}
	for _, m := range r.members {
		r.checkDescription(m.subject)
	}
}

var placeholder = regexp.MustCompile(`(?i)^\W*(todo|tbd|fixme|xxx)\b`)

func (r *run) checkDescription(s subject) {
	switch {
	case strings.TrimSpace(s.description) == "":
		r.report(s, r.finding(s, "%s %q has no description", s.what, s.name))
	case placeholder.MatchString(s.description):
		r.report(s, r.finding(s, "the description of %s %q is still to be written", s.what, s.name))
	case folded(s.description) == folded(s.name):
		r.report(s, r.finding(s, "the description of %s %q only repeats the name", s.what, s.name))
	}
}

func folded(s string) string { return strings.ToLower(strings.Join(taxonomy.Words(s), " ")) }

// checkOwners warns of events that nobody owns.
func checkOwners(r *run) {
	for i, s := range r.events {
		if r.Events[i].Owner == "" {
			r.report(s, r.finding(s, "event %q has no owner", s.name).
				WithFix("add an owner to the event, or to the file for all its events"))
		}
	}
}
