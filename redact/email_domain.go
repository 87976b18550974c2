package redact

import "strings"

// appendDomain appends what follows the last @ of an e-mail address, in lower case. Dropped is what has no text before the
// @, or whose end is not a host name of two labels or more (RFC 1034, section 3.5, with digits allowed in front as in
// RFC 1123): an address in angle brackets, an IP literal, a name of one label, and international domains that are not
// in their xn-- form. So is a domain that has the form of a pseudonym, which no registry gives out.
func appendDomain(dst []byte, v string) ([]byte, Outcome) {
	v = strings.TrimSpace(v)
	at := strings.LastIndexByte(v, '@')
	if at < 1 || !isDomain(v[at+1:]) || isPseudonym(v[at+1:]) {
		return dst, Dropped
	}
	return appendLower(dst, v[at+1:]), Text
}

// isPseudonym reports whether a domain has the form of what [Hash] appends: h1, a key's id, and 22 characters.
func isPseudonym(domain string) bool {
	label, rest, _ := strings.Cut(domain, ".")
	_, digest, ok := strings.Cut(rest, ".")
	return ok && (label == "h1" || label == "H1") && len(digest) == pseudonymText && strings.IndexByte(digest, '.') < 0
}

// isDomain reports whether v is a host name of two labels or more. No IPv4 address is one, for the last label has to begin
// with a letter.
func isDomain(v string) bool {
	return strings.IndexByte(v, '.') > 0 && isHostName(v)
}

// isHostName reports whether v is made of labels of letters, digits and inner hyphens, the last of which begins with a
// letter.
func isHostName(v string) bool {
	if len(v) > 253 {
		return false
	}
	for {
		label, rest, more := strings.Cut(v, ".")
		if !isLabel(label) {
			return false
		}
		if !more {
			return isLetter(label[0])
		}
		v = rest
	}
}

func isLabel(v string) bool {
	if len(v) < 1 || len(v) > 63 || v[0] == '-' || v[len(v)-1] == '-' {
		return false
	}
	for i := range len(v) {
		if c := v[i]; !isDigit(c) && !isLetter(c) && c != '-' {
			return false
		}
	}
	return true
}
