package redact

// Digits of a phone number: with the code of its country at most 15 (ITU-T E.164), of which no country of today uses more
// than 13 in short groups; at least those of a small country. Without the code, those of a local number and more.
const (
	leastE164, usualE164, maxE164          = 8, 13, 15
	leastBareE164                          = 10
	leastLocal, leastNational, maxNational = 7, 9, 12
)

// phone looks for a phone number that begins with the first group of n.
func (s *scanner) phone(n *number) match {
	switch before := s.joinedBefore(n.start[0]); {
	case ties(before) || before == '/' || before == ':':
		return match{}
	case before == ' ' && (n.sep[0] == ' ' || n.sep[0] == 0):
		return match{} // in a row of numbers
	}
	if n.goesOn() || n.isQuad() || !s.isNational(n) && !s.isCued(n) {
		return match{}
	}
	return match{phones, s.opening(n), s.extension(n.end[n.n-1])}
}

// opening returns where n begins, with the parenthesis before an area code.
func (s *scanner) opening(n *number) int {
	if n.sep[0] == ')' && s.before(n.start[0]) == '(' {
		return n.start[0] - 1
	}
	return n.start[0]
}

// isNational reports whether the form of the groups alone makes a phone number of them. What belongs to a word
// before it, as in SKU-0123-456789, or is the number of an order and the like, is none.
func (s *scanner) isNational(n *number) bool {
	if !s.isNorthAmerican(n) && !s.isAbroad(n) && !s.isTrunk(n) && !s.isTrunkless(n) {
		return false
	}
	start := n.start[0]
	if c := s.before(start); (c == '-' || c == '/') && isWord(s.before(start-1)) {
		return false
	}
	return s.cueBefore(start) != cueOther
}

// isQuad reports whether the groups are four with dots between them, as in addresses and versions.
func (n *number) isQuad() bool {
	return n.n == 4 && n.sep[0] == '.' && n.sep[1] == '.' && n.size(1) <= 3 && n.size(3) <= 3
}

// openPhone looks for a phone number that begins with the + or the parenthesis at i.
func (s *scanner) openPhone(i int) match {
	if !isDigit(s.after(i)) || isWord(s.before(i)) && !s.isTrunkDigit(i) {
		return match{}
	}
	end := s.digitRun(i + 1)
	if s.text[i] == '(' && s.at(end) != ')' {
		return match{}
	}
	n := number{mixed: s.text[i] == '+'}
	s.groups(&n, i+1, end)
	if n.mixed {
		return s.international(&n, i)
	}
	if n.sep[0] != ')' || n.goesOn() || !s.isNorthAmerican(&n) && !s.isArea(&n) {
		return match{}
	}
	return match{phones, i, s.extension(n.end[n.n-1])}
}

// isTrunkDigit reports whether a single digit before the parenthesis at i precedes an area code, as in 8(495)123-45-67.
func (s *scanner) isTrunkDigit(i int) bool {
	return s.text[i] == '(' && isDigit(s.before(i)) && !isWord(s.before(i-1))
}

// goesOn reports whether something belongs to the groups that is not among them.
func (n *number) goesOn() bool {
	sep := n.sep[n.n-1]
	return ties(sep) || sep == ':' || sep == ' ' && n.n == maxGroups
}

// isNorthAmerican reports whether the groups have the form 201-555-0123, with 1 or 001 before it or not. Between
// spaces alone, area and exchange must be ones that are assigned: they begin with 2 to 9.
func (s *scanner) isNorthAmerican(n *number) bool {
	k := n.n - 3
	if k != 0 && (k != 1 || !s.isCodeOne(n)) || !n.has(k, 3, 3, 4) {
		return false
	}
	first := n.sep[k]
	switch n.sep[k+1] {
	case '-':
		return true
	case '.':
		return first == '.' || first == ')'
	case ' ':
		return first == ')' || s.text[n.start[k]] >= '2' && s.text[n.start[k+1]] >= '2'
	default:
		return false
	}
}

// isCodeOne reports whether the first group is the code of North America.
func (s *scanner) isCodeOne(n *number) bool {
	code := s.text[n.start[0]:n.end[0]]
	return code == "1" || code == "001"
}

