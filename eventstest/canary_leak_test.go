package eventstest

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// quietT is a test that notes what it fails with.
type quietT struct {
	testing.TB

	failures []string
}

func (*quietT) Helper() {}

func (t *quietT) Errorf(format string, args ...any) {
	t.failures = append(t.failures, fmt.Sprintf(format, args...))
}

// wantFailure fails unless each of the texts is part of some failure.
func wantFailure(t *testing.T, failures []string, texts ...string) {
	t.Helper()
	all := strings.Join(failures, "\n")
	for _, text := range texts {
		if !strings.Contains(all, text) {
			t.Errorf("no failure has %q; there are %d:\n%.2000s", text, len(failures), all)
		}
	}
}

const (
	emailCategory = "user.contact.email"
	phoneCategory = "user.contact.phone_number"
)

// registryOf returns a registry with one event that has a bit of everything, under one strategy for all destinations.
func registryOf(s redact.Strategy) *runtime.Registry {
	email := runtime.Value{Type: runtime.String, Category: emailCategory}
	return &runtime.Registry{
		Package:  "leaky",
		Identity: emailCategory,
		Policy:   redact.Policy{{Category: "user", Strategies: redact.Strategies{PostHog: s, Audit: s, Log: s}}},
		Events: []*runtime.Event{{Name: "joined", Object: runtime.Object{Properties: []runtime.Property{
			{Name: "email", Required: true, Value: email},
			{Name: "adult", Required: true, Value: runtime.Value{Type: runtime.Boolean, Category: phoneCategory}},
			{Name: "age", Required: true, Value: runtime.Value{Type: runtime.Integer, Category: phoneCategory, Range: &runtime.Range{Max: 99}}},
			{Name: "title", Required: true, Value: runtime.Value{Type: runtime.String}},
			{Name: "friends", Required: true, Value: runtime.Value{Type: runtime.Map, Category: emailCategory, Values: &email}},
			{Name: "list", Required: true, Value: runtime.Value{Type: runtime.Array, Items: &email}},
			{Name: "extra", Required: true, Value: runtime.Value{Type: runtime.Any, Category: emailCategory}},
		}}}},
	}
}

// TestCanariesFindALeakyRuntime judges events that went through a lax policy by a strict one, as if the runtime had failed to
// apply it.
func TestCanariesFindALeakyRuntime(t *testing.T) {
	t.Parallel()
	for _, strict := range []redact.Strategy{
		redact.Drop, redact.Replace, redact.Hash, redact.Mask, redact.TruncateIP, redact.EmailDomain, redact.ScrubURL,
		redact.ScanText, redact.Round, redact.TruncateTime,
	} {
		t.Run(strict.String(), func(t *testing.T) {
			t.Parallel()
			quiet := &quietT{TB: t}
			reg := registryOf(strict)
			run := newCanaryRun(quiet, reg, reg.Events, nil)
			run.most = 10_000
			run.registry.Policy = registryOf(redact.Keep).Policy
			run.run()
			wantFailure(t, quiet.failures, "email", "is in the message of joined for posthog", "for audit", "for log")
			wantFailure(t, quiet.failures, "joined, adult: for posthog, under "+strict.String()+", is something else")
		})
	}
}

// TestCanariesTellStrategiesApart holds that a value which one strategy made is not taken for another's, even if no piece of
// the value is in it.
func TestCanariesTellStrategiesApart(t *testing.T) {
	t.Parallel()
	quiet := &quietT{TB: t}
	reg := registryOf(redact.Hash)
	run := newCanaryRun(quiet, reg, reg.Events, nil)
	run.most = 10_000
	run.registry.Policy = registryOf(redact.Replace).Policy
	run.run()
	wantFailure(t, quiet.failures, "joined, email: for posthog, under hash, is something else", "joined, adult: ", "joined, age: ",
		"joined, the distinct_id: ")
}

// leakySink complains with what it was sent.
type leakySink struct {
	encode func(string) string
}

func (leakySink) Name() string { return "leaky" }

func (leakySink) Close(context.Context) error { return nil }

func (s leakySink) Send(_ context.Context, b runtime.Batch) ([]runtime.Verdict, error) {
	verdicts := make([]runtime.Verdict, len(b.Messages))
	for i := range verdicts {
		verdicts[i].Outcome = runtime.Delivered
	}
	verdicts[0] = runtime.Verdict{Outcome: runtime.Rejected, Reason: "http_400"}
	for i, m := range b.Messages {
		if title, ok := titleOf(m); ok {
			verdicts[i] = runtime.Verdict{Outcome: runtime.Rejected, Reason: "bad " + s.encode(title)}
		}
	}
	return verdicts, nil
}

// titleOf returns nine bytes from the middle of the title, of which eight must be enough.
func titleOf(m runtime.Message) (string, bool) {
	_, title, ok := strings.Cut(string(m.Properties), `"title":"`)
	if !ok {
		return "", false
	}
	return title[5:14], true
}

