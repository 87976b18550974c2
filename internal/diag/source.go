package diag

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Source returns the text of a file named in a diagnostic, or nil when it cannot; a frame is then left out.
type Source func(file string) []byte

// sources remembers the files that frames are cut from.
type sources struct {
	read  Source
	files map[string]*lines
}

// lines is a text with the offset of each line.
type lines struct {
	text   string
	starts []int         // one more than there are lines
	marks  map[int][]int // by line number: offsets in the line of every markWidth-th character
}

// markWidth is the characters between two marks. Without marks, a finding far into a long line would cost its length, and
// many findings in one line its square.
const markWidth = 1024

func newSources(read Source) *sources {
	return &sources{read: read, files: map[string]*lines{}}
}

// file returns the lines of a file, none when it cannot be read.
func (s *sources) file(name string) *lines {
	f, ok := s.files[name]
	if !ok {
		f = &lines{}
		if s.read != nil {
			f = splitLines(string(s.read(name)))
		}
		s.files[name] = f
	}
	return f
}

// splitLines finds the lines as YAML does: they end with LF, CR LF or CR. A byte order mark is not part of the first.
func splitLines(text string) *lines {
	text = strings.TrimPrefix(text, "\ufeff")
	f := &lines{text: text, starts: []int{0}, marks: map[int][]int{}}
	for i := range len(text) {
		if c := text[i]; c == '\n' || c == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			f.starts = append(f.starts, i+1)
		}
	}
	if f.starts[len(f.starts)-1] < len(text) {
		f.starts = append(f.starts, len(text))
	}
	return f
}

// line returns the text of a line without its line break, and whether there is such a line.
func (f *lines) line(number int) (string, bool) {
	if number < 1 || number >= len(f.starts) {
		return "", false
	}
	return strings.TrimRight(f.text[f.starts[number-1]:f.starts[number]], "\r\n"), true
}

// from returns what follows the first skip characters of a line.
func (f *lines) from(number, skip int) string {
	line, _ := f.line(number)
	if len(line) > markWidth {
		marks, ok := f.marks[number]
		if !ok {
			marks = markLine(line)
			f.marks[number] = marks
		}
		i := min(skip/markWidth, len(marks)-1)
		line, skip = line[marks[i]:], skip-i*markWidth
	}
	for ; skip > 0 && line != ""; skip-- {
		_, size := utf8.DecodeRuneInString(line)
		line = line[size:]
	}
	return line
}

func markLine(line string) []int {
	var marks []int
	n := 0
	for i := range line {
		if n%markWidth == 0 {
			marks = append(marks, i)
		}
		n++
	}
	return marks
}

// wide holds East Asian wide characters and emoji, roughly: a misjudged one moves a caret by one column.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1},
		{0x2e80, 0xa4cf, 1},
		{0xac00, 0xd7a3, 1},
		{0xf900, 0xfaff, 1},
		{0xfe30, 0xfe6f, 1},
		{0xff00, 0xff60, 1},
	},
	R32: []unicode.Range32{{0x1f300, 0x1faff, 1}, {0x20000, 0x3fffd, 1}},
}

// cells returns the columns that a terminal needs for r.
func cells(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.Is(wide, r):
		return 2
	default:
		return 1
	}
}

// visible returns r, or a replacement for what would move the cursor, hide text or reorder it.
func visible(r rune) rune {
	if r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
		return utf8.RuneError
	}
	return r
}

// printable returns s on one line with every rune visible.
func printable(s string) string {
	clean := make([]rune, 0, len(s))
	for _, r := range s {
		if r == '\t' {
			r = ' '
		}
		clean = append(clean, visible(r))
	}
	return string(clean)
}
