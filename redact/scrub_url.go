package redact

import (
	"net/netip"
	"strings"
)

// appendScrubbed appends the URL v (RFC 3986) without its user information, query and fragment, and with ":id" in place of
// each path segment that looks like it names someone or something; see [isIdentifier]. A path without scheme and host is
// taken when it begins with a slash. Dropped is what has no host though it has a scheme (mailto:, data:, file:), whose host
// is not a host name or IP address, or holds a long hexadecimal label, and everything else that is not a URL.
//
// It cannot tell a name from a word: /users/jane stays as it is.
func appendScrubbed(dst []byte, v string) ([]byte, Outcome) {
	if end := strings.IndexAny(v, "?#"); end >= 0 {
		v = v[:end]
	}
	out := dst
	scheme, _, absolute := strings.Cut(v, "://")
	if absolute && !strings.Contains(scheme, "/") {
		if !isScheme(scheme) {
			return dst, Dropped
		}
		out = append(appendLower(out, scheme), ':')
		v = v[len(scheme)+1:]
	}
	if rest, ok := strings.CutPrefix(v, "//"); ok {
		host, path := cutHost(rest)
		if !isHost(host) {
			return dst, Dropped
		}
		out = appendLower(append(out, "//"...), host)
		v = path
	} else if !strings.HasPrefix(v, "/") {
		return dst, Dropped
	}
	return appendTemplate(out, v), Text
}

// cutHost splits what follows // into the host with its port and the path. The user information ends at the last @: what
// precedes an earlier one would otherwise stay. A backslash, which browsers read as a slash, leaves no host.
func cutHost(v string) (host, path string) {
	authority := v
	if slash := strings.IndexByte(v, '/'); slash >= 0 {
		authority, path = v[:slash], v[slash:]
	}
	if strings.IndexByte(authority, '\\') >= 0 {
		return "", path
	}
	return authority[strings.LastIndexByte(authority, '@')+1:], path
}

// appendTemplate appends a path, which is empty or begins with a slash, with its identifiers replaced.
func appendTemplate(dst []byte, path string) []byte {
	for path != "" {
		segment := path[1:]
		if end := strings.IndexByte(segment, '/'); end >= 0 {
			segment = segment[:end]
		}
		path = path[1+len(segment):]
		dst = append(dst, '/')
		if isIdentifier(segment) {
			segment = ":id"
		}
		dst = append(dst, segment...)
	}
	return dst
}

// Limits of what counts as a word of a route.
const (
	maxWord       = 40 // longest word, in bytes
	maxMixedWord  = 15 // longest word with a digit in it
	maxWordDigits = 2  // most digits in a word, as in v2, oauth2, v1.2
	leastHex      = 8  // shortest number written with hexadecimal digits alone
)

// isIdentifier reports whether a path segment looks like a value rather than a word of a route: a number, a UUID, a hash, a
// token, an e-mail address, a handle, a pair of coordinates, what [Mask] leaves, or anything with characters that words of
// routes do not have, percent-encoded ones included. It would rather take a word for an identifier than the reverse.
func isIdentifier(segment string) bool {
	digits, hexadecimal, n := 0, 0, len(segment)
	for i := range n {
		c := segment[i]
		if !isWordByte(c) {
			return true
		}
		if isDigit(c) {
			digits++
		}
		if isHex(c) || c == '-' {
			hexadecimal++
		}
	}
	return segment == filler || hasTooManyDigits(digits, n) || n > maxWord || n >= leastHex && hexadecimal == n
}

// isWordByte reports whether words of routes may have c.
func isWordByte(c byte) bool {
	return isDigit(c) || isLetter(c) || strings.IndexByte("-_.~!$'()*+:{}", c) >= 0
}

// hasTooManyDigits reports whether a segment of n bytes is no word for its digits.
func hasTooManyDigits(digits, n int) bool {
	return digits > maxWordDigits || digits > 0 && (digits == n || n > maxMixedWord)
}

// isScheme reports whether v is a scheme (RFC 3986, section 3.1) and not a token.
func isScheme(v string) bool {
	if v == "" || !isLetter(v[0]) || isIdentifier(v) {
		return false
	}
	for i := range len(v) {
		if c := v[i]; !isLetter(c) && !isDigit(c) && strings.IndexByte("+-.", c) < 0 {
			return false
		}
	}
	return true
}

// isHost reports whether v is a host name or an IP address, with a port or without, that names no one by a long
// hexadecimal label.
func isHost(v string) bool {
	host := v
	if colon := strings.LastIndexByte(v, ':'); colon > strings.LastIndexByte(v, ']') {
		host = v[:colon]
		if !isPort(v[colon+1:]) {
			return false
		}
	}
	if literal, ok := strings.CutPrefix(host, "["); ok {
		literal, closed := strings.CutSuffix(literal, "]")
		addr, err := netip.ParseAddr(literal)
		return closed && err == nil && addr.Is6() && addr.Zone() == ""
	}
	return isDottedQuad(host) || isHostName(host) && !hasHexLabel(host)
}

// isPort reports whether v is a port number, which may be empty (RFC 3986, section 3.2.3).
func isPort(v string) bool { return len(v) <= 5 && strings.Trim(v, "0123456789") == "" }

// isDottedQuad reports whether v is an IPv4 address.
func isDottedQuad(v string) bool {
	if v == "" || strings.Trim(v, "0123456789.") != "" {
		return false
	}
	addr, err := netip.ParseAddr(v)
	return err == nil && addr.Is4()
}

// hasHexLabel reports whether a label of host is a UUID, a hash or the like.
func hasHexLabel(host string) bool {
	for label := range strings.SplitSeq(host, ".") {
		if len(label) > maxMixedWord && strings.Trim(label, "0123456789abcdefABCDEF-") == "" {
			return true
		}
	}
	return false
}
