package markdown_test

import (
	"strings"
	"testing"

	"github.com/eventgen/eventgen/internal/markdown"
)

func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain words, and more.":  "plain words, and more.",
		"a|b":                     `a\|b`,
		`a\|b`:                    `a\\\|b`,
		"two\nlines\r\n\tand tab": "two lines and tab",
		"<script>x&y</script>":    "&lt;script&gt;x&amp;y&lt;/script&gt;",
		"`code` *b* __u__":        "\\`code\\` \\*b\\* \\_\\_u\\_\\_",
		"[a](javascript:x) ![i]":  `\[a\](javascript\:x) \!\[i\]`,
		"https://e.example":       `https\://e.example`,
		"a\u202eb\x00c\u200bd":    "a(U+202E)b(U+0000)c(U+200B)d",
		"bad \xff byte":           "bad (U+FFFD) byte",
		"  spaces  ":              "spaces",
		"grün 中":                  "grün 中",
	} {
		if got := markdown.Text(text); got != want {
			t.Errorf("Text(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestTable holds that no content of a cell changes the shape of the table.
func TestTable(t *testing.T) {
	t.Parallel()
	got := markdown.Table([]string{"a", "b"}, [][]string{{"1|2", "x\ny"}, {`\`, "<br>"}})
	want := "| a | b |\n|---|---|\n| 1\\|2 | x y |\n| \\\\ | &lt;br&gt; |\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func FuzzText(f *testing.F) {
	f.Add("a|b\n<b>`x`")
	f.Fuzz(func(t *testing.T, s string) {
		text := markdown.Text(s)
		if strings.ContainsAny(text, "\n\r<>") {
			t.Errorf("Text(%q) = %q", s, text)
		}
		bare := strings.ReplaceAll(text, `\\`, "")
		for i := range len(bare) {
			if strings.IndexByte("|`*_[]", bare[i]) >= 0 && (i == 0 || bare[i-1] != '\\') {
				t.Fatalf("Text(%q) = %q: %q is not escaped", s, text, bare[i])
			}
		}
	})
}
