package codegen

import (
	"bytes"
	"go/format"
	"go/token"
	"strings"
	"testing"

	"github.com/dave/jennifer/jen"
)

// rendered returns the comment that doc makes of texts.
func rendered(t testing.TB, texts ...string) string {
	t.Helper()
	var b bytes.Buffer
	f := jen.NewFile("p")
	f.NoFormat = true
	f.Add(doc(texts...))
	if err := f.Render(&b); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(strings.TrimPrefix(b.String(), "package p"))
}

func TestDoc(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		texts []string
		want  string
	}{
		"nothing":                    {nil, ""},
		"blank":                      {[]string{"", " \n\t\n"}, ""},
		"one line":                   {[]string{"A  thing\thappened."}, "// A thing happened."},
		"texts are paragraphs":       {[]string{"A.", "", "B."}, "// A.\n//\n// B."},
		"blank lines end paragraphs": {[]string{"A\nb.\n \n\nC."}, "// A b.\n//\n// C."},
		"directive":                  {[]string{"//go:generate sh"}, "// //go:generate sh"},
		"line breaks of all kinds":   {[]string{"a\rb\r\nc\u2028d\u2029e\u0085f\vg\fh"}, "// a b c d e f g h"},
		"a break is no paragraph":    {[]string{"a\r\n\r\nb"}, "// a\n//\n// b"},
		"old build constraint":       {[]string{"+build ignore"}, "// + build ignore"},
		"invisible characters":       {[]string{"a\x00b\u202ec\ufeffd\u200be"}, "// abcde"},
		"not UTF-8":                  {[]string{"a\xffb"}, "// a\ufffdb"},
		"quotes of TeX":              {[]string{"``a'' `b` ```c '\u200b'd"}, "// “a” `b` “`c ”d"},
		"wide blanks":                {[]string{"a\u00a0b\u3000c"}, "// a b c"},
		"97 columns": {
			[]string{strings.Repeat("x", 90) + " 123 4"},
			"// " + strings.Repeat("x", 90) + " 123\n// 4",
		},
		"characters count, not bytes": {
			[]string{strings.Repeat("é", 90) + " 123 4"},
			"// " + strings.Repeat("é", 90) + " 123\n// 4",
		},
		"a word longer than a line": {[]string{"a " + strings.Repeat("x", 200) + " b"}, "// a\n// " + strings.Repeat("x", 200) + "\n// b"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := rendered(t, tt.texts...); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

func TestSentence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", " a ": "a.", "a.": "a.", "a?": "a?", "é": "é.", "a\n": "a."} {
		if got := sentence(text); got != want {
			t.Errorf("sentence(%q) = %q, want %q", text, got, want)
		}
	}
}

// FuzzDoc holds that no text leaves the comment, and that gofmt has nothing to change in it.
func FuzzDoc(f *testing.F) {
	for _, text := range hostileTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		source, err := format.Source([]byte("package p\n\n" + rendered(t, "X: "+text, text) + "\ntype X int\n"))
		if err != nil {
			t.Fatal(err)
		}
		file := parse(t, token.NewFileSet(), "p.go", source)
		requirePlainComments(t, file)
		requireFormatted(t, "p.go", source)
		if len(file.Comments) != 1 || len(file.Decls) != 1 {
			t.Errorf("%d comments and %d declarations, want one of each:\n%s", len(file.Comments), len(file.Decls), source)
		}
	})
}
