package lint_test

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/lint"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// check lints a registry that loads without findings.
func check(tb testing.TB, text string) []diag.Diagnostic {
	tb.Helper()
	files := fstest.MapFS{"events.yaml": {Data: []byte("version: 1\npackage: events\n" + text)}}
	model, found, err := taxonomy.Load(files, "events.yaml")
	if err != nil || len(found) != 0 {
		tb.Fatalf("%v %v", err, found)
	}
	return lint.Check(model)
}

// TestRules holds the findings against the marks in the registries of testdata.
func TestRules(t *testing.T) {
	t.Parallel()
	archive, err := txtar.ParseFile("testdata/lint.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archive.Files {
		t.Run(file.Name, func(t *testing.T) {
			t.Parallel()
			text := string(file.Data)
			var got []string
			for _, d := range check(t, text) {
				got = append(got, fmt.Sprintf("%02d %s", d.Line, d.Rule))
				if d.Severity != diag.Warning {
					t.Errorf("not a warning: %v", d)
				}
			}
			if diff := cmp.Diff(marked(text), got); diff != "" {
				t.Errorf("-marked +found:\n%s", diff)
			}
		})
	}
}

// marked returns "line RULE" for each mark, counting the two lines that check puts in front.
func marked(text string) []string {
	var out []string
	for i, line := range strings.Split(text, "\n") {
		_, rules, _ := strings.Cut(line, "#~ ")
		for rule := range strings.FieldsSeq(rules) {
			out = append(out, fmt.Sprintf("%02d %s", i+3, rule))
		}
	}
	sort.Strings(out)
	return out
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	found := check(t, `owner: data
naming: {events: snake_case, properties: camelCase}
events:
  Order Completed: {description: One., properties: {order_id: {type: boolean, description: A.}}}
  订单: {description: Two.}
`)
	var got []string
	for _, d := range found {
		got = append(got, d.Message+"; "+d.Fix)
	}
	want := []string{
		`event "Order Completed" is not in snake_case; write order_completed, or no_lint: [N201] if it is in use already`,
		`property "order_id" is not in camelCase; write orderId, or no_lint: [N202] if it is in use already`,
		`event "订单" is not in snake_case; `,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestRelatedType(t *testing.T) {
	t.Parallel()
	found := check(t, `owner: data
events:
  a: {description: One., properties: {size: {type: integer, description: A size.}}}
  b: {description: Two., properties: {size: {type: number, description: A size.}}}
`)
	if len(found) != 1 || len(found[0].Related) != 1 || found[0].Related[0].Line != 5 {
		t.Errorf("%+v", found)
	}
}

// TestPostHogNames keeps out what the loader refuses, and keeps the list searchable.
func TestPostHogNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"distinct_id", "token", "$browser"} {
		files := fstest.MapFS{"events.yaml": {Data: []byte(
			"version: 1\npackage: events\nevents: {a: {properties: {" + name + ": {type: boolean}}}}\n")}}
		if model, _, err := taxonomy.Load(files, "events.yaml"); err != nil || model != nil {
			t.Errorf("%s loads: %v", name, err)
		}
	}
	for _, name := range []string{"_kx", "currency", "utm_campaign", "wbraid"} { // the first, two of the middle, the last
		found := check(t, "owner: x\nevents: {a: {description: One., properties: {"+name+": {type: boolean, description: A.}}}}\n")
		if len(found) != 1 || found[0].Rule != "G107" {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func ExampleCheck() {
	files := fstest.MapFS{"events.yaml": {Data: []byte(`
version: 1
package: events
owner: growth
naming: {events: snake_case}
events:
  SignedUp: {description: A person signed up.}
`)}}
	model, _, err := taxonomy.Load(files, "events.yaml")
	if err != nil {
		fmt.Println(err)
	}
	for _, d := range lint.Check(model) {
		fmt.Println(d)
	}
	// Output: events.yaml:7:3: warning[N201]: event "SignedUp" is not in snake_case
}
