package redact

import "strings"

// maxIPv6 is the length of the longest IPv6 address: six groups and a dotted quad.
const maxIPv6 = len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")

// ipv6 looks for an IPv6 address whose first colon is at i, with its zone. An address with :: but without a digit is not
// taken, for there are names such as Face::Add, nor a part of a list such as x[::2]. It returns where to go on.
func (s *scanner) ipv6(i int) (m match, next int) {
	start := s.runBack(i, hexChars, 5)
	if !s.beginsIPv6(start, i) {
		return match{}, i + 1
	}
	end, lastColon := s.ipv6Run(start)
	for end > start && (s.text[end-1] == '.' || s.text[end-1] == ':' && s.text[end-2] != ':') {
		end--
	}
	text := s.text[start:end]
	if isWord(s.at(end)) || s.isSlice(start, end) || !isIPv6(text) || !isTelling(text) {
		return match{}, max(i+1, lastColon)
	}
	return match{ipv6s, start, s.zone(end)}, 0
}

// beginsIPv6 reports whether an address whose first colon is at i may begin at start.
func (s *scanner) beginsIPv6(start, i int) bool {
	before := s.before(start)
	if i-start > 4 || isWord(before) || before == ':' && !s.isLabel(start-1) {
		return false
	}
	if start == i {
		return s.after(i) == ':'
	}
	return before != '.'
}

// isLabel reports whether the word before the colon at i says what the address behind it is, as in ip:2001:db8::1: it cannot
// be a group of hexadecimal digits.
func (s *scanner) isLabel(i int) bool {
	start := s.runBack(i, word, maxLabel)
	return i-start >= 2 && s.runBack(i, hexChars, maxLabel) > start
}

// maxLabel is how much of the word before an address is looked at, in bytes.
const maxLabel = 16

// isTelling reports whether an address is no name of code, as those with a digit and those in full are, and no row of eight
// bytes in hexadecimal.
func isTelling(text string) bool {
	if strings.Count(text, ":") == 7 && !strings.Contains(text, "::") {
		return !isRowOfBytes(text)
	}
	return hasDigit(text)
}

// isRowOfBytes reports whether each group of an address in full has two digits.
func isRowOfBytes(text string) bool {
	for i := 2; i < len(text); i += 3 {
		if text[i] != ':' {
			return false
		}
	}
	return len(text) == len("00:11:22:33:44:55:66:77")
}

// isSlice reports whether what is from start to end is short and in brackets behind a word.
func (s *scanner) isSlice(start, end int) bool {
	return end-start < 6 && s.before(start) == '[' && isWord(s.before(start-1))
}

// ipv6Run returns where the bytes that an address may have end, and where the last colon among them is.
func (s *scanner) ipv6Run(start int) (end, lastColon int) {
	lastColon = start
	for end = start; end < s.hi && end-start <= maxIPv6; end++ {
		switch c := s.text[end]; {
		case c == ':':
			lastColon = end
		case c != '.' && charsets[c]&hexChars == 0:
			return end, lastColon
		}
	}
	return end, lastColon
}

// zone returns where the zone of the address that ends at i ends (RFC 4007, section 11).
func (s *scanner) zone(i int) int {
	if s.at(i) != '%' || !isWord(s.after(i)) {
		return i
	}
	end := s.run(i+1, word)
	for (s.at(end) == '.' || s.at(end) == '-') && isWord(s.after(end)) {
		end = s.run(end+1, word)
	}
	return end
}

// hasDigit reports whether text has a decimal digit.
func hasDigit(text string) bool {
	for i := range len(text) {
		if isDigit(text[i]) {
			return true
		}
	}
	return false
}

// isIPv6 reports whether text is an IPv6 address without a zone, like [net/netip.ParseAddr], whose errors allocate.
func isIPv6(text string) bool {
	text, ellipsis := strings.CutPrefix(text, "::")
	groups := 0
	for text != "" {
		size := groupSize(text)
		if size < len(text) && text[size] == '.' {
			return isFull(groups+2, ellipsis) && isQuad(text)
		}
		if groups++; size == 0 || size > 4 || groups > 8 {
			return false
		}
		rest, double, ok := cutColon(text[size:])
		if !ok || double && ellipsis {
			return false
		}
		ellipsis, text = ellipsis || double, rest
	}
	return isFull(groups, ellipsis)
}

// cutColon cuts off the one colon or the two that text begins with. One must have something behind it.
func cutColon(text string) (rest string, double, ok bool) {
	if rest, double = strings.CutPrefix(text, "::"); double {
		return rest, true, true
	}
	rest, ok = strings.CutPrefix(text, ":")
	return rest, false, text == "" || ok && rest != ""
}

// groupSize returns how many hexadecimal digits text begins with, and 5 when they are more than a group has.
func groupSize(text string) int {
	n := 0
	for n < len(text) && n < 5 && isHex(text[n]) {
		n++
	}
	return n
}

// isFull reports whether an address of so many groups is complete; :: stands for one group or more.
func isFull(groups int, ellipsis bool) bool {
	return groups == 8 && !ellipsis || groups < 8 && ellipsis
}

// isQuad reports whether text is a dotted quad.
func isQuad(text string) bool {
	s := scanner{text: text, hi: len(text)}
	var n number
	s.groups(&n, 0, s.digitRun(0))
	if n.n != 4 || n.end[3] != len(text) || n.sep[0] != '.' || n.sep[1] != '.' || n.sep[2] != '.' {
		return false
	}
	_, ok := s.parseQuad(&n)
	return ok
}
