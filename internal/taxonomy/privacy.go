package taxonomy

import (
	"slices"
	"strings"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// privacy reads the policies of all files.
func (b *builder) privacy(t *Taxonomy) {
	known := syntax.Categories()
	for _, f := range b.files {
		for _, e := range f.Privacy.Entries {
			if e.Name == none {
				b.report(diag.New(e.Pos, "P412", "none is for what is not personal data, and needs no policy"))
				continue
			}
			if !slices.Contains(known, e.Name) {
				b.report(diag.New(e.Pos, "P412", "unknown category of personal data %q", e.Name).
					WithFix("%s", syntax.SuggestCategory(e.Name)))
				continue
			}
			if first, ok := b.policies[e.Name]; ok {
				b.duplicate(e.Pos, "the policy for "+e.Name, first.Pos)
				continue
			}
			p := b.policy(e.Name, e.Value)
			b.policies[e.Name] = p
			t.Privacy = append(t.Privacy, p.CategoryPolicy)
		}
	}
}

// policyDef is a policy and whether some of it could not be read.
type policyDef struct {
	CategoryPolicy
	broken bool
}

func (b *builder) policy(category string, spec *syntax.Policy) *policyDef {
	p := &policyDef{CategoryPolicy: CategoryPolicy{
		Category:   category,
		Strategies: map[string]string{},
		Reason:     strings.TrimSpace(spec.Reason),
		Purpose:    string(spec.Purpose),
		Retention:  string(spec.Retention),
		Pos:        spec.Pos(),
	}}
	for _, s := range []struct {
		destination string
		strategy    syntax.Strategy
	}{{"posthog", spec.PostHog}, {"audit", spec.Audit}, {"log", spec.Log}} {
		strategy, said, at := s.strategy, spec.Has(s.destination), spec.ValuePos(s.destination)
		if spec.Short() {
			strategy, said, at = spec.All, true, spec.Pos()
		}
		if strategy == "" {
			p.broken = p.broken || said
			continue
		}
		p.Strategies[s.destination] = string(strategy)
		b.checkSensitive(category, string(strategy), at, spec.Pos())
	}
	b.policyForm(p, spec)
	return p
}

// policyForm reports a policy without a strategy, or without the reason that keep needs.
func (b *builder) policyForm(p *policyDef, spec *syntax.Policy) {
	if len(p.Strategies) == 0 && !p.broken {
		p.broken = true
		b.report(diag.New(spec.Pos(), "E005", "the policy for %s has no strategy", p.Category).
			WithFix("write %s: drop, or one strategy for each of posthog, audit and log", p.Category))
	}
	for _, destination := range syntax.Destinations() {
		if p.Strategies[destination] == "keep" && p.Reason == "" {
			b.report(diag.New(spec.Pos(), "P414", "the policy for %s keeps personal data and gives no reason", p.Category).
				WithFix("%s", keepAdvice(spec)))
			return
		}
	}
}

func keepAdvice(spec *syntax.Policy) string {
	if spec.Short() {
		return `write {posthog: keep, audit: keep, log: keep, reason: "…"}`
	}
	return `add reason: "…"`
}

// sensitiveCategories are locked to drop and replace, with all that lies below them.
var sensitiveCategories = []string{
	"user.authorization", "user.financial.bank_account", "user.financial.credit_card",
}

func sensitive(category string) bool {
	return slices.ContainsFunc(sensitiveCategories, func(root string) bool { return under(category, root) })
}

// checkSensitive reports a strategy that leaves something of a value that must not leave the service at all.
func (b *builder) checkSensitive(category, strategy string, at, policy diag.Position) {
	if strategy == "drop" || strategy == "replace" || !sensitive(category) {
		return
	}
	d := diag.New(at, "P407", "%s is too sensitive for %s", category, strategy).WithFix("use drop or replace")
	if at != policy {
		d = d.WithRelated(policy, "the policy is here")
	}
	b.report(d)
}

// under reports whether a category is root or lies below it.
func under(category, root string) bool {
	rest, ok := strings.CutPrefix(category, root)
	return ok && (rest == "" || rest[0] == '.')
}

// policyFor returns the policy that governs a category, the one with the longest prefix of it, or nil.
func (b *builder) policyFor(category string) *policyDef {
	for {
		if p, ok := b.policies[category]; ok {
			return p
		}
		i := strings.LastIndexByte(category, '.')
		if i < 0 {
			return nil
		}
		category = category[:i]
	}
}
