package privacy_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/internal/privacy"
	"github.com/eventgen/eventgen/internal/taxonomy"
	"github.com/eventgen/eventgen/redact"
)

// registry has every place that a value can be in, and texts that mean something in Markdown, HTML and spreadsheets.
const registry = `
version: 1
package: events
owner: "=cmd|' /C calc'!A0"
purpose: the registry's purpose
privacy:
  user.contact: drop
  user.contact.email: {posthog: hash, audit: keep, log: replace, reason: "They call|us.", purpose: [mail, support], retention: 30 days}
  user.unique_id: {posthog: hash, audit: hash, log: drop}
  user.name: mask
identity: {distinct_id: {pii: user.unique_id}}
types:
  Address: {type: object, properties: {city: {type: string, pii: user.contact.address.city}, zone: {type: integer}}}
person:
  properties:
    email: {type: string, format: email, pii: user.contact.email, redact: replace, retention: "+1 year"}
groups:
  team:
    properties:
      label: {type: string, pii: none, description: "<b>a|b</b>\nc"}
      contact: {type: string, pii: user.contact.email}
events:
  moved:
    purpose: the event's purpose
    destinations: [posthog, log]
    properties:
      from: {type: Address}
      stops: {type: array, items: {type: Address}, pii: none}
      friends: {type: map, pii: user.contact.email, values: {type: string}}
      scores: {type: map, pii: none, values: {type: integer}}
      nick: {type: string, pii: user.name, owner: "@team", purpose: "the property's purpose"}
      extra: {type: any, pii: user.contact.email}
      kind: {type: string, const: a, pii: user.name}
      "odd|name <x>": {type: boolean}
`

func load(t *testing.T, path string) *taxonomy.Taxonomy {
	t.Helper()
	taxa, found, err := taxonomy.Load(taxonomy.OS{}, path)
	if err != nil {
		t.Fatal(err)
	}
	if taxa == nil {
		t.Fatalf("the registry has errors: %v", found)
	}
	return taxa
}

func loadText(t *testing.T, text string) *taxonomy.Taxonomy {
	t.Helper()
	path := filepath.Join(t.TempDir(), "events.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return load(t, path)
}

func TestRows(t *testing.T) {
	t.Parallel()
	got := map[string]privacy.Row{}
	for _, r := range privacy.Rows(loadText(t, registry)) {
		got[string(r.Kind)+" "+r.Path] = r
	}
	for path, want := range map[string]string{
		"identity distinct_id":       "hash|hash|drop",
		"identity alias":             "hash|hash|drop",
		"identity key of group team": "hash|hash|drop",
		"event from.city":            "drop|not sent|drop",
		"event from.zone":            "as it is|not sent|as it is",
		"event stops[].city":         "drop|not sent|drop",
		"event stops[].zone":         "as it is|not sent|as it is",
		"event friends{key}":         "hash|not sent|numbered",
		"event friends{}":            "hash|not sent|replace",
		"event scores{key}":          "as it is|not sent|as it is",
		"event scores{}":             "as it is|not sent|as it is",
		"event nick":                 "mask|not sent|mask",
		"event extra":                "hash|not sent|replace",
		"event kind":                 "written in the registry|not sent|written in the registry",
		"event odd|name <x>":         "as it is|not sent|as it is",
		"person email":               "replace|replace|replace",
		"group contact":              "hash|keep|replace",
		"group label":                "as it is|as it is|as it is",
	} {
		r, ok := got[path]
		if strategies := strings.Join(r.Strategies[:], "|"); !ok || strategies != want {
			t.Errorf("%s: %s, want %s", path, strategies, want)
		}
		delete(got, path)
	}
	for path := range got {
		t.Errorf("also has %s, or has it twice", path)
	}
}

// TestRemarks holds which purpose and retention counts: the nearest.
func TestRemarks(t *testing.T) {
	t.Parallel()
	for _, r := range privacy.Rows(loadText(t, registry)) {
		var want [4]string
		switch {
		case r.Kind == privacy.Event && r.Path == "nick":
			want = [4]string{"the property's purpose", "", "@team", ""}
		case r.Kind == privacy.Event && r.Path == "friends{}":
			want = [4]string{"the event's purpose", "30 days", "=cmd|' /C calc'!A0", ""}
		case r.Kind == privacy.Person:
			want = [4]string{"mail; support", "+1 year", "=cmd|' /C calc'!A0", ""}
		case r.Kind == privacy.Group && r.Path == "contact":
			want = [4]string{"mail; support", "30 days", "=cmd|' /C calc'!A0", "They call|us."}
		case r.Kind == privacy.Group:
			want = [4]string{"the registry's purpose", "", "=cmd|' /C calc'!A0", ""}
		default:
			continue
		}
		if got := [4]string{r.Purpose, r.Retention, r.Owner, r.Reason}; got != want {
			t.Errorf("%s %s: %q, want %q", r.Kind, r.Path, got, want)
		}
	}
}

// TestRowsAgreeWithEngine holds the map against what the runtime does.
func TestRowsAgreeWithEngine(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"../../events.yaml", "../differential/testdata/events.yaml"} {
		taxa := load(t, path)
		var policy redact.Policy
		for _, p := range taxa.Privacy {
			policy = append(policy, redact.CategoryRule{Category: p.Category, Strategies: redact.Strategies{
				PostHog: strategy(t, p.Strategies["posthog"]),
				Audit:   strategy(t, p.Strategies["audit"]),
				Log:     strategy(t, p.Strategies["log"]),
			}})
		}
		checked := 0
		for _, r := range privacy.Rows(taxa) {
			for i, d := range privacy.Destinations() {
				if got := r.Strategies[i]; r.Personal() && !strings.Contains(got, " ") && got != "numbered" {
					checked++
					weakest := policy.Strategy(r.Category, redact.Destination(d))
					if got != weakest.String() && strategy(t, got) >= weakest {
						t.Errorf("%s: %s %s: %s, and the policy says %s", path, r.Name, r.Path, got, weakest)
					}
				}
			}
		}
		t.Logf("%s: %d strategies", path, checked)
		if checked == 0 {
			t.Errorf("%s has nothing to check", path)
		}
	}
}