// isAbroad reports whether the groups begin with 00 and the code of a country.
func (s *scanner) isAbroad(n *number) bool {
	if n.n < 2 || s.text[n.start[0]:n.start[0]+2] != "00" {
		return false
	}
	total := n.digits() - 2
	return total >= leastE164 && total <= maxE164 && s.isCountry(n, 2, total) && !n.allOfTwo()
}

// allOfTwo reports whether the groups all have two digits, as bytes in hexadecimal do.
func (n *number) allOfTwo() bool {
	for k := range n.n {
		if n.size(k) != 2 {
			return false
		}
	}
	return true
}

// isTrunk reports whether the groups begin with the 0 that most countries dial before an area or a mobile network,
// and are as long and grouped as numbers there. A date is too short, a time has other groups.
func (s *scanner) isTrunk(n *number) bool {
	area, total := n.size(0), n.digits()
	if n.n < 2 || n.n > 5 || area < 2 || area > 5 || total < leastNational || total > maxNational || !n.hasGroups() {
		return false
	}
	if s.text[n.start[0]] != '0' || s.text[n.start[0]+1] == '0' {
		return false
	}
	return n.isDialled()
}

// isTrunkless reports whether the groups have a form that numbers have in two countries without such a 0: 8 495 123-45-67 in
// Russia and its neighbors, and 138-0013-8000, which is a mobile number in China.
func (s *scanner) isTrunkless(n *number) bool {
	switch s.text[n.start[0]] {
	case '8':
		return n.n == 5 && n.has(0, 1, 3, 3, 2, 2)
	case '1':
		return n.n == 3 && n.has(0, 3, 4, 4) && n.sep[0] == '-' && n.sep[1] == '-' && s.text[n.start[0]+1] >= '3'
	default:
		return false
	}
}

// isDialled reports whether the groups are grouped as numbers are: pairs are five, and dots are between pairs, three
// groups, an area and the rest, or behind an area with a slash.
func (n *number) isDialled() bool {
	if n.allOfTwo() {
		return n.n == 5
	}
	return n.sep[n.n-2] != '.' || n.n == 3 || n.sep[0] == '/' || n.n == 2 && n.size(1) >= 6
}

// hasGroups reports whether the groups after the first have two digits at least and eight at most, or ten when they are
// all that is behind the code of a country.
func (n *number) hasGroups() bool {
	most := 8
	if n.n == 2 && n.size(0) <= 3 {
		most = 10
	}
	for k := 1; k < n.n; k++ {
		if n.size(k) < 2 || n.size(k) > most {
			return false
		}
	}
	return true
}

// isArea reports whether the first group, which is in parentheses, is an area code before a number of usual length: one of
// two or three digits, or one with the 0 of a trunk. Four other digits may be a year.
func (s *scanner) isArea(n *number) bool {
	area, total := n.size(0), n.digits()
	if total < leastLocal || total > maxNational || !n.hasGroups() {
		return false
	}
	switch {
	case s.text[n.start[0]] == '0':
		return area <= 5 && total >= leastNational
	case area == 2 || area == 3:
		return total >= leastBareE164 || total >= leastE164 && n.n > 2
	default:
		return area > 1 && isPhoneCue(s.cueBefore(n.start[0]-1))
	}
}

// isCued reports whether a word beside the groups makes a phone number of them.
func (s *scanner) isCued(n *number) bool {
	total := n.digits()
	if total < leastLocal || total > maxE164 || !n.hasGroups() || s.isDate(n) {
		return false
	}
	if n.n == 1 {
		return s.isCuedAlone(n.start[0], n.end[0])
	}
	dots := n.sep[n.n-2] == '.'
	if dots && n.n == 2 {
		return false // a decimal
	}
	return isPhoneCue(s.cueBefore(n.start[0])) || !dots && isPhoneCue(s.cueAfter(n.end[n.n-1]))
}

// isCuedAlone reports whether a word beside one group of digits makes a phone number of it. "call" and the like do so for as
// many as no local number has, unless it may be a time in seconds, which begins with 1.
func (s *scanner) isCuedAlone(start, end int) bool {
	size := end - start
	if c := s.cueBefore(start); c == cuePhone || c == cueCall && size >= leastBareE164 && (size == 11 || s.text[start] != '1') {
		return true
	}
	return size >= leastBareE164 && isPhoneCue(s.cueAfter(end))
}

