package diag

import (
	"fmt"
	"strings"
)

// Of a long line, frameWidth characters are shown, from frameBefore before the caret where that lies beyond them.
const (
	frameWidth  = 200
	frameBefore = 100
)

// frame returns the line of a position, the line before it, and a caret:
//
//	41 |     duration:
//	42 |       unit: s
//	   |             ^
//
// It is empty when the source is unknown.
func (s *sources) frame(at Position) string {
	f := s.file(at.File)
	if _, ok := f.line(at.Line); !ok {
		return ""
	}
	var b strings.Builder
	if before, ok := f.line(at.Line - 1); ok && strings.TrimSpace(before) != "" {
		text, _ := f.window(at.Line-1, 1)
		fmt.Fprintf(&b, "%5d | %s\n", at.Line-1, text)
	}
	text, pad := f.window(at.Line, at.Column)
	fmt.Fprintf(&b, "%5d | %s\n      | %s^\n", at.Line, text, pad)
	return b.String()
}

// window returns the part of a line to show and the padding that puts a caret under the column. Tabs are kept in both, so
// that the caret is right whatever their width.
func (f *lines) window(number, column int) (text, pad string) {
	var shown, before strings.Builder
	skip := 0
	if column > frameWidth {
		skip = column - 1 - frameBefore
		shown.WriteString("…")
		before.WriteString(" ")
	}
	n := skip
	for _, r := range f.from(number, skip) {
		if n == skip+frameWidth {
			shown.WriteString("…")
			break
		}
		r = visible(r)
		shown.WriteRune(r)
		if n++; n < column {
			before.WriteString(blank(r))
		}
	}
	return strings.TrimRight(shown.String(), " \t"), before.String()
}

// blank returns white space as wide as r.
func blank(r rune) string {
	if r == '\t' {
		return "\t"
	}
	return strings.Repeat(" ", cells(r))
}
