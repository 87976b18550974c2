package diag

import (
	"unicode"
	"unicode/utf8"
)

// Source returns the text of a file named in a diagnostic, or nil when it cannot; a frame is then left out.
type Source func(file string) []byte

// sources remembers the line starts of the files that frames are cut from.
type sources struct {
	read  Source
	files map[string]*lines
}

// lines is a text with the offset of each line.
type lines struct {
	text   []byte
	starts []int
}

func newSources(read Source) *sources {
	return &sources{read: read, files: map[string]*lines{}}
}

// line returns the text of a line without its line break.
func (s *sources) line(file string, number int) (string, bool) {
	if s.read == nil || number < 1 {
		return "", false
	}
	f, ok := s.files[file]
	if !ok {
		f = splitLines(s.read(file))
		s.files[file] = f
	}
	if number >= len(f.starts) {
		return "", false
	}
	return trimBreak(string(f.text[f.starts[number-1]:f.starts[number]])), true
}

// splitLines finds the lines as YAML does: they end with LF, CR LF or CR. starts has one entry more than there are lines.
func splitLines(text []byte) *lines {
	f := &lines{text: text, starts: []int{0}}
	for i, c := range text {
		if c == '\n' || c == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			f.starts = append(f.starts, i+1)
		}
	}
	if f.starts[len(f.starts)-1] < len(text) {
		f.starts = append(f.starts, len(text))
	}
	return f
}

func trimBreak(s string) string {
	for s != "" && (s[len(s)-1] == '\n' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	return s
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
