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

// isPlain reports whether s is ASCII without anything to escape: then it is UTF-8, has as many characters as bytes, and may be
// copied into a JSON string. Most texts are plain, and need no other look: this one takes 11 ns for 87 bytes, where a look at each
// byte takes 60.
func isPlain[T string | []byte](s T) bool {
	special := uint64(0)
	switch n := len(s); {
	case n >= 8: // eight bytes at a time; the last eight may overlap those before
		special = specials(load64(s[n-8:]))
		for len(s) > 16 {
			special |= specials(load64(s)) | specials(load64(s[8:]))
			s = s[16:]
		}
		if len(s) > 8 {
			special |= specials(load64(s))
		}
	case n >= 4:
		special = specials(uint64(load32(s)) | uint64(load32(s[n-4:]))<<32)
	default:
		for i := range n {
			if c := s[i]; c >= utf8.RuneSelf || !plainByte[c] {
				return false
			}
		}
	}
	return special&(ones<<7) == 0
}

const ones = 0x0101010101010101

// specials sets the top bit of some byte if a byte of the word is not plain: it is set in what is not ASCII, and borrowed where
// something is subtracted that is larger than the byte. Swapping '"' with ' ' makes it one of the bytes up to ' ', all others of
// which are control characters.
func specials(word uint64) uint64 {
	return word | ((word ^ ones*(' '^'"')) - ones*(' '+1)) | ((word ^ ones*'\\') - ones)
}

// load32 is load64 for four bytes.
func load32[T string | []byte](s T) uint32 {
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// load64 returns the first eight bytes of s; the compiler makes one load of it.
func load64[T string | []byte](s T) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// appendPlain appends a text of which isPlain holds as a JSON string.
func appendPlain[T string | []byte](dst []byte, s T) []byte {
	return append(append(append(dst, '"'), s...), '"')
}

// appendString appends s as a JSON string. s must be valid UTF-8.
func appendString[T string | []byte](dst []byte, s T) []byte {
	if isPlain(s) {
		return appendPlain(dst, s)
	}
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

// appendInteger appends an integer. Status codes, counts and most amounts have up to three digits, for which it takes 7 ns where
// strconv.AppendInt takes 17.
func appendInteger(dst []byte, n int64) []byte {
	v := uint32(n)
	switch {
	case uint64(n) > 999:
		return strconv.AppendInt(dst, n, 10)
	case v > 99:
		return append(dst, byte('0'+v/100), byte('0'+v/10%10), byte('0'+v%10))
	case v > 9:
		return append(dst, byte('0'+v/10), byte('0'+v%10))
	default:
		return append(dst, byte('0'+v))
	}
}

// appendNumber appends a finite number in its shortest form, with an exponent where JavaScript would use one.
//
// Most numbers are amounts, or durations with up to three decimals. Those of 15 digits or fewer need no search for the shortest
// form, as no two of them are the same float64: 19 ns instead of 45, and no more than before for the others.
func appendNumber(dst []byte, f float64) []byte {
	if n := math.RoundToEven(f * 1000); n > -1e15 && n < 1e15 && n/1000 == f {
		return appendThousandths(dst, int64(n)) // 0 for negative zero, which is the same number
	}
	format := byte('f')
	if abs := math.Abs(f); abs < 1e-6 || abs >= 1e21 {
		format = 'e'
	}
	return strconv.AppendFloat(dst, f, format, -1, 64)
}

// appendThousandths appends n/1000 without zeros at its end.
func appendThousandths(dst []byte, n int64) []byte {
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	dst = appendInteger(dst, n/1000)
	decimals := [...]byte{'.', byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)}
	switch {
	case n%10 != 0:
		return append(dst, decimals[:]...)
	case n%100 != 0:
		return append(dst, decimals[:3]...)
	case n%1000 != 0:
		return append(dst, decimals[:2]...)
	default:
		return dst
	}
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

// appendName appends the name of the next member to the object that is open at the end of dst. The name comes with its colon
// and with a comma, which the first member does without.
func appendName(dst, name []byte) []byte {
	if len(dst) == 0 || dst[len(dst)-1] == '{' {
		name = name[1:]
	}
	return append(dst, name...)
}

// appendKey appends the quoted key of the next member and its colon.
func appendKey(dst []byte, key string) []byte {
	return append(appendString(separate(dst), key), ':')
}
