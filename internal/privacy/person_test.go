package privacy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/internal/privacy"
	"github.com/eventgen/eventgen/redact"
)

const (
	oldKey = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	newKey = "k2:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"
)

func parseKeys(t *testing.T, text string) redact.Keys {
	t.Helper()
	keys, err := redact.ParseKeys(text)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// pseudonym is what a client with these keys sends.
func pseudonym(t *testing.T, keys, category, value string) string {
	t.Helper()
	policy := redact.Policy{{Category: category, Strategies: redact.Strategies{PostHog: redact.Hash}}}
	engine, err := redact.NewEngine(policy, parseKeys(t, keys))
	if err != nil {
		t.Fatal(err)
	}
	out, _ := engine.Rule(category, redact.PostHog, redact.Drop, false).AppendString(nil, value)
	return string(out)
}

// TestTraceAcrossRotation holds that what was sent before a rotation, after it, and by processes that have not got the new key
// yet, is found as long as the old key stays in the list.
func TestTraceAcrossRotation(t *testing.T) {
	t.Parallel()
	taxa := loadText(t, registry)
	person := privacy.Subject{
		IDs:    []string{"u1"},
		Values: []privacy.Value{{Category: "user.contact.email", Text: " Jane@Example.com"}},
	}
	traces, err := privacy.Trace(taxa, parseKeys(t, newKey+","+oldKey), person)
	if err != nil {
		t.Fatal(err)
	}
	for _, keys := range []string{oldKey, newKey + "," + oldKey, newKey} {
		id := pseudonym(t, keys, "user.unique_id", "u1")
		email := pseudonym(t, keys, "user.contact.email", "jane@example.com")
		if !slices.Contains(traces.DistinctIDs, id) {
			t.Errorf("distinct_id %s is not found", id)
		}
		if !traces.Mentions(id, nil) || !traces.Mentions("", []byte(`{"a":["`+email+`"]}`)) {
			t.Errorf("records with %s or %s are not found", id, email)
		}
		if query := traces.Access(); !strings.Contains(query, "'"+id+"'") || !strings.Contains(query, email) {
			t.Errorf("the query lacks %s or %s", id, email)
		}
	}
	after, err := privacy.Trace(taxa, parseKeys(t, newKey), person)
	if err != nil {
		t.Fatal(err)
	}
	if after.Mentions(pseudonym(t, oldKey, "user.unique_id", "u1"), nil) {
		t.Error("found without the old key, which cannot be")
	}
}

// TestTraceTellsPostHogNothing holds that the requests to PostHog name nothing that the policy does not send there.
func TestTraceTellsPostHogNothing(t *testing.T) {
	t.Parallel()
	person := privacy.Subject{
		IDs:    []string{"u1secret"},
		Values: []privacy.Value{{Category: "user.contact.email", Text: "jane@example.com"}},
	}
	traces, err := privacy.Trace(loadText(t, registry), parseKeys(t, newKey), person)
	if err != nil {
		t.Fatal(err)
	}
	told := traces.Access()
	for _, d := range traces.Deletions() {
		told += strings.Join(d.DistinctIDs, " ")
	}
	if told == "" || strings.Contains(told, "u1secret") || strings.Contains(told, "jane") {
		t.Errorf("PostHog is told %q", told)
	}
	audit := traces.AuditSelect() // the policy keeps addresses there
	if !strings.Contains(audit, "'jane@example.com'") || !strings.Contains(audit, "'u1secret'") {
		t.Errorf("the audit table is asked %q", audit)
	}
}

func TestRequestsQuoteWhatTheyContain(t *testing.T) {
	t.Parallel()
	kept := strings.Replace(registry, "user.unique_id: {posthog: hash, audit: hash, log: drop}",
		"user.unique_id: {posthog: keep, audit: keep, log: keep, reason: Because.}", 1)
	traces, err := privacy.Trace(loadText(t, kept), parseKeys(t, newKey), privacy.Subject{IDs: []string{`a'b\%_!"`}})
	if err != nil {
		t.Fatal(err)
	}
	for statement, want := range map[string]string{
		traces.Access():      `distinct_id IN ('a\'b\\%_!"')`,
		traces.AuditSelect(): `LIKE '%"a''b\\!%!_!!\""%' ESCAPE '!'`,
	} {
		if !strings.Contains(statement, want) {
			t.Errorf("%s\nlacks %s", statement, want)
		}
	}
	if !traces.Mentions("", []byte(`{"x":"a'b\\%_!\""}`)) || traces.Mentions("", []byte(`{"x":"za'b\\%_!\""}`)) {
		t.Error("finds another value than the one asked for")
	}
}

// TestDeletionsAreChunked holds PostHog's limit of 1,000 ids a request.
func TestDeletionsAreChunked(t *testing.T) {
	t.Parallel()
	traces := privacy.Traces{DistinctIDs: make([]string, 2001)}
	var sizes []int
	for _, d := range traces.Deletions() {
		sizes = append(sizes, len(d.DistinctIDs))
	}
	if !slices.Equal(sizes, []int{1000, 1000, 1}) {
		t.Errorf("sizes %v", sizes)
	}
}
