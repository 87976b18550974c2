package diag

import (
	"fmt"
	"strings"
)

// Lines longer than frameWidth are cut to a window around the caret.
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
	line, ok := s.line(at.File, at.Line)
	if !ok {
		return ""
	}
	var b strings.Builder
	if before, ok := s.line(at.File, at.Line-1); ok && strings.TrimSpace(before) != "" {
		text, _ := window(before, 1)
		fmt.Fprintf(&b, "%5d | %s\n", at.Line-1, text)
	}
	text, pad := window(line, at.Column)
	fmt.Fprintf(&b, "%5d | %s\n      | %s^\n", at.Line, text, pad)
	return b.String()
}

// window returns the part of a line to show and the padding that puts a caret under the column. Tabs are kept in both, so
// that the caret is right whatever their width.
func window(line string, column int) (text, pad string) {
	runes := []rune(line)
	column = max(1, min(column, len(runes)+1))
	from, to := 0, len(runes)
	if len(runes) > frameWidth {
		from = max(0, min(column-1-frameBefore, len(runes)-frameWidth))
		to = from + frameWidth
	}
	var b, p strings.Builder
	if from > 0 {
		b.WriteString("…")
		p.WriteString(" ")
	}
	for i, r := range runes[from:to] {
		r = visible(r)
		b.WriteRune(r)
		if from+i >= column-1 {
			continue
		}
		if r == '\t' {
			p.WriteRune(r)
		} else {
			p.WriteString(strings.Repeat(" ", cells(r)))
		}
	}
	if to < len(runes) {
		b.WriteString("…")
	}
	return strings.TrimRight(b.String(), " \t"), p.String()
}
