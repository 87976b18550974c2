package redact

import "strings"

// quad is the value of a dotted quad.
type quad [4]byte

// parseQuad returns the first four groups of n as an IPv4 address in the form that [net/netip] reads: no group above 255,
// and none with a leading zero.
func (s *scanner) parseQuad(n *number) (q quad, ok bool) {
	for k := range q {
		octet := s.text[n.start[k]:n.end[k]]
		if len(octet) > 3 || len(octet) > 1 && octet[0] == '0' {
			return q, false
		}
		v := 0
		for i := range len(octet) {
			v = v*10 + int(octet[i]-'0')
		}
		if v > 255 {
			return q, false
		}
		q[k] = byte(v)
	}
	return q, true
}

// ipv4 looks for a dotted quad that is no part of a longer row of numbers and not rather the version of something.
func (s *scanner) ipv4(n *number) match {
	start := n.start[0]
	if n.n < 4 || n.sep[1] != '.' || n.sep[2] != '.' || n.sep[3] == '.' || s.before(start) == '.' {
		return match{}
	}
	q, ok := s.parseQuad(n)
	if !ok || s.isVersion(q, start, n.end[3]) {
		return match{}
	}
	return match{ipv4s, start, n.end[3]}
}

// isVersion reports whether a quad is rather a version: behind the slash of a product, as in Chrome/103.0.0.0, and behind
// "version" and the like. A quad that begins with a single digit, as few addresses and most versions do, is one also
// behind a name, as in YComp 5.0.2.6, and before a suffix, as in 2.6.35.7-generic; unless others have numbers that versions
// hardly reach.
func (s *scanner) isVersion(q quad, start, end int) bool {
	low := q[0] < 10 && !q.isSpread()
	if s.before(start) == '/' {
		hasPort := s.at(end) == ':' && isDigit(s.after(end))
		return !hasPort && s.isProduct(start-1, low)
	}
	if low && (s.isSuffix(end) || s.before(start) == '-' && isWord(s.before(start-1))) {
		return true
	}
	switch s.nameBefore(start) {
	case versionName:
		return true
	case productName:
		return low
	default:
		return false
	}
}

// isSpread reports whether two of the last three numbers are large.
func (q quad) isSpread() bool {
	large := 0
	for _, n := range q[1:] {
		if n >= 64 {
			large++
		}
	}
	return large >= 2
}

// maxProduct is how much of a product, path or host before a quad is looked at, in bytes.
const maxProduct = 64

// isProduct reports whether the slash at i stands between a product and its version (RFC 9110, section 10.1.5): behind a
// word that is neither in a path or a URL, nor the name of a host, which some programs write before the address.
func (s *scanner) isProduct(i int, low bool) bool {
	start := i
	for start > s.lo && i-start < maxProduct && isProductByte(s.text[start-1]) {
		start--
	}
	name := s.text[start:i]
	switch {
	case !isWord(s.before(i)) || name[0] == '/' || strings.Contains(name, "//"):
		return false
	case name == "localhost" || name == "host" || name == "ip":
		return false
	default:
		return low || !isDotted(name)
	}
}

// isDotted reports whether name may be the name of a host with its domain.
func isDotted(name string) bool { return strings.Contains(name, ".") && !strings.Contains(name, "/") }

// isProductByte reports whether c may be in a path or in names and versions joined by slashes.
func isProductByte(c byte) bool { return c > ' ' && strings.IndexByte(`"'()[]{}<>;,=`, c) < 0 }

// isSuffix reports whether the suffix of a version is at i: a dash and something other than the second address of a range.
func (s *scanner) isSuffix(i int) bool {
	if s.at(i) != '-' || !isWord(s.after(i)) {
		return false
	}
	next := s.digitRun(i + 1)
	return s.at(next) != '.' || !isDigit(s.after(next))
}

// name says what the word before a quad makes of it.
type name uint8

const (
	noName      name = iota // nothing, or a word that stands before addresses
	productName             // a capitalised word: something that has versions
	versionName             // a word for versions
)

// nameBefore classifies the word before i, with a space, a colon or the like in between.
func (s *scanner) nameBefore(i int) name {
	end := i
	for end > s.lo && i-end < 4 && strings.IndexByte(" :=\"'(", s.text[end-1]) >= 0 {
		end--
	}
	start := s.runBack(end, word, 16)
	if start == end {
		return noName
	}
	spaced := s.text[end] == ' '
	var buffer [16]byte
	switch string(appendLower(buffer[:0], s.text[start:end])) {
	case "v", "ver", "version", "versions", "rv", "release", "rev", "revision", "build", "kernel", "firmware", "appversion", "app_version":
		return versionName
	case "app", "schema", "protocol", "plugin", "driver", "sdk", "api", "assembly", "section", "sec", "chapter", "fig", "figure",
		"table", "appendix", "clause", "oid", "upgrade", "update":
		return productName
	case "ip", "ips", "ipv4", "addr", "address", "host", "server", "client", "peer", "remote", "dns", "gateway", "router",
		"proxy", "node", "from", "to", "at", "by", "via", "and", "or", "for", "on", "the", "is", "src", "dst", "source",
		"destination", "target", "ping", "user", "login", "blocked", "allow", "deny", "connect", "connected", "connection":
		return noName
	}
	if c := s.text[start]; spaced && c >= 'A' && c <= 'Z' {
		return productName
	}
	return noName
}
