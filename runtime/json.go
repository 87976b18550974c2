package runtime

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// plainByte tells which bytes stand for themselves inside a JSON string. Bytes of multi-byte characters do; the caller has
// made sure that the text is UTF-8.
var plainByte = func() (table [256]bool) {
	for i := range table {
		table[i] = i >= ' ' && i != '"' && i != '\\'
	}
	return table
}()

// appendString appends s as a JSON string. s must be valid UTF-8.
func appendString[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		if plainByte[s[i]] {
			continue
		}
		dst = append(dst, s[start:i]...)
		dst = appendEscaped(dst, s[i])
		start = i + 1
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

func appendEscaped(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	default:
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
	}
}

// appendValid appends text of unknown origin as a JSON string; what is not UTF-8 becomes U+FFFD.
func appendValid(dst []byte, s string) []byte {
	if utf8.ValidString(s) {
		return appendString(dst, s)
	}
	return appendString(dst, string([]rune(s)))
}

// appendNumber appends a finite number in its shortest form, with an exponent where JavaScript would use one.
func appendNumber(dst []byte, f float64) []byte {
	if f == 0 {
		f = 0 // negative zero is the same number
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, f, format, -1, 64)
}

// appendTime appends a time as RFC 3339 in UTC with as many fractional digits as it needs, in quotes.
func appendTime(dst []byte, t time.Time) []byte {
	dst = append(dst, '"')
	dst = t.UTC().AppendFormat(dst, time.RFC3339Nano)
	return append(dst, '"')
}

// separate makes dst ready for the next member or item of the container that is open at its end.
func separate(dst []byte) []byte {
	if len(dst) == 0 {
		return dst
	}
	switch dst[len(dst)-1] {
	case '{', '[':
		return dst
	default:
		return append(dst, ',')
	}
}

// appendKey appends the quoted key of the next member and its colon.
func appendKey(dst []byte, key string) []byte {
	return append(appendString(separate(dst), key), ':')
}
