package redact

import (
	"errors"
	"fmt"
	"strings"
)

// Policy is the privacy section of a registry: rules for categories of personal data. It is plain data, so that generated
// code can hold it as a literal; order does not matter. The zero value drops every classified property.
type Policy []CategoryRule

// CategoryRule governs a dotted category and all categories below it that have no rule of their own.
type CategoryRule struct {
	Category   string
	Strategies Strategies
	Reason     string // why a value may be kept; for readers of the policy only
}

// Strategies holds one strategy for each destination. One left out is [Drop].
type Strategies struct {
	PostHog, Audit, Log Strategy
}

// For returns the strategy for d, and [Drop] for a destination that does not exist.
func (s Strategies) For(d Destination) Strategy {
	switch d {
	case PostHog:
		return s.PostHog
	case Audit:
		return s.Audit
	case Log:
		return s.Log
	default:
		return Drop
	}
}

// Strategy returns what happens to values of the category on their way to d: [Keep] for "none" and "", which are not
// personal data, else what the rule found by [Policy.Find] says, and [Drop] where there is none.
func (p Policy) Strategy(category string, d Destination) Strategy {
	if unclassified(category) {
		return Keep
	}
	rule, ok := p.Find(category)
	if !ok {
		return Drop
	}
	return rule.Strategies.For(d)
}

// Find returns the rule that governs a category: the one whose own category is its longest prefix, by dotted segments.
func (p Policy) Find(category string) (CategoryRule, bool) {
	var best CategoryRule
	found := false
	for _, rule := range p {
		if under(category, rule.Category) && (!found || len(rule.Category) > len(best.Category)) {
			best, found = rule, true
		}
	}
	return best, found
}

// Keyed reports whether some category is hashed, so that an engine for p needs [Keys].
func (p Policy) Keyed() bool {
	for _, rule := range p {
		if s := rule.Strategies; s.PostHog == Hash || s.Audit == Hash || s.Log == Hash {
			return true
		}
	}
	return false
}

// check reports rules that cannot be meant. The loader of events.yaml refuses them with a position; this guards policies
// written by hand.
func (p Policy) check() error {
	var errs []error
	seen := make(map[string]bool, len(p))
	for _, rule := range p {
		switch s := rule.Strategies; {
		case unclassified(rule.Category):
			errs = append(errs, fmt.Errorf("redact: policy: rule for %q, which is not personal data", rule.Category))
		case seen[rule.Category]:
			errs = append(errs, fmt.Errorf("redact: policy: two rules for %s", rule.Category))
		case max(s.PostHog, s.Audit, s.Log) > Keep:
			errs = append(errs, fmt.Errorf("redact: policy: unknown strategy for %s", rule.Category))
		}
		seen[rule.Category] = true
	}
	return errors.Join(errs...)
}

// unclassified reports whether a category says that a value is not personal data.
func unclassified(category string) bool { return category == "" || category == "none" }

// under reports whether category is root or lies below it.
func under(category, root string) bool {
	rest, ok := strings.CutPrefix(category, root)
	return ok && (rest == "" || rest[0] == '.')
}
