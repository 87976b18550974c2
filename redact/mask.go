package redact

import (
	"unicode"
	"unicode/utf8"
)

// filler stands for the hidden rest of a masked value. Its width is fixed, so that the length of the value stays hidden.
const filler = "***"

// maskedLeast is the length in runes from which a value shows its first rune: never more than a quarter of it is shown.
const maskedLeast = 4

// appendMasked appends the first rune of v and the filler: "jane@example.com" becomes "j***". The same number of runes is
// shown for every length, since showing more of longer values would tell their length. A value of fewer than four runes,
// or whose first rune is invalid or cannot be printed, becomes the label.
func appendMasked(dst []byte, v, label string) []byte {
	first, size := utf8.DecodeRuneInString(v)
	if first == utf8.RuneError || !unicode.IsGraphic(first) || !hasRunes(v, maskedLeast) {
		return append(dst, label...)
	}
	dst = append(dst, v[:size]...)
	return append(dst, filler...)
}

// hasRunes reports whether v has n runes or more. It looks at no more than n of them.
func hasRunes(v string, n int) bool {
	for range v {
		if n--; n == 0 {
			return true
		}
	}
	return false
}
