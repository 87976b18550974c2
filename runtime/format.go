package runtime

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The checks of this file accept what santhosh-tekuri/jsonschema v5 accepts with format assertion switched on, leniencies
// included: a payload must get the same verdict from the generated code and from the generated schema. A differential
// test in package schemacheck holds the two against each other.

// matches reports whether s has the format.
func (f Format) matches(s string) bool {
	switch f {
	case UUIDFormat:
		return isUUID(s)
	case Email:
		return isEmail(s)
	case URI:
		return isURI(s)
	case IPv4:
		return isIPv4(s)
	case IPv6:
		return isIPv6(s)
	case IP:
		return isDottedQuad(s) || isLenientIPv4(s) || isIPv6(s)
	case Date:
		_, err := time.Parse(time.DateOnly, s)
		return err == nil
	case Hostname:
		return isHostname(s)
	default:
		return true
	}
}

// String returns the format's name in JSON Schema.
func (f Format) String() string {
	return [...]string{"", "uuid", "email", "uri", "ipv4", "ipv6", "ip", "date", "date-time", "hostname"}[f]
}

func isUUID(s string) bool {
	if len(s) != uuidLength || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	const low = 1<<32 - 1
	return areHex(load64(s)) && areHex(load64(s[9:])&low|load64(s[14:])<<32) &&
		areHex(load64(s[19:])&low|load64(s[24:])<<32) && areHex(load64(s[28:]))
}

// areHex reports whether all eight bytes of a word are hexadecimal digits: 8 ns a UUID instead of 70 with a look at each byte.
// Adding 0x80-c to a byte of ASCII sets its top bit where the byte is c or more, and carries nothing to the next byte.
func areHex(word uint64) bool {
	const tops = ones << 7
	letter := word | ones*('a'^'A') // in lower case
	digits := (word + ones*(0x80-'0')) &^ (word + ones*(0x80-'9'-1))
	letters := (letter + ones*(0x80-'a')) &^ (letter + ones*(0x80-'f'-1))
	return (digits|letters)&^word&tops == tops
}

// isIPv4 takes four numbers up to 255. As the judge does, it lets a sign and zeros such as "00" pass.
func isIPv4(s string) bool {
	return isDottedQuad(s) || isLenientIPv4(s)
}

// isDottedQuad takes what everybody calls an IPv4 address, in 40 % of the time of isLenientIPv4.
func isDottedQuad(s string) bool {
	dots, octet, digits := 0, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c-'0' <= 9 && (digits == 0 || octet > 0):
			if octet, digits = 10*octet+int(c-'0'), digits+1; octet > 255 {
				return false
			}
		case c == '.' && digits > 0:
			dots, octet, digits = dots+1, 0, 0
		default:
			return false
		}
	}
	return dots == 3 && digits > 0
}

func isLenientIPv4(s string) bool {
	for range 3 {
		group, rest, more := strings.Cut(s, ".")
		if !more || !isOctet(group) {
			return false
		}
		s = rest
	}
	return isOctet(s)
}

func isOctet(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && n <= 255 && (n == 0 || s[0] != '0')
}

func isIPv6(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is6() && addr.Zone() == ""
}

// isURI takes an absolute URI.
func isURI(s string) bool {
	u, err := url.Parse(s)
	if err != nil || !u.IsAbs() {
		return false
	}
	host := u.Hostname()
	if !strings.Contains(host, ":") {
		return true
	}
	return strings.Contains(u.Host, "[") && strings.Contains(u.Host, "]") && isIPv6(host)
}

// isHostname takes a name of RFC 1123 in ASCII. As with the judge, only the first label is kept from starting with a
// hyphen.
func isHostname(s string) bool {
	s = strings.TrimSuffix(s, ".")
	if len(s) > 253 || strings.HasPrefix(s, "-") {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if len(label) < 1 || len(label) > 63 || label[len(label)-1] == '-' || !isLabel(label) {
			return false
		}
	}
	return true
}

func isLabel(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// isEmail takes an address of RFC 5322 with a host name or an address literal behind the @. The local part follows what
// net/mail reads: a dot-atom or a quoted string, blanks before it skipped.
func isEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 0 || at > 64 || len(s) > 254 {
		return false
	}
	local, domain := s[:at], s[at+1:]
	if len(domain) >= 2 && domain[0] == '[' && domain[len(domain)-1] == ']' {
		return isAddressLiteral(domain[1 : len(domain)-1])
	}
	return isHostname(domain) && !strings.HasSuffix(domain, ".") && isLocalPart(strings.TrimLeft(local, " \t"))
}

func isAddressLiteral(s string) bool {
	if v6, ok := strings.CutPrefix(s, "IPv6:"); ok {
		return isIPv6(v6)
	}
	return isIPv4(s)
}

func isLocalPart(s string) bool {
	if strings.HasPrefix(s, `"`) {
		return isQuotedString(s)
	}
	if s == "" || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for _, r := range s {
		if r <= ' ' || r == 0x7f || r < utf8.RuneSelf && strings.ContainsRune(`()<>[]:;@\,"`, r) {
			return false
		}
	}
	return true
}

// isQuotedString takes a quoted local part that ends where s ends and holds at least one character.
func isQuotedString(s string) bool {
	escaped, length := false, 0
	for i, r := range s[1:] {
		switch {
		case escaped:
			if !isVisible(r) && r != ' ' && r != '\t' {
				return false
			}
			escaped = false
		case r == '"':
			return i+2 == len(s) && length > 0
		case r == '\\':
			escaped = true
			continue
		case !isVisible(r) && r != ' ' && r != '\t':
			return false
		}
		length++
	}
	return false
}

func isVisible(r rune) bool { return r > ' ' && r != 0x7f }
