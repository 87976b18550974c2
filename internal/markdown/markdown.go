// Package markdown writes text of unknown content into Markdown files: it escapes whatever Markdown, HTML and the cells of
// GitHub's tables would take for something else than text.
package markdown

import (
	"fmt"
	"strings"
	"unicode"
)

// special are the characters that have a meaning within a line of Markdown, or would end the cell of a table. What means
// something at the beginning of a line only is left alone: a cell never is one.
const special = "\\`*_[]!|~$@:"

// Text returns s as text of one line: white space of any kind becomes a single blank, characters that cannot be seen become
// their number, and everything else that means something stands for itself.
func Text(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(s), " ") {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case hidden(r):
			fmt.Fprintf(&b, "(U+%04X)", r)
		case strings.ContainsRune(special, r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// hidden reports characters that could make a text look like another: controls, marks of direction, joiners.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
}

// Table returns a table of GitHub Flavored Markdown. The cells are escaped; rows have as many as the header.
func Table(header []string, rows [][]string) string {
	var b strings.Builder
	row(&b, header)
	b.WriteString(strings.Repeat("|---", len(header)) + "|\n")
	for _, r := range rows {
		row(&b, r)
	}
	return b.String()
}

func row(b *strings.Builder, cells []string) {
	for _, c := range cells {
		b.WriteString("| " + Text(c) + " ")
	}
	b.WriteString("|\n")
}
