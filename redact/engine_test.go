package redact_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// testKeys are two keys whose secrets are the bytes 0 to 31, active, and 32 to 71.
const testKeys = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=," +
	"k0:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj9AQUJDREVGRw"

const (
	email = "user.contact.email"
	id    = "user.unique_id"
)

func keys(tb testing.TB) redact.Keys {
	tb.Helper()
	keys, err := redact.ParseKeys(testKeys)
	if err != nil {
		tb.Fatal(err)
	}
	return keys
}

// rule returns the rule of a policy that has one strategy for one category.
func rule(tb testing.TB, category string, s redact.Strategy) *redact.Rule {
	tb.Helper()
	policy := redact.Policy{{Category: category, Strategies: redact.Strategies{PostHog: s}}}
	engine, err := redact.NewEngine(policy, keys(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return engine.Rule(category, redact.PostHog, redact.Drop, false)
}

// stringCase is a string and what a rule makes of it; want "" means that it is dropped.
type stringCase struct{ give, want string }

func testStrings(t *testing.T, r *redact.Rule, cases []stringCase) {
	t.Helper()
	for _, c := range cases {
		got, outcome := r.AppendString([]byte("before "), c.give)
		want, wantOutcome := "before "+c.want, redact.Text
		if c.want == "" {
			wantOutcome = redact.Dropped
		}
		if string(got) != want || outcome != wantOutcome {
			t.Errorf("%s of %.80q = %q, %d; want %q, %d", r.Strategy(), c.give, got, outcome, want, wantOutcome)
		}
	}
}

// TestRuleByType holds the table in the documentation of Rule: one row a strategy, one column a type.
func TestRuleByType(t *testing.T) {
	t.Parallel()
	const dropped = "-"
	table := []struct {
		strategy                             redact.Strategy
		text, integer, number, boolean, time string
	}{
		{redact.Keep, `"héllo"`, "-1234", "0.0567", "true", `"2026-05-03T10:20:30.5Z"`},
		{redact.Replace, `"[unique_id]"`, `"[unique_id]"`, `"[unique_id]"`, `"[unique_id]"`, `"[unique_id]"`},
		{redact.Hash, "hash", "hash", "hash", `"h1.k1.bIP-jz2fv73mQU4JDRcmgA"`, `"h1.k1.XJQIVI6fHorPavQ0BKFqPA"`},
		{redact.Mask, `"h***"`, dropped, dropped, dropped, dropped},
		{redact.TruncateIP, dropped, dropped, dropped, dropped, dropped},
		{redact.TruncateTime, dropped, dropped, dropped, dropped, `"2026-05-03T00:00:00Z"`},
		{redact.Round, dropped, "-1200", "0.057", dropped, dropped},
		{redact.EmailDomain, dropped, dropped, dropped, dropped, dropped},
		{redact.ScrubURL, dropped, dropped, dropped, dropped, dropped},
		{redact.ScanText, `"héllo"`, dropped, dropped, dropped, dropped},
		{redact.Drop, dropped, dropped, dropped, dropped, dropped},
		{redact.Strategy(200), dropped, dropped, dropped, dropped, dropped},
	}
	at := time.Date(2026, 5, 3, 12, 20, 30, 5e8, time.FixedZone("", 2*3600))
	for _, row := range table {
		r := &redact.Rule{}
		if row.strategy <= redact.Keep {
			r = rule(t, id, row.strategy)
		}
		check := func(kind, want string) func([]byte, redact.Outcome) {
			return func(got []byte, outcome redact.Outcome) {
				t.Helper()
				shown := map[redact.Outcome]string{
					redact.Dropped: dropped, redact.Text: `"` + string(got) + `"`, redact.Literal: string(got),
				}[outcome]
				if want == "hash" && strings.HasPrefix(shown, `"h1.k1.`) {
					return
				}
				if shown != want {
					t.Errorf("%s of %s = %s, want %s", row.strategy, kind, shown, want)
				}
			}
		}
		check("string", row.text)(r.AppendString(nil, "héllo"))
		check("integer", row.integer)(r.AppendInteger(nil, -1234))
		check("number", row.number)(r.AppendNumber(nil, 0.0567))
		check("boolean", row.boolean)(r.AppendBoolean(nil, true))
		check("time", row.time)(r.AppendTime(nil, at))
	}
}

func TestValuesThatJSONCannotExpressAreDropped(t *testing.T) {
	t.Parallel()
	times := []time.Time{time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}
	for s := redact.Drop; s <= redact.Keep; s++ {
		r := rule(t, id, s)
		want := redact.Dropped
		if s == redact.Replace {
			want = redact.Text
		}
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			if got, outcome := r.AppendNumber(nil, v); outcome != want {
				t.Errorf("%s of %v = %q, %d; want outcome %d", s, v, got, outcome, want)
			}
		}
		for _, v := range times {
			if got, outcome := r.AppendTime(nil, v); outcome != want {
				t.Errorf("%s of %v = %q, %d; want outcome %d", s, v, got, outcome, want)
			}
		}
	}
}

func TestZeroRuleDrops(t *testing.T) {
	t.Parallel()
	for _, r := range []*redact.Rule{nil, {}} {
		if r.Strategy() != redact.Drop {
			t.Errorf("strategy %s, want drop", r.Strategy())
		}
		testStrings(t, r, []stringCase{{"secret", ""}})
		for name, outcome := range map[string]redact.Outcome{
			"integer": second(r.AppendInteger(nil, 1)),
			"number":  second(r.AppendNumber(nil, 1)),
			"boolean": second(r.AppendBoolean(nil, true)),
			"time":    second(r.AppendTime(nil, time.Now())),
		} {
			if outcome != redact.Dropped {
				t.Errorf("%s: outcome %d, want dropped", name, outcome)
			}
		}
	}
}

func second(_ []byte, outcome redact.Outcome) redact.Outcome { return outcome }

func TestNewEngine(t *testing.T) {
	t.Parallel()
	hashed := redact.Policy{{Category: "user", Strategies: redact.Strategies{Log: redact.Hash}}}
	if _, err := redact.NewEngine(hashed, redact.Keys{}); !errors.Is(err, redact.ErrNoKey) {
		t.Errorf("without a key: %v, want ErrNoKey", err)
	}
	engine, err := redact.NewEngine(hashed, redact.RandomKeys())
	if err != nil || !engine.Keyed() {
		t.Errorf("with a key: %v, keyed %v", err, engine.Keyed())
	}
	engine, err = redact.NewEngine(nil, redact.Keys{})
	if err != nil || engine.Keyed() {
		t.Errorf("without hashing: %v, keyed %v", err, engine.Keyed())
	}
	bad := redact.Policy{
		{Category: "user.name"},
		{Category: "user.name", Strategies: redact.Strategies{Log: redact.Keep}},
		{Category: "none"},
		{Category: "user.contact", Strategies: redact.Strategies{Audit: redact.Keep + 1}},
	}
	_, err = redact.NewEngine(bad, redact.Keys{})
	for _, part := range []string{"two rules for user.name", `"none"`, "unknown strategy for user.contact"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("bad policy: %v, want it to say %q", err, part)
		}
	}
}

