package httpaudit

import (
	"strings"
	"unicode/utf8"
)

// clean returns s as valid UTF-8 of at most limit bytes. NUL is replaced too, since PostgreSQL refuses it. Text that needs no
// repair, which is nearly all, costs a scan and no allocation.
func clean(s string, limit int) string {
	if len(s) > limit+utf8.UTFMax {
		s = s[:limit+utf8.UTFMax] // bounds the work that a client can cause
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, string(utf8.RuneError))
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", string(utf8.RuneError))
	}
	return cut(s, limit)
}

// cut returns the longest prefix of s, which is valid UTF-8, of whole characters and at most limit bytes.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
