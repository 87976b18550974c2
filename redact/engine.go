package redact

import "sync"

// Engine applies one policy with one set of keys. It never changes and is safe for concurrent use.
type Engine struct {
	policy  Policy
	keys    Keys
	hashers sync.Map // category to *hasher; derived once, for a key takes microseconds
}

// NewEngine returns an engine. The error is [ErrNoKey] when the policy hashes values and keys is zero, or says what is
// wrong with the policy.
func NewEngine(policy Policy, keys Keys) (*Engine, error) {
	if err := policy.check(); err != nil {
		return nil, err
	}
	if policy.Keyed() && keys.IsZero() {
		return nil, ErrNoKey
	}
	return &Engine{policy: policy, keys: keys}, nil
}

// Keyed reports whether the policy hashes values.
func (e *Engine) Keyed() bool { return e.policy.Keyed() }

// Rule resolves what happens to values of a category on their way to d. Where tightened is set, tighten is the property's
// own strategy and the stricter of the two applies. Resolve a rule once and keep it; rules of one category share what is
// costly.
//
// A rule tightened to [Hash] drops its values when the engine has no keys.
func (e *Engine) Rule(category string, d Destination, tighten Strategy, tightened bool) *Rule {
	r := &Rule{strategy: e.policy.Strategy(category, d), label: replacement(category)}
	if tightened {
		r.strategy = r.strategy.tighten(tighten)
	}
	if r.strategy == Hash {
		r.hasher = e.hasher(category)
	}
	return r
}

// Pseudonyms returns what [Hash] makes of a value of the category: one pseudonym for each key, the active one first. It
// finds what was sent about a person whose raw value is known, also before a rotation. It is meant for rare requests and
// derives the keys on each call.
func (e *Engine) Pseudonyms(category, value string) []string {
	var all []string
	for _, k := range e.keys.list.Reveal() {
		all = append(all, string(newHasher(k, category).appendString(nil, value)))
	}
	return all
}

// hasher returns the hasher of a category with the active key, and nil when there is none.
func (e *Engine) hasher(category string) *hasher {
	if e.keys.IsZero() {
		return nil
	}
	if h, ok := e.hashers.Load(category); ok {
		return h.(*hasher)
	}
	h, _ := e.hashers.LoadOrStore(category, newHasher(e.keys.list.Reveal()[0], category))
	return h.(*hasher)
}