func TestRuleTightened(t *testing.T) {
	t.Parallel()
	// What the blueprint of strictness says, from weak to strict; middle holds strategies that cannot be compared.
	middle := []redact.Strategy{
		redact.ScanText, redact.ScrubURL, redact.Round, redact.TruncateTime, redact.TruncateIP, redact.EmailDomain, redact.Mask,
	}
	levels := [][]redact.Strategy{{redact.Keep}, middle, {redact.Hash}, {redact.Replace}, {redact.Drop}}
	for i, weak := range levels {
		for j, strong := range levels {
			for _, a := range weak {
				for _, b := range strong {
					want := b
					if i > j || i == j && a == b {
						want = a
					} else if i == j {
						want = redact.Drop
					}
					if got := tightened(t, a, b).Strategy(); got != want {
						t.Errorf("%s tightened by %s = %s, want %s", a, b, got, want)
					}
				}
			}
		}
	}
}

// tightened returns the rule of a property with a strategy of its own.
func tightened(t *testing.T, policy, property redact.Strategy) *redact.Rule {
	t.Helper()
	p := redact.Policy{{Category: "user.contact", Strategies: redact.Strategies{Audit: policy}}}
	engine, err := redact.NewEngine(p, keys(t))
	if err != nil {
		t.Fatal(err)
	}
	return engine.Rule(email, redact.Audit, property, true)
}

func TestUnclassifiedIsKeptUnlessTightened(t *testing.T) {
	t.Parallel()
	engine, err := redact.NewEngine(nil, redact.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	for _, category := range []string{"", "none"} {
		testStrings(t, engine.Rule(category, redact.Log, redact.Drop, false), []stringCase{{"raw", "raw"}})
		testStrings(t, engine.Rule(category, redact.Log, redact.Replace, true), []stringCase{{"raw", "[redacted]"}})
		testStrings(t, engine.Rule(category, redact.Log, redact.Drop, true), []stringCase{{"raw", ""}})
	}
}

// A property may be tightened to hash though the policy hashes nothing, and so needs no key.
func TestTightenedToHashWithoutKeyDrops(t *testing.T) {
	t.Parallel()
	engine, err := redact.NewEngine(nil, redact.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	r := engine.Rule("none", redact.PostHog, redact.Hash, true)
	testStrings(t, r, []stringCase{{"raw", ""}})
	if got, outcome := r.AppendInteger(nil, 5); outcome != redact.Dropped || len(got) > 0 {
		t.Errorf("integer: %q, %d", got, outcome)
	}
}

func TestEngineConcurrently(t *testing.T) {
	t.Parallel()
	policy := redact.Policy{{Category: "user", Strategies: redact.Strategies{PostHog: redact.Hash}}}
	engine, err := redact.NewEngine(policy, keys(t))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			category := fmt.Sprintf("user.c%d", i%4)
			r := engine.Rule(category, redact.PostHog, redact.Drop, false)
			for j := range 200 {
				v := fmt.Sprint(i, j)
				got, _ := r.AppendString(nil, v)
				if want := engine.Pseudonyms(category, v)[0]; string(got) != want {
					t.Errorf("%s of %s = %s, want %s", category, v, got, want)
				}
			}
		})
	}
	wg.Wait()
}
