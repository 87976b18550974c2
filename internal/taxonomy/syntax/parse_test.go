package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/internal/diag"
)

// lines prints findings as "line:column rule message".
func lines(found []diag.Diagnostic) string {
	var out []string
	for _, d := range found {
		out = append(out, fmt.Sprintf("%d:%d %s %s", d.Line, d.Column, d.Rule, d.Message))
	}
	return strings.Join(out, "\n")
}

// TestText holds what is no text, or no YAML, against the place where it stops being so.
func TestText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "1:1 E001 the file is empty"},
		{"blank", "\n\n", "1:1 E001 the file is empty"},
		{"null", "~\n", "1:1 E001 the file is empty"},
		{"only a mark", "\ufeff", "1:1 E001 the file is empty"},
		{"only a document", "---\n", "1:1 E001 the file is empty"},
		{"utf-16", "\xff\xfea\x00:\x00 \x001\x00", "1:1 E001 the file is UTF-16"},
		{"utf-16 big endian", "\xfe\xff\x00a\x00:", "1:1 E001 the file is UTF-16"},
		{"invalid utf-8", "owner: ok\nx-a: é\xff\n", "2:7 E001 invalid UTF-8"},
		{"surrogate", "owner: \xed\xa0\x80\n", "1:8 E001 invalid UTF-8"},
		{"overlong", "owner: \xc0\xaf\n", "1:8 E001 invalid UTF-8"},
		{"binary", "\x7fELF\x02\x01", "1:1 E001 a control character"},
		{"nul", "owner: ok\r\nx-a: \x00\r\n", "2:6 E001 a control character"},
		{"escape", "owner: \x1b[31m\n", "1:8 E001 a control character"},
		{"line separator", "owner: a\u2028b\n", "1:9 E001 a line break that not all programs take for one"},
		{"next line", "owner: a\u0085b\n", "1:9 E001 a line break that not all programs take for one"},
		{"mark inside", "owner: a\nx: \ufeff\n", "2:4 E001 a byte order mark inside the file"},
		{"noncharacter", "owner: \uffff\n", "1:8 E001 a character that Unicode does not have"},
		{"carriage returns", "owner: a\rbad: b\r", `2:1 E002 unknown key "bad"`},
		{"tab in flow", "x-a: {b: 1,\n\t\tc: 2}\n", ""},
		{"tab in block", "x-a:\n  b: 1\n\tc: 2\n", "3:1 E001 a tab cannot indent YAML"},
		{"tab in list", "x-a:\n\t- b\n", "2:1 E001 a tab cannot indent YAML"},
		{"two documents", "owner: a\n...\n---\nowner: b\n", "3:1 E001 a registry file holds one YAML document, and here a second one starts"},
		{"bad second document", "owner: a\n---\n[\n", "4:1 E001 not YAML: did not find expected node content"},
		{"document end", "owner: a\n...\n# bye\n", ""},
		{"directive", "%YAML 1.1\n---\nowner: yes\n", ""},
		{"other directive", "%YAML 3.0\n---\nowner: a\n", "1:1 E001 not YAML: found incompatible YAML document"},
		{"key of list", "? [a]\n: b\n", "1:3 E004 a key must be text, not a list"},
		{"key of mapping", "? {a: b}\n: c\n", "1:3 E004 a key must be text, not a mapping"},
		{"alias as key", "x-a: &a b\n*a : c\n", "1:6 E015 anchors are not allowed\n2:1 E015 aliases are not allowed"},
		{"bomb", "x-a: &a [b]\nx-b: &b [*a, *a]\nx-c: [*b, *b]\n", strings.Join([]string{
			"1:6 E015 anchors are not allowed", "2:6 E015 anchors are not allowed", "2:10 E015 aliases are not allowed",
			"2:14 E015 aliases are not allowed", "3:7 E015 aliases are not allowed", "3:11 E015 aliases are not allowed",
		}, "\n")},
		{"alias to itself", "x-a: &a [*a]\n", "1:6 E015 anchors are not allowed\n1:10 E015 aliases are not allowed"},
		{"flow depth", strings.Repeat("[", 100_000), "1:301 E014 nested too deeply"},
		{"mapping depth", strings.Repeat("{a: ", 100_000), "1:1201 E014 nested too deeply"},
		{"block depth", strings.Repeat("- ", 100_000), "1:601 E014 nested too deeply"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, found := Parse("f", []byte(test.text))
			if got := lines(found); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestPlaces checks the positions that package taxonomy points at.
func TestPlaces(t *testing.T) {
	t.Parallel()
	f, found := Parse("f", []byte(`version: 1
events:
  e:
    include: [a, "b", c]
    properties:
      p: {type: string,
          maxLength: 3}
      q:
    sampling: 0.5
  é f: {description: x, sampling: 0.1}
`))
	if want := `8:7 E005 "q" has no type`; lines(found) != want {
		t.Fatalf("got %s, want %s", lines(found), want)
	}
	e := f.Events.Entries[0].Value
	p, q := e.Properties.Entries[0].Value, e.Properties.Entries[1].Value
	g := f.Events.Entries[1].Value
	for _, test := range []struct {
		what string
		got  diag.Position
		want string
	}{
		{"file", f.Pos(), "f:1:1"},
		{"event", e.Pos(), "f:3:3"},
		{"entry", f.Events.Entries[1].Pos, "f:10:3"},
		{"item", e.ItemPos("include", 2), "f:4:23"},
		{"item beyond the list", e.ItemPos("include", 9), "f:4:14"},
		{"key", p.KeyPos("maxLength"), "f:7:11"},
		{"value", p.ValuePos("maxLength"), "f:7:22"},
		{"no such key", p.ValuePos("minLength"), "f:6:7"},
		{"key of what is null", q.KeyPos("type"), "f:8:7"},
		{"short form", e.Sampling.Pos(), "f:9:5"},
		{"literal", e.Sampling.Rate.Pos, "f:9:15"},
		{"characters, not bytes", g.Sampling.Rate.Pos, "f:10:35"},
	} {
		if got := test.got.String(); got != test.want {
			t.Errorf("%s is at %s, want %s", test.what, got, test.want)
		}
	}
	if !e.HasList("include") || e.HasList("sampling") || e.HasText("properties") || !e.HasText("sampling") || q.Has("type") {
		t.Error("wrong about what is there")
	}
}

func TestSuggestionsAreBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "versio%d: 1\n", i)
	}
	_, found := Parse("f", []byte(b.String()))
	suggestions := 0
	for _, d := range found {
		if d.Fix != "" {
			suggestions++
		}
	}
	if len(found) != 1000 || suggestions == 0 || suggestions > maxSuggestions {
		t.Errorf("%d findings, %d suggestions", len(found), suggestions)
	}
}

func TestSuggestCategory(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ word, want string }{
		{"user.contact.emial", `did you mean "user.contact.email"?`},
		{"email", `did you mean "user.contact.email"?`},
		{"user.contact.phone", `did you mean "user.contact.phone_number"?`},
		{"user.contact.email.work", `did you mean "user.contact.email"?`},
		{"ip_address", `did you mean "user.device.ip_address"?`},
		{"zzz", ""},
		{"", ""},
		{".", ""},
	} {
		if got := SuggestCategory(test.word); got != test.want {
			t.Errorf("SuggestCategory(%q) = %q, want %q", test.word, got, test.want)
		}
	}
}
