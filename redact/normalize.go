package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// normalForm says how spellings of one value are brought together before hashing. It follows from the category's last
// segment:
//
//	…email                            lower case; no plus sign or dot is removed
//	…phone, …phone_number, fax_number  the digits and a leading plus sign; all of it when there is no digit
//	…ip_address, ip                   netip's form, IPv4 mapped into IPv6 as IPv4, no zone; all of it when it is no address
//	others                            as it is
//
// White space around the value is trimmed for all but the last line.
//
// Unicode normalisation is left out, since the standard library has none: composed and decomposed letters differ.
type normalForm uint8

const (
	asIs normalForm = iota
	emailForm
	phoneForm
	addressForm
)

func normalFormOf(category string) normalForm {
	switch segment := lastSegment(category); {
	case strings.HasSuffix(segment, "email"):
		return emailForm
	case strings.HasSuffix(segment, "phone"), strings.HasSuffix(segment, "phone_number"), segment == "fax_number":
		return phoneForm
	case segment == "ip", strings.HasSuffix(segment, "ip_address"):
		return addressForm
	default:
		return asIs
	}
}

// write adds v to m in its normal form.
func (f normalForm) write(m *mac, v string) {
	switch f {
	case emailForm:
		writeLower(m, strings.TrimSpace(v))
	case phoneForm:
		writePhone(m, strings.TrimSpace(v))
	case addressForm:
		writeAddress(m, strings.TrimSpace(v))
	default:
		write(m, v)
	}
}

// writeLower adds v in lower case, rune by rune as [strings.ToLower] does it. Invalid bytes stay as they are.
func writeLower(m *mac, v string) {
	for v != "" {
		chunk := m.next(v)
		for i, c := range chunk {
			if c >= utf8.RuneSelf {
				chunk = chunk[:i]
				break
			}
			chunk[i] = lower(c)
		}
		m.size += len(chunk)
		if v = v[len(chunk):]; v != "" && v[0] >= utf8.RuneSelf {
			v = v[writeLowerRune(m, v):]
		}
	}
}

// writeLowerRune adds the first rune of v, which is not ASCII, and returns how long it is in v.
func writeLowerRune(m *mac, v string) int {
	r, size := utf8.DecodeRuneInString(v)
	if r == utf8.RuneError {
		write(m, v[:size])
		return size
	}
	var text [utf8.UTFMax]byte
	write(m, utf8.AppendRune(text[:0], unicode.ToLower(r)))
	return size
}

// writePhone adds the digits of v and its leading plus sign, or all of v when there is no digit.
func writePhone(m *mac, v string) {
	if !strings.ContainsAny(v, "0123456789") {
		write(m, v)
		return
	}
	if v[0] == '+' {
		m.writeByte('+')
	}
	for i := range len(v) {
		if isDigit(v[i]) {
			m.writeByte(v[i])
		}
	}
}

// writeAddress adds the canonical form of the IP address v, or v itself when it is none.
func writeAddress(m *mac, v string) {
	addr, ok := parseAddress(v)
	if !ok {
		write(m, v)
		return
	}
	var text [len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")]byte
	write(m, addr.AppendTo(text[:0]))
}