// TestCanariesFindEveryEncoding has a sink that puts pieces of a value into the reason of its verdict, which is a label of the
// statistics and stands in the log.
func TestCanariesFindEveryEncoding(t *testing.T) {
	t.Parallel()
	each := func(format, s string) string {
		var b strings.Builder
		for i := range len(s) {
			fmt.Fprintf(&b, format, s[i])
		}
		return b.String()
	}
	for form, encode := range map[string]func(string) string{
		"as it is":              func(s string) string { return s[:8] },
		"as it is, in capitals": func(s string) string { return strings.ToUpper(s[1:]) },
		"in hexadecimal":        func(s string) string { return hex.EncodeToString([]byte(s[:8])) },
		"percent-encoded":       func(s string) string { return each("%%%02X", s[:8]) },
		"as escapes of JSON":    func(s string) string { return each(`\u%04X`, s[:8]) },
		"in base64":             func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"in base64, one later":  func(s string) string { return base64.StdEncoding.EncodeToString([]byte("?" + s)) },
		"in base64, two later":  func(s string) string { return base64.URLEncoding.EncodeToString([]byte("??" + s + "??")) },
		"as it is, in a query":  func(s string) string { return url.Values{"q": {s}}.Encode() },
	} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			quiet := &quietT{TB: t}
			Canaries(quiet, registryOf(redact.Drop), With(runtime.WithSink(redact.PostHog, leakySink{encode})))
			kind, _, _ := strings.Cut(form, ",")
			wantFailure(t, quiet.failures, "a piece of title is in the statistics", "a piece of title is in the log of problems", kind)
		})
	}
}

// leakyValidator complains with the payload.
type leakyValidator struct{}

func (leakyValidator) Validate(_ string, properties map[string]any) error {
	if _, valid := properties["email"].(string); valid {
		return nil
	}
	return fmt.Errorf("not valid: %v", properties)
}

func TestCanariesFindALeakyError(t *testing.T) {
	t.Parallel()
	quiet := &quietT{TB: t}
	Canaries(quiet, registryOf(redact.Hash), With(runtime.WithSchemas(leakyValidator{})))
	wantFailure(t, quiet.failures, "is in the error of a mistyped joined", "is in the log of problems")
}

// TestCanariesNoticeWhatIsMissing holds that a registry whose events cannot be made, or do not arrive, is not taken for clean.
func TestCanariesNoticeWhatIsMissing(t *testing.T) {
	t.Parallel()
	quiet := &quietT{TB: t}
	reg := registryOf(redact.Keep)
	reg.Events[0].Object.Properties[3].Value.Pattern = `^a\bb$` // nothing matches
	Canaries(quiet, reg)
	wantFailure(t, quiet.failures, "no valid payload of joined was found")

	quiet = &quietT{TB: t}
	reg = registryOf(redact.Keep)
	run := newCanaryRun(quiet, reg, reg.Events, nil)
	run.registry.Events[0].Destinations = []redact.Destination{redact.Audit}
	run.events[0] = &canaryEvent{
		event: &runtime.Event{Name: "joined", Object: reg.Events[0].Object}, members: run.events[0].members, kind: "team",
		id: run.events[0].id, group: run.events[0].group, session: run.events[0].session,
	}
	c := run.open(runtime.Config{}, false)
	run.calls[runtime.UUID{1}] = run.events[0]
	run.checkMessages(c.sinks)
	run.close("", c)
	wantFailure(t, quiet.failures, "joined: reached posthog: false")
}

// TestCanariesPassWhereThePolicyIsKept is the other half: the same registry without a fault has no failure, under any strategy.
func TestCanariesPassWhereThePolicyIsKept(t *testing.T) {
	t.Parallel()
	for s := redact.Drop; s <= redact.Keep; s++ {
		Canaries(t, registryOf(s))
	}
}

// TestCanarySearchFindsWindowsOnly holds the least size of a find.
func TestCanarySearchFindsWindowsOnly(t *testing.T) {
	t.Parallel()
	c := &canary{path: "x"}
	c.add("bcdfghjklmnp", letterWindow)
	number := &canary{path: "n"}
	number.add("1234567890123456", digitWindow)
	search := newCanarySearch([]*canary{c, number})
	for text, want := range map[string]int{
		"..bcdfghj..":      0,
		"..bcdfghjk..":     1,
		"..ghjklmnp":       1,
		"GHJKLMNP":         1,
		"12345678901":      0,
		"x567890123456x":   1,
		"bcdfghjk12345678": 1,
		"":                 0,
	} {
		if got := search.find([]byte(text), nil); len(got) != want {
			t.Errorf("%q: %d finds, want %d", text, len(got), want)
		}
		if got := search.find([]byte(text), map[*canary]bool{c: true}); len(got) > 0 && got[0].of == c {
			t.Errorf("%q: finds what it was told to pass over", text)
		}
	}
}

// TestCanaryReveals holds what strategies may leave against what they do leave.
func TestCanaryReveals(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text string
		s    redact.Strategy
		want string
	}{
		{"jane", redact.Mask, "j***"},
		{"jan", redact.Mask, ""},
		{"203.0.113.77", redact.TruncateIP, "203.0.113.0"},
		{"::ffff:203.0.113.77", redact.TruncateIP, "203.0.113.0"},
		{"2001:db8:1:2::3", redact.TruncateIP, "2001:db8:1::"},
		{"2002:cb00:714d::1", redact.TruncateIP, "2002:cb00:7100::"},
		{"2026-11-21T23:30:00-01:00", redact.TruncateTime, "2026-11-22T00:00:00Z"},
		{"2026-11-21", redact.TruncateTime, "2026-11-21T00:00:00Z"},
		{"12345", redact.Round, "12000"},
		{"0.0567", redact.Round, "0.057"},
		{"Jane@Example.com", redact.EmailDomain, "example.com"},
		{"https://u@h.example/12345?q", redact.ScrubURL, "https://h.example/:id"},
		{"write to jane@example.com", redact.ScanText, "write to [email]"},
		{"jane", redact.Hash, ""},
		{"jane", redact.Drop, ""},
	} {
		c := canary{text: test.text}
		if test.s == redact.Round {
			c.kind = numberCanary
		}
		if got := c.reveals(test.s); got != test.want {
			t.Errorf("%s of %q: %q, want %q", test.s, test.text, got, test.want)
		}
	}
}
