package syntax

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/eventgen/eventgen/internal/diag"
)

// checkText reports the first byte that cannot stand in a registry file, since the YAML library does not say where it is.
func checkText(file string, data []byte) (diag.Diagnostic, bool) {
	at := diag.Position{File: file, Line: 1, Column: 1}
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		return diag.New(at, "E001", "the file is UTF-16").WithFix("save it as UTF-8"), false
	}
	for i := 0; i < len(data); {
		if data[i] >= ' ' && data[i] < 0x7f {
			at.Column++
			i++
			continue
		}
		r, size := utf8.DecodeRune(data[i:])
		if problem := refusedRune(r, size); problem != "" {
			return diag.New(at, "E001", "%s", problem).WithFix("%s", textAdvice(r, size)), false
		}
		switch {
		case r == '\n', r == '\r' && (i+1 == len(data) || data[i+1] != '\n'):
			at.Line++
			at.Column = 1
		default:
			at.Column++
		}
		i += size
	}
	return diag.Diagnostic{}, true
}

func refusedRune(r rune, size int) string {
	switch {
	case r == utf8.RuneError && size == 1:
		return "invalid UTF-8"
	case r == '\t', r == '\n', r == '\r':
		return ""
	case r == 0x85, r == 0x2028, r == 0x2029:
		return "a line break that not all programs take for one"
	case unicode.IsControl(r):
		return "a control character"
	case r == 0xfeff:
		return "a byte order mark inside the file"
	case r == 0xfffe, r == 0xffff:
		return "a character that Unicode does not have"
	default:
		return ""
	}
}

func textAdvice(r rune, size int) string {
	switch {
	case r == utf8.RuneError && size == 1:
		return "save the file as UTF-8"
	case r == 0:
		return "save the file as UTF-8; this looks like a binary file"
	default:
		return "remove it, or write it as an escape in double quotes"
	}
}
