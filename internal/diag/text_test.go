package diag_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/internal/diag"
)

func at(line, column int) diag.Position {
	return diag.Position{File: "events.yaml", Line: line, Column: column}
}

// text prints one diagnostic about a source.
func text(t *testing.T, source string, d diag.Diagnostic) string {
	t.Helper()
	var out bytes.Buffer
	w := diag.Text{Source: func(string) []byte { return []byte(source) }}
	if err := w.Write(&out, []diag.Diagnostic{d}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestFrame(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 300)
	for _, test := range []struct {
		name, source string
		line, column int
		want         string
	}{
		{"line and the one before", "a:\n  bee: 1\n", 2, 3, "    1 | a:\n    2 |   bee: 1\n      |   ^\n"},
		{"first line", "ab", 1, 2, "    1 | ab\n      |  ^\n"},
		{"after a blank line", "a\n\nb\n", 3, 1, "    3 | b\n      | ^\n"},
		{"tabs", "\ta:\tb\n", 1, 5, "    1 | \ta:\tb\n      | \t  \t^\n"},
		{"wide characters", "订单: x\n", 1, 5, "    1 | 订单: x\n      |       ^\n"},
		{"combining marks", "e\u0301: x\n", 1, 5, "    1 | e\u0301: x\n      |    ^\n"},
		{"crlf", "a\r\nb: c\r\n", 2, 4, "    1 | a\n    2 | b: c\n      |    ^\n"},
		{"cr", "a\rb\r", 2, 1, "    1 | a\n    2 | b\n      | ^\n"},
		{"byte order mark", "\ufeffab\n", 1, 2, "    1 | ab\n      |  ^\n"},
		{"control characters", "a\x1b[31m\u202eb\n", 1, 8, "    1 | a\ufffd[31m\ufffdb\n      |        ^\n"},
		{"invalid UTF-8", "a\xffb\n", 1, 3, "    1 | a\ufffdb\n      |   ^\n"},
		{"end of line", "ab\n", 1, 3, "    1 | ab\n      |   ^\n"},
		{"beyond the line", "ab\n", 1, 9, "    1 | ab\n      |   ^\n"},
		{"beyond the file", "ab\n", 3, 1, ""},
		{"no line", "ab\n", 0, 0, ""},
		{"start of a long line", long, 1, 2, "    1 | " + long[:200] + "…\n      |  ^\n"},
		{
			"end of a long line", long + "y", 1, 301,
			"    1 | …" + long[:100] + "y\n      | " + strings.Repeat(" ", 101) + "^\n",
		},
		{
			"middle of a longer line", strings.Repeat("é", 5000) + "y" + long, 1, 5001,
			"    1 | …" + strings.Repeat("é", 100) + "y" + long[:99] + "…\n      | " + strings.Repeat(" ", 101) + "^\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := text(t, test.source, diag.New(at(test.line, test.column), "E002", "m"))
			head := fmt.Sprintf("events.yaml:%d:%d: error[E002]: m\n", test.line, test.column)
			if got != head+test.want {
				t.Errorf("got\n%q\nwant\n%q", got, head+test.want)
			}
		})
	}
}

func TestTextIsSafe(t *testing.T) {
	t.Parallel()
	d := diag.New(diag.Position{File: "a\x1b.yaml", Line: 9, Column: 1}, "P411", "b\nc\u2028\td").WithFix("e\x07")
	want := "a\ufffd.yaml:9:1: warning[P411]: b\ufffdc\ufffd d\n  fix: e\ufffd\n"
	if got := text(t, "", d); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestColor(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	list := []diag.Diagnostic{diag.New(at(1, 2), "E002", "m").WithFix("f"), diag.New(at(1, 2), "D301", "n")}
	if err := (diag.Text{Color: true}).Write(&out, list); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[1mevents.yaml:1:2:\x1b[0m \x1b[1;31merror[E002]:\x1b[0m m\n  \x1b[1;32mfix:\x1b[0m f\n" +
		"\x1b[1mevents.yaml:1:2:\x1b[0m \x1b[1;33mwarning[D301]:\x1b[0m n\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

type brokenWriter struct{}

var errBroken = errors.New("broken")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteErrors(t *testing.T) {
	t.Parallel()
	list := []diag.Diagnostic{diag.New(at(1, 1), "E001", "m")}
	for name, err := range map[string]error{
		"text": diag.Text{}.Write(brokenWriter{}, list), "json": diag.WriteJSON(brokenWriter{}, list),
		"sarif": diag.WriteSARIF(brokenWriter{}, list), "github": diag.WriteGitHub(brokenWriter{}, list),
	} {
		if !errors.Is(err, errBroken) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

func ExampleText() {
	source := "events:\n  signed_up:\n    dezcription: A person signed up.\n"
	d := diag.New(diag.Position{File: "events.yaml", Line: 3, Column: 5}, "E002", "unknown key %q", "dezcription").
		WithFix("%s", diag.DidYouMean("dezcription", []string{"owner", "description"}))
	w := diag.Text{Source: func(string) []byte { return []byte(source) }}
	if err := w.Write(os.Stdout, []diag.Diagnostic{d}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// events.yaml:3:5: error[E002]: unknown key "dezcription"
	//     2 |   signed_up:
	//     3 |     dezcription: A person signed up.
	//       |     ^
	//   fix: did you mean "description"?
}