// isDate reports whether the groups are a date, or two years.
func (s *scanner) isDate(n *number) bool {
	switch {
	case n.n == 3 && n.has(0, 4, 2, 2):
		return s.isYear(n.start[0])
	case n.n == 3 && n.has(0, 2, 2, 4):
		return s.isYear(n.start[2])
	case n.n == 2 && n.has(0, 4, 4):
		return s.isYear(n.start[0]) && s.isYear(n.start[1])
	default:
		return false
	}
}

func (s *scanner) isYear(i int) bool { return s.hasAt(i, "19") || s.hasAt(i, "20") }

// international looks for a number of E.164 behind the + at i. Dots may be between its groups when nothing else is, or it
// would be a coordinate.
func (s *scanner) international(n *number, i int) match {
	n.n = s.groupsOfE164(n)
	total, least := n.digits(), leastE164
	if n.n == 1 {
		least = leastBareE164
	}
	if total < least || total > maxE164 || n.goesOn() || !n.dotsAlone() || !s.isCountry(n, 0, total) || s.isMailbox(n) {
		return match{}
	}
	if s.before(i) == '(' && n.sep[0] == ')' {
		i--
	}
	return match{phones, i, s.extension(n.end[n.n-1])}
}

// groupsOfE164 returns how many groups belong to a number: in some countries until it is full, elsewhere as many as fit.
func (s *scanner) groupsOfE164(n *number) int {
	m, total := 1, n.size(0)
	for ; m < n.n && total != s.fullE164(n); m++ {
		most := maxE164
		if n.sep[m-1] == ' ' {
			most = usualE164
		}
		if total += n.size(m); total > most {
			break
		}
	}
	return m
}

// dotsAlone reports whether, when one of the groups has a dot behind it, all have, or all but the first: a dot behind the
// first of two is that of a decimal, and others are those of addresses.
func (n *number) dotsAlone() bool {
	dots := 0
	for _, sep := range n.sep[:n.n-1] {
		if sep == '.' {
			dots++
		}
	}
	return dots == 0 || n.n > 2 && dots == n.n-1 || n.sep[0] != '.' && n.sep[n.n-2] == '.' && n.n > 3
}

// fullE164 returns how many digits the numbers have in the country with which n begins when all have as many, else 0.
func (s *scanner) fullE164(n *number) int {
	if c := s.text[n.start[0]]; c == '1' || c == '7' {
		return 11
	}
	return 0
}

// isCountry reports whether the digits of n after the first skip begin with the code of a country (ITU-T E.164, list of
// assigned codes), and whether total digits are as many as it has.
func (s *scanner) isCountry(n *number, skip, total int) bool {
	var code [2]byte
	at := 0
	for k := 0; k < n.n && at < len(code); k++ {
		for i := n.start[k]; i < n.end[k] && at < len(code); i++ {
			if skip--; skip < 0 {
				code[at] = s.text[i]
				at++
			}
		}
	}
	switch string(code[:]) {
	case "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51", "52",
		"53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90", "91", "92",
		"93", "94", "95", "98":
		return true
	case "21", "22", "23", "24", "25", "26", "29", "35", "37", "38", "42", "50", "59", "67", "68", "69", "80", "85", "87", "88",
		"96", "97", "99":
		return true // and a third digit, most of which are assigned
	default:
		return (code[0] == '1' || code[0] == '7') && total == 11
	}
}

// extensions are the words before an extension; each is tried before those that it begins with.
var extensions = [...]string{"extension ", "ext. ", "ext.", "ext ", "ext", "x", "X"}

// extension returns where the extension that follows the number which ends at i ends, and i when none does: x123, ext. 123.
func (s *scanner) extension(i int) int {
	start := i
	if s.hasAt(start, ", e") {
		start++
	}
	if s.at(start) == ' ' {
		start++
	}
	if c := s.at(start) | 0x20; c != 'e' && c != 'x' {
		return i
	}
	for _, word := range extensions {
		if s.hasAt(start, word) {
			start += len(word)
			if end := s.digitRun(start); end > start && end-start <= 6 && !isWord(s.at(end)) {
				return end
			}
			return i
		}
	}
	return i
}
