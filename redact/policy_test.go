package redact_test

import (
	"testing"

	"github.com/eventgen/eventgen/redact"
)

func all(s redact.Strategy) redact.Strategies {
	return redact.Strategies{PostHog: s, Audit: s, Log: s}
}

func TestPolicyIsATree(t *testing.T) {
	t.Parallel()
	policy := redact.Policy{
		{Category: "user.contact.email", Strategies: redact.Strategies{PostHog: redact.Hash, Audit: redact.Mask}},
		{Category: "user", Strategies: all(redact.Replace)},
		{Category: "user.contact", Strategies: all(redact.EmailDomain)},
		{Category: "system", Strategies: all(redact.Keep), Reason: "Not about people."},
	}
	cases := []struct {
		category string
		to       redact.Destination
		want     redact.Strategy
	}{
		{"user", redact.PostHog, redact.Replace},
		{"user.name", redact.Audit, redact.Replace},
		{"user.contact", redact.Log, redact.EmailDomain},
		{"user.contact.phone_number", redact.Log, redact.EmailDomain},
		{"user.contact.email", redact.PostHog, redact.Hash},
		{"user.contact.email", redact.Audit, redact.Mask},
		{"user.contact.email.work", redact.PostHog, redact.Hash},
		{"user.contact.emails", redact.PostHog, redact.EmailDomain}, // a segment counts as a whole
		{"user.contacts", redact.PostHog, redact.Replace},
		{"users", redact.PostHog, redact.Drop},
		{"user.contact.email", redact.Log, redact.Drop}, // left out: the rule above it does not step in
		{"user.contact.email", "nowhere", redact.Drop},
		{"system.operations", redact.Log, redact.Keep},
		{"unknown", redact.Log, redact.Drop},
		{".", redact.Log, redact.Drop},
		{"none", redact.Log, redact.Keep},
		{"", redact.Log, redact.Keep},
		{"none.such", redact.Log, redact.Drop},
	}
	for _, c := range cases {
		if got := policy.Strategy(c.category, c.to); got != c.want {
			t.Errorf("%q to %s = %s, want %s", c.category, c.to, got, c.want)
		}
	}
	if got := redact.Policy(nil).Strategy("user", redact.PostHog); got != redact.Drop {
		t.Errorf("zero policy = %s, want drop", got)
	}
}

func TestPolicyKeyed(t *testing.T) {
	t.Parallel()
	for want, policy := range map[bool]redact.Policy{
		false: {{Category: "user", Strategies: all(redact.Keep)}},
		true:  {{Category: "user"}, {Category: "user.name", Strategies: redact.Strategies{Audit: redact.Hash}}},
	} {
		if policy.Keyed() != want {
			t.Errorf("keyed = %v, want %v", !want, want)
		}
	}
}

func TestStrategyNames(t *testing.T) {
	t.Parallel()
	for s := redact.Drop; s <= redact.Keep; s++ {
		got, err := redact.ParseStrategy(s.String())
		if err != nil || got != s {
			t.Errorf("%s parses as %s, %v", s, got, err)
		}
	}
	if got, err := redact.ParseStrategy("Keep"); err == nil || got != redact.Drop {
		t.Errorf("unknown name parses as %s, %v; want drop and an error", got, err)
	}
	if got := redact.Strategy(99).String(); got != "Strategy(99)" {
		t.Errorf("unknown strategy prints as %s", got)
	}
}