func strategy(t *testing.T, name string) redact.Strategy {
	t.Helper()
	if name == "" {
		return redact.Drop
	}
	s, err := redact.ParseStrategy(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestCSVIsHarmless holds that no cell begins like a formula, and that every line has as many cells as the first.
func TestCSVIsHarmless(t *testing.T) {
	t.Parallel()
	data, err := privacy.CSV(loadText(t, registry))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(string(data))).ReadAll() // refuses lines of other lengths
	if err != nil {
		t.Fatal(err)
	}
	var guarded []string
	for _, cell := range slices.Concat(lines...) {
		if strings.ContainsAny(cell, "\r\n\t") || strings.ContainsAny(cell[:min(1, len(cell))], "=+-@") {
			t.Errorf("cell %q", cell)
		}
		if rest, ok := strings.CutPrefix(cell, "'"); ok && !slices.Contains(guarded, rest) {
			guarded = append(guarded, rest)
		}
	}
	slices.Sort(guarded)
	if want := []string{"+1 year", "=cmd|' /C calc'!A0", "@team"}; !slices.Equal(guarded, want) {
		t.Errorf("guarded %q, want %q", guarded, want)
	}
}

// TestMarkdownKeepsItsShape holds that text of the registry stays text: every line of a table has as many cells as its header,
// and there is no HTML but the first line's comment.
func TestMarkdownKeepsItsShape(t *testing.T) {
	t.Parallel()
	page := string(privacy.Markdown(loadText(t, registry)))
	_, page, _ = strings.Cut(page, "\n")
	if strings.ContainsAny(page, "<>") {
		t.Error("has HTML")
	}
	cells := 0
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		n := strings.Count(strings.NewReplacer(`\\`, "", `\|`, "").Replace(line), "|")
		if cells == 0 {
			cells = n
		}
		if n != cells {
			t.Errorf("%d cells instead of %d: %s", n-1, cells-1, line)
		}
	}
	for _, want := range []string{`odd\|name &lt;x&gt;`, `They call\|us.`, `\@team`} {
		if !strings.Contains(page, want) {
			t.Errorf("lacks %s", want)
		}
	}
}
