package redact

import "unicode/utf8"

// maxGroups is how many groups of digits are looked at together: the most that a kind has, and one.
const maxGroups = 8

// number is a row of groups of digits, each joined to the next by one separator.
type number struct {
	n     int // groups
	start [maxGroups]int
	end   [maxGroups]int
	sep   [maxGroups]byte // behind each group; behind the last, what joins it to something else, or 0
	body  byte            // the separator that all groups after the second one share, unless the number is mixed
	mixed bool            // separators may differ, as they do in numbers that begin with +
}

// size returns how many digits group k has.
func (n *number) size(k int) int { return n.end[k] - n.start[k] }

// has reports whether the groups from k on have the given sizes.
func (n *number) has(k int, sizes ...int) bool {
	if k+len(sizes) > n.n {
		return false
	}
	for i, size := range sizes {
		if n.size(k+i) != size {
			return false
		}
	}
	return true
}

// digits returns how many digits the groups have together.
func (n *number) digits() int {
	total := 0
	for k := range n.n {
		total += n.size(k)
	}
	return total
}

// number looks for a finding that begins with the digit at i: everything that is made of groups of digits, and IBANs and
// tokens of Google, which two letters precede.
func (s *scanner) number(i int) (m match, next int) {
	end := s.digitRun(i)
	before := s.before(i)
	if s.wants(ibans) && (isLetter(before) || s.isApart(i, end)) {
		m = s.iban(i)
	}
	if before == 'a' && m.kind == 0 {
		m = s.tokenOfGoogle(i)
	}
	if m.kind != 0 || isWord(before) || !s.wants(numbers) {
		return m, s.run(end, alnum)
	}
	if isWord(s.at(end)) && !s.isExtension(end) {
		return match{}, s.run(end, alnum)
	}
	if !s.mayBegin(i, end) {
		return match{}, end
	}
	var n number
	s.groups(&n, i, end)
	return s.digitGroups(&n), end
}

// isApart reports whether the digits from i to end may be the check digits of an IBAN whose country stands apart.
func (s *scanner) isApart(i, end int) bool { return end-i == 2 && isCapital(s.before(i-1)) }

// mayBegin reports whether some finding may begin with the group of digits from i to end. It rejects most groups of most
// texts before the ones behind them are read: one that is alone and too short, and what isBegun rejects.
func (s *scanner) mayBegin(i, end int) bool {
	size := end - i
	switch sep, _ := s.separator(end); {
	case sep == 0 || sep == ':':
		return size >= leastLocal
	case size == 1 && sep != '.' && s.text[i] != '1' && s.text[i] != '8':
		return false
	default:
		return !s.isBegun(i, size, sep)
	}
}

// isBegun reports whether the group at i belongs to what begins before it: it is tied to another group, or in a row of
// numbers, where only card numbers are looked for.
func (s *scanner) isBegun(i, size int, sep byte) bool {
	switch s.joinedBefore(i) {
	case '.':
		return true
	case '-':
		return sep != '.'
	case ' ':
		return sep == ' ' && size < leastCard && (size != 4 || s.foursBefore(i) >= 2)
	default:
		return false
	}
}

// digitGroups looks for what begins with the first group of n.
func (s *scanner) digitGroups(n *number) (m match) {
	if s.isMailbox(n) || n.n < 4 && n.digits() < leastLocal {
		return match{}
	}
	if s.wants(ipv4s) && n.sep[0] == '.' {
		m = s.ipv4(n)
	}
	if m.kind == 0 && s.wants(cards) {
		m = s.card(n)
	}
	if m.kind == 0 && s.wants(ssns) {
		m = s.ssn(n)
	}
	if m.kind == 0 && s.wants(phones) {
		m = s.phone(n)
	}
	return m
}

// isMailbox reports whether n is the local part of an e-mail address.
func (s *scanner) isMailbox(n *number) bool {
	end := n.end[n.n-1]
	return s.at(end) == '@' && charsets[s.after(end)]&alnum != 0
}

