package redact

// Digits of a card number.
const leastCard, maxCard = 12, 19

// sizes is a set of numbers of digits, as bits.
type sizes uint32

const (
	size12 sizes = 1 << 12
	size13 sizes = 1 << 13
	size14 sizes = 1 << 14
	size15 sizes = 1 << 15
	size16 sizes = 1 << 16
	size17 sizes = 1 << 17
	size18 sizes = 1 << 18
	size19 sizes = 1 << 19

	maestro  = size12 | size13 | size14 | size15 | size16 | size17 | size18 | size19
	unionPay = size16 | size17 | size18 | size19
)

// issuer is a range of the first four digits of payment cards, and the numbers of digits that they have.
type issuer struct {
	first, last int
	sizes       sizes
}

// issuers are the ranges of issuers (ISO/IEC 7812) by what the networks publish. Sizes that a network allows but hardly
// issues are left out.
var issuers = [...]issuer{
	{1800, 1800, size15},                   // JCB
	{2131, 2131, size15},                   // JCB
	{2200, 2204, size16},                   // Mir
	{2221, 2720, size16},                   // Mastercard
	{3000, 3059, size14},                   // Diners Club
	{3095, 3095, size14},                   // Diners Club
	{3400, 3499, size15},                   // American Express
	{3500, 3599, size16},                   // JCB, of which 3528 to 3589 are assigned
	{3600, 3699, size14},                   // Diners Club
	{3700, 3799, size15},                   // American Express
	{3800, 3999, size14 | size16},          // Diners Club
	{4000, 4999, size13 | size16 | size19}, // Visa
	{5018, 5020, maestro},                  // Maestro
	{5038, 5038, maestro},                  // Maestro
	{5000, 5599, size16},                   // Mastercard, Elo, Verve
	{5600, 5899, size12 | size16 | size19}, // Maestro
	{6011, 6011, size16 | size19},          // Discover
	{6000, 6099, size16},                   // Hipercard, RuPay
	{6200, 6299, unionPay},                 // UnionPay
	{6304, 6304, maestro},                  // Maestro
	{6390, 6390, maestro},                  // Maestro
	{6300, 6399, size16},                   // Elo, InstaPayment
	{6440, 6599, size16 | size19},          // Discover, RuPay, Troy
	{6759, 6763, maestro},                  // Maestro
	{6700, 6799, size16},                   // Maestro
	{8100, 8299, size16},                   // UnionPay, RuPay
	{9792, 9792, size16},                   // Troy
}

// card looks for a payment card number: 12 to 19 digits in one group, or the groups that are printed on cards. It must pass
// the check digit of Luhn (ISO/IEC 7812-1, annex B), as one random number in ten does, and be in the range of an issuer,
// unless a word beside it says that it is a card.
func (s *scanner) card(n *number) match {
	groups := n.cardGroups()
	if m := s.cardOf(n, groups); m.kind != 0 || groups != 5 {
		return m
	}
	return s.cardOf(n, 4) // with the code of its back behind it
}

// cardOf looks for a card number in the first m groups.
func (s *scanner) cardOf(n *number, m int) match {
	before := s.joinedBefore(n.start[0])
	if m == 0 || ties(before) || ties(n.sep[m-1]) || m == 4 && s.isColumn(n, before) {
		return match{}
	}
	var buffer [maxCard]byte
	number := buffer[:0]
	for k := range m {
		number = append(number, s.text[n.start[k]:n.end[k]]...)
	}
	start, end := n.start[0], n.end[m-1]
	if !luhn(number) || !s.isCard(number, start, end, m == 1) {
		return match{}
	}
	return match{cards, start, end}
}

// isCard reports whether a number that passes Luhn is one of a card by its issuer or by a word beside it. One group of other
// than 15 or 16 digits has the size of many identifiers: it is none behind a word for those, and with 17 digits and more
// only beside a word for cards.
func (s *scanner) isCard(number []byte, start, end int, bare bool) bool {
	before := s.cueBefore(start)
	if isIssued(number) {
		size := len(number)
		if !bare || size == 15 || size == 16 || size < 15 && before != cueOther {
			return true
		}
	}
	return before == cueCard || s.cueAhead(end) == cueCard
}

// printed are the sizes of the groups that are printed on cards. Behind four groups of four another may follow.
var printed = [...][]int{{4, 6, 5}, {4, 6, 4}, {4, 3, 3, 3}, {4, 4, 4}, {4, 4, 5}, {6, 13}, {8, 10}}

// cardGroups returns how many groups have the sizes and the separators of a card number, and 0 when they have others.
func (n *number) cardGroups() int {
	if size := n.size(0); size >= leastCard && size <= maxCard {
		return 1
	}
	even := n.even()
	if even >= 4 && n.has(0, 4, 4, 4, 4) {
		if even >= 5 && n.size(4) <= 3 {
			return 5
		}
		return 4
	}
	return n.printedGroups(even)
}

// printedGroups is cardGroups for the other sizes, of which most may also be the beginning of something longer.
func (n *number) printedGroups(even int) int {
	for _, sizes := range printed {
		if even >= len(sizes) && n.has(0, sizes...) && (len(sizes) == 3 && sizes[1] == 6 || n.n == len(sizes)) {
			return len(sizes)
		}
	}
	return 0
}

// even returns how many groups have the same space, dash or dot between them.
func (n *number) even() int {
	m := 1
	for m < n.n && n.sep[m-1] == n.sep[0] && (n.sep[0] == ' ' || ties(n.sep[0])) {
		m++
	}
	return m
}

// isColumn reports whether groups of four digits go on for two groups or more beyond a card number, as in a row of a table.
// One such group may be a year or a month and a year.
func (s *scanner) isColumn(n *number, before byte) bool {
	beyond := 0
	if before == n.sep[0] {
		beyond = s.foursBefore(n.start[0])
	}
	for k := 4; k < n.n && n.sep[k-1] == n.sep[0] && n.size(k) == 4; k++ {
		beyond++
	}
	return beyond >= 2
}

// foursBefore returns how many groups of four digits, each with one byte behind it, are before i, and no more than two.
func (s *scanner) foursBefore(i int) int {
	fours := 0
	for start := i - 5; start >= s.lo && fours < 2 && s.digitRun(start) == start+4 && !isDigit(s.before(start)); start -= 5 {
		fours++
	}
	return fours
}

// isIssued reports whether number begins and is as long as those of an issuer.
func isIssued(number []byte) bool {
	first := 0
	for _, c := range number[:4] {
		first = first*10 + int(c-'0')
	}
	for _, r := range issuers {
		if first >= r.first && first <= r.last && r.sizes>>len(number)&1 != 0 {
			return true
		}
	}
	return false
}

// luhn reports whether the last digit is the check digit of the others.
func luhn(number []byte) bool {
	sum := 0
	double := false
	for i := len(number) - 1; i >= 0; i-- {
		d := int(number[i] - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		double = !double
	}
	return sum%10 == 0
}
