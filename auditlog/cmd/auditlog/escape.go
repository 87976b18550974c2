package main

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// visible replaces what a terminal would obey or not show by escapes of Go: control characters, invisible ones, those that turn
// the direction of writing, and bytes that are no UTF-8. A backslash becomes two, so that an escape is not mistaken for text.
// Routes, user agents and user ids are what clients made of them.
func visible(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x` + hexDigits(uint64(s[0]), 2))
		case r == '\\':
			b.WriteString(`\\`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		s = s[size:]
	}
	return b.String()
}

func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '\\' {
			return false
		}
	}
	return true
}

func hexDigits(n uint64, digits int) string {
	text := strconv.FormatUint(n, 16)
	return strings.Repeat("0", digits-len(text)) + text
}

// harmless escapes what encoding/json leaves alone and terminals obey or do not show: DEL, the control characters from U+0080 to
// U+009F, and those that format text, such as turning its direction. Outside strings, JSON has none.
func harmless(json []byte) []byte {
	out := make([]byte, 0, len(json))
	for _, r := range string(json) {
		switch {
		case r == 0x7f, r >= 0x80 && r < 0xa0, r <= 0xffff && unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			out = append(out, `\u`+hexDigits(uint64(r), 4)...)
		case unicode.Is(unicode.Cf, r):
			high, low := utf16.EncodeRune(r)
			out = append(out, `\u`+hexDigits(uint64(high), 4)+`\u`+hexDigits(uint64(low), 4)...)
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}

// unspreadsheet puts an apostrophe before text that a spreadsheet would take for a formula.
func unspreadsheet(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