// groups reads the groups of digits from the one at start to end on, as long as they may form one number. A group that a
// word goes on with is left out.
func (s *scanner) groups(n *number, start, end int) {
	n.start[0], n.end[0], n.n = start, end, 1
	for {
		sep, next := s.separator(end)
		n.sep[n.n-1] = sep
		if sep == 0 || sep == ':' || n.n == maxGroups || !n.mixed && !n.continues(sep) {
			return
		}
		end = s.digitRun(next)
		if isWord(s.at(end)) && !s.isExtension(end) {
			return
		}
		n.start[n.n], n.end[n.n] = next, end
		n.n++
	}
}

// continues reports whether one more group may follow behind sep: the first separator may differ from the others, and so
// may the parentheses of an area code behind the first or second group.
func (n *number) continues(sep byte) bool {
	switch paren := sep == '(' || sep == ')'; {
	case n.n == 1 || n.n == 2 && paren:
		return true
	case paren || sep == '/' || n.body != 0 && sep != n.body:
		return false
	default:
		n.body = sep
		return true
	}
}

// separator returns what joins the digits before i to those from next on, and 0 when nothing does: a space, '-', '.', '/',
// ':', or a parenthesis with a space or a dash about it, which counts as that parenthesis.
func (s *scanner) separator(i int) (sep byte, next int) {
	switch c := s.at(i); c {
	case ' ', '-', '.':
		if s.after(i) == '(' {
			return s.opened(i + 2)
		}
		return s.joined(c, i+1)
	case '/', ':':
		return s.joined(c, i+1)
	case '(':
		return s.opened(i + 1)
	case ')':
		next = i + 1
		if after := s.at(next); after == ' ' || ties(after) {
			next++
		}
		return s.joined(c, next)
	default:
		return s.wideSeparator(i)
	}
}

// wideSeparator is separator for characters that are not ASCII.
func (s *scanner) wideSeparator(i int) (sep byte, next int) {
	if s.at(i) < utf8.RuneSelf {
		return 0, i
	}
	r, size := utf8.DecodeRuneInString(s.text[i:s.hi])
	return s.joined(asciiSeparator(r), i+size)
}

// opened returns '(' when nothing but digits is from next to the parenthesis that closes.
func (s *scanner) opened(next int) (byte, int) {
	if end := s.digitRun(next); end == next || s.at(end) != ')' {
		return 0, next
	}
	return '(', next
}

// joined returns sep when a digit is at next.
func (s *scanner) joined(sep byte, next int) (byte, int) {
	if !isDigit(s.at(next)) {
		return 0, next
	}
	return sep, next
}

// asciiSeparator returns the plain form of a space that does not break or of a dash, and 0 for other characters.
func asciiSeparator(r rune) byte {
	switch r {
	case '\u00a0', '\u2007', '\u2009', '\u202f':
		return ' '
	case '\u2010', '\u2011', '\u2012', '\u2013':
		return '-'
	default:
		return 0
	}
}

// joinedBefore returns the separator before i when a digit is before it, else 0.
func (s *scanner) joinedBefore(i int) byte {
	sep, size := s.before(i), 1
	if sep >= utf8.RuneSelf {
		var r rune
		r, size = utf8.DecodeLastRuneInString(s.text[max(s.lo, i-utf8.UTFMax):i])
		sep = asciiSeparator(r)
	}
	if !isDigit(s.before(i - size)) {
		return 0
	}
	return sep
}

// isExtension reports whether an extension such as x123 of a phone number is at i.
func (s *scanner) isExtension(i int) bool { return s.at(i)|0x20 == 'x' && isDigit(s.after(i)) }

// ties reports whether sep makes one number of the digits on both sides of it, rather than two beside each other.
func ties(sep byte) bool { return sep == '-' || sep == '.' }
