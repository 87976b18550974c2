package redact

// ssn looks for a social security number: 3, 2 and 4 digits with a dash between them. With a word beside it that says so,
// it may have spaces or nothing instead.
func (s *scanner) ssn(n *number) match {
	m := 3
	if n.size(0) == 9 {
		m = 1
	} else if !n.has(0, 3, 2, 4) || n.sep[0] != n.sep[1] {
		return match{}
	}
	if ties(s.joinedBefore(n.start[0])) || ties(n.sep[m-1]) || !s.isIssuedSSN(n, m) {
		return match{}
	}
	if (m == 1 || n.sep[0] != '-') && s.cueBefore(n.start[0]) != cueSSN && s.cueAhead(n.end[m-1]) != cueSSN {
		return match{}
	}
	return match{ssns, n.start[0], n.end[m-1]}
}

// isIssuedSSN reports whether the digits may be those of a number of the Social Security Administration: no part is all
// zeros, and the area is neither 666 nor 900 and above.
func (s *scanner) isIssuedSSN(n *number, m int) bool {
	first, last := n.start[0], n.end[m-1]
	area, group, serial := s.text[first:first+3], "", s.text[last-4:last]
	if m == 1 {
		group = s.text[first+3 : first+5]
	} else {
		group = s.text[n.start[1]:n.end[1]]
	}
	return area != "000" && area != "666" && area[0] != '9' && group != "00" && serial != "0000"
}
