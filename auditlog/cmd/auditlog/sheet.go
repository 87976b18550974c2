package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// kind is how the values of a column look.
type kind uint8

const (
	text   kind = iota // string
	number             // int64, or nil
	amount             // float64: a sum of weights
	ratio              // float64 from 0 to 1
	millis             // float64 of milliseconds, or nil
	moment             // time.Time
	object             // json.RawMessage, or nil
)

// column is a column of what a command prints.
type column struct {
	name string // in JSON and CSV, for good
	head string // in text; a column without one is not shown there
	kind kind
}

// sheet is what a command prints as rows. Each row has a value for each column.
type sheet struct {
	columns []column
	rows    [][]any
}

// maxCell is how many characters a cell of text has at most.
const maxCell = 60

// shown returns a value for people.
func (c *column) shown(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.UTC().Format("2006-01-02 15:04:05Z")
	case float64:
		return c.shownNumber(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case json.RawMessage:
		return visible(string(v))
	case string:
		return cut(visible(v))
	default:
		return visible(fmt.Sprint(v))
	}
}

func (c *column) shownNumber(f float64) string {
	switch {
	case c.kind == ratio:
		return strconv.FormatFloat(100*f, 'f', 2, 64) + " %"
	case c.kind == millis && f > 0 && f < 0.001:
		return "<0.001"
	case c.kind == millis && f > 0 && f < 0.1: // what answers from memory takes some microseconds
		return strconv.FormatFloat(f, 'f', 3, 64)
	case c.kind == millis && f < 100:
		return strconv.FormatFloat(f, 'f', 1, 64)
	case c.kind == millis, f == math.Trunc(f):
		return strconv.FormatFloat(f, 'f', 0, 64)
	default:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
}

func cut(s string) string {
	if utf8.RuneCountInString(s) <= maxCell {
		return s
	}
	return string([]rune(s)[:maxCell-1]) + "…"
}

func (c *column) right() bool { return c.kind != text && c.kind != moment && c.kind != object }

// writeText prints an aligned table.
func (s *sheet) writeText(w io.Writer) error {
	lines := [][]string{nil}
	var columns []int
	for i, c := range s.columns {
		if c.head != "" {
			columns = append(columns, i)
			lines[0] = append(lines[0], c.head)
		}
	}
	for _, row := range s.rows {
		line := make([]string, 0, len(columns))
		for _, i := range columns {
			line = append(line, s.columns[i].shown(row[i]))
		}
		lines = append(lines, line)
	}
	widths := make([]int, len(columns))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	out := bufio.NewWriter(w)
	for _, line := range lines {
		_, _ = out.WriteString(s.align(line, columns, widths)) // Flush has the error
	}
	return out.Flush()
}

func (s *sheet) align(cells []string, columns, widths []int) string {
	var b strings.Builder
	for i, cell := range cells {
		padding := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i > 0 {
			b.WriteString("  ")
		}
		if s.columns[columns[i]].right() {
			b.WriteString(padding + cell)
		} else {
			b.WriteString(cell + padding)
		}
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

// writeCSV prints a header and the rows.
func (s *sheet) writeCSV(w io.Writer) error {
	rows := newCSVRows(w, s.columns)
	for _, row := range s.rows {
		if err := rows.write(row); err != nil {
			return err
		}
	}
	return rows.flush()
}

// objects returns the rows for JSON.
func (s *sheet) objects() ([]json.RawMessage, error) {
	all := make([]json.RawMessage, 0, len(s.rows))
	for _, row := range s.rows {
		o, err := encodeObject(s.columns, row)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

// encodeObject returns a row as an object with the columns in their order.
func encodeObject(columns []column, row []any) (json.RawMessage, error) {
	out := []byte{'{'}
	for i, c := range columns {
		if i > 0 {
			out = append(out, ',')
		}
		value, err := json.Marshal(machine(row[i]))
		if err != nil {
			return nil, err
		}
		out = append(strconv.AppendQuote(out, c.name), ':')
		out = append(out, value...)
	}
	return append(out, '}'), nil
}

// machine returns a value for programs: times with all their digits, and null for none.
func machine(value any) any {
	if t, ok := value.(time.Time); ok {
		if t.IsZero() {
			return nil
		}
		return t.UTC().Format("2006-01-02T15:04:05.000000Z")
	}
	return value
}

// writeJSON prints a document.
func writeJSON(w io.Writer, document any) error {
	out, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(harmless(out), '\n'))
	return err
}

// rowWriter prints rows one by one.
type rowWriter interface {
	write(row []any) error
	flush() error
}

type jsonRows struct {
	out     *bufio.Writer
	columns []column
}

func newJSONRows(w io.Writer, columns []column) *jsonRows {
	return &jsonRows{bufio.NewWriterSize(w, 1<<16), columns}
}

func (j *jsonRows) write(row []any) error {
	o, err := encodeObject(j.columns, row)
	if err != nil {
		return err
	}
	_, err = j.out.Write(append(harmless(o), '\n'))
	return err
}

func (j *jsonRows) flush() error { return j.out.Flush() }

type csvRows struct {
	out     *csv.Writer
	columns []column
	cells   []string
}

// newCSVRows writes the header.
func newCSVRows(w io.Writer, columns []column) *csvRows {
	c := &csvRows{out: csv.NewWriter(w), columns: columns}
	for _, column := range columns {
		c.cells = append(c.cells, column.name)
	}
	_ = c.out.Write(c.cells) // Flush has the error
	return c
}

func (c *csvRows) write(row []any) error {
	for i, value := range row {
		switch v := machine(value).(type) {
		case nil:
			c.cells[i] = ""
		case string:
			c.cells[i] = unspreadsheet(visible(v))
		case float64:
			c.cells[i] = strconv.FormatFloat(v, 'f', -1, 64)
		case json.RawMessage:
			c.cells[i] = unspreadsheet(string(harmless(v)))
		default:
			c.cells[i] = fmt.Sprint(v)
		}
	}
	return c.out.Write(c.cells)
}

func (c *csvRows) flush() error {
	c.out.Flush()
	return c.out.Error()
}

// textRows prints rows of a fixed layout, for output that has no end.
type textRows struct {
	out     *bufio.Writer
	columns []column
	widths  []int // of the columns that have a head
}

func newTextRows(w io.Writer, columns []column, widths []int) *textRows {
	return &textRows{bufio.NewWriter(w), columns, widths}
}

func (t *textRows) write(row []any) error {
	var b strings.Builder
	shown := 0
	for i, c := range t.columns {
		if c.head == "" {
			continue
		}
		if shown > 0 {
			b.WriteString("  ")
		}
		cell := c.shown(row[i])
		padding := strings.Repeat(" ", max(0, t.widths[shown]-utf8.RuneCountInString(cell)))
		if c.right() {
			cell, padding = padding, cell
		}
		b.WriteString(cell + padding)
		shown++
	}
	_, err := t.out.WriteString(strings.TrimRight(b.String(), " ") + "\n")
	return err
}

func (t *textRows) flush() error { return t.out.Flush() }
