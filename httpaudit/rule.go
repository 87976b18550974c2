package httpaudit

import (
	"strings"
	"time"
)

// Action is what a [Rule] does with the requests that it matches.
type Action uint8

// The actions.
const (
	// Keep records the request.
	Keep Action = iota
	// Sample records successes at Rule.Rate. Failures, panics and slow requests are all recorded.
	Sample
	// Exclude records nothing, failures included.
	Exclude
)

// Rule says what happens to the requests that meet all its conditions. A condition with its zero value is met by all.
type Rule struct {
	Method string // GET, …
	// Route is a template, or a prefix if it ends with a slash, as in patterns of http.ServeMux: "/users/{id}", "/debug/".
	// It is compared with the route and, having no wildcard, with the path too. Conditions on method and path alone
	// are known before the handler runs; excluding a health check by them costs next to nothing.
	Route     string
	Role      string // as told by SetUser
	MinStatus int
	MaxStatus int

	Action Action
	Rate   float64       // for Sample: 0.05 records one success in 20, with a weight of 20
	Slow   time.Duration // for Sample: from when on a request counts as slow; zero means a second
}

// defaultSlow is what Rule.Slow means when it is zero.
const defaultSlow = time.Second

// compiled is a Rule with what follows from it.
type compiled struct {
	Rule
	literal   bool   // the path tells if the route will match, which it does not for wildcards and Unmatched
	early     bool   // method and path tell if the rule matches
	threshold uint64 // of Rate
}

// rules are tried in order; the first that matches decides. Requests that none matches are kept.
type rules []compiled

func newRules(list []Rule) rules {
	rs := make(rules, len(list))
	for i, r := range list {
		if r.Slow == 0 {
			r.Slow = defaultSlow
		}
		literal := r.Route == "" || r.Route[0] == '/' && strings.IndexByte(r.Route, '{') < 0
		early := literal && r.Role == "" && r.MinStatus == 0 && r.MaxStatus == 0
		rs[i] = compiled{Rule: r, literal: literal, early: early, threshold: threshold(r.Rate)}
	}
	return rs
}

// skips reports whether the request is excluded whatever will come of it. It tells so only where no rule that comes first
// could still match.
func (rs rules) skips(method, path string) bool {
	for i := range rs {
		r := &rs[i]
		switch {
		case r.Method != "" && r.Method != method || r.literal && !r.covers(path): // cannot match
		case r.early:
			return r.Action == Exclude
		case r.Action != Exclude: // may match and keep the request
			return false
		}
	}
	return false
}

// decide reports whether q is recorded, and sets its weight. Decisions at several places share the randomness, so that the
// lowest rate is the rate of them all.
func (rs rules) decide(q *Request, path string, t trace) bool {
	for i := range rs {
		if r := &rs[i]; r.matches(q, path) {
			return r.apply(q, t)
		}
	}
	return true
}

func (r *compiled) matches(q *Request, path string) bool {
	return (r.Method == "" || r.Method == q.Method) &&
		(r.Role == "" || r.Role == q.UserRole) &&
		(r.MinStatus == 0 || q.Status >= r.MinStatus) &&
		(r.MaxStatus == 0 || q.Status <= r.MaxStatus) &&
		(r.covers(q.Route) || r.literal && r.covers(path))
}

// covers reports whether Route is at, or ends with a slash and is above. A prefix covers no path with dot segments: some
// routers resolve them, and then /assets/../admin is not below /assets/.
func (r *compiled) covers(at string) bool {
	if r.Route == "" || r.Route == at {
		return true
	}
	return strings.HasSuffix(r.Route, "/") && strings.HasPrefix(at, r.Route) && !strings.Contains(at, "/..")
}

func (r *compiled) apply(q *Request, t trace) bool {
	switch r.Action {
	case Exclude:
		return false
	case Sample:
		return q.Result == Failure || q.Duration >= r.Slow || r.draw(q, t)
	default:
		return true
	}
}

func (r *compiled) draw(q *Request, t trace) bool {
	if t.randomness(q.RequestID) < r.threshold {
		return false
	}
	q.SampleWeight = max(q.SampleWeight, weight(r.Rate))
	return true
}
