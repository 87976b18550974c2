package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// columnWidth is the width of each of the two columns, in characters.
const columnWidth = 56

// cell is one side of a row: a title and pieces of text that are not to be broken.
type cell struct {
	title  string
	pieces []string
}

// writeTable prints two columns side by side.
func writeTable(w io.Writer, heads [2]string, rows [][2]cell) {
	writeLine(w, heads[0], heads[1])
	rule := strings.Repeat("─", columnWidth)
	fmt.Fprintf(w, "  %s─┼─%s\n", rule, rule)
	for _, row := range rows {
		left, right := row[0].lines(), row[1].lines()
		for i := range max(len(left), len(right)) {
			writeLine(w, line(left, i), line(right, i))
		}
	}
}

func writeLine(w io.Writer, left, right string) {
	padding := strings.Repeat(" ", max(0, columnWidth-utf8.RuneCountInString(left)))
	fmt.Fprintln(w, strings.TrimRight("  "+left+padding+" │ "+right, " "))
}

// line returns line i, or nothing.
func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// lines fills the width of a column, with the pieces indented.
func (c cell) lines() []string {
	lines := []string{c.title}
	text := " "
	for i, piece := range c.pieces {
		if i < len(c.pieces)-1 {
			piece += ","
		}
		if text != " " && utf8.RuneCountInString(text)+1+utf8.RuneCountInString(piece) > columnWidth {
			lines, text = append(lines, text), " "
		}
		text += " " + piece
	}
	if text == " " {
		return lines
	}
	return append(lines, text)
}
