package redact

// maxIBAN is the length of the longest IBAN.
const maxIBAN = 34

// ibanSizes holds the length of the IBANs of each country that has them (ISO 13616, registry of SWIFT).
var ibanSizes = map[string]int{
	"NO": 15,
	"BE": 16,
	"DK": 18, "FI": 18, "FK": 18, "FO": 18, "GL": 18, "NL": 18, "SD": 18,
	"MK": 19, "SI": 19,
	"AT": 20, "BA": 20, "EE": 20, "KZ": 20, "LT": 20, "LU": 20, "MN": 20, "XK": 20,
	"CH": 21, "HR": 21, "LI": 21, "LV": 21,
	"BG": 22, "BH": 22, "CR": 22, "DE": 22, "GB": 22, "GE": 22, "IE": 22, "ME": 22, "RS": 22, "VA": 22,
	"AE": 23, "GI": 23, "IL": 23, "IQ": 23, "OM": 23, "SO": 23, "TL": 23,
	"AD": 24, "CZ": 24, "ES": 24, "MD": 24, "PK": 24, "RO": 24, "SA": 24, "SE": 24, "SK": 24, "TN": 24, "VG": 24,
	"LY": 25, "PT": 25, "ST": 25,
	"IS": 26, "TR": 26,
	"BI": 27, "DJ": 27, "FR": 27, "GR": 27, "IT": 27, "MC": 27, "MR": 27, "SM": 27,
	"AL": 28, "AZ": 28, "BY": 28, "CY": 28, "DO": 28, "GT": 28, "HN": 28, "HU": 28, "LB": 28, "NI": 28, "PL": 28, "SV": 28,
	"BR": 29, "EG": 29, "PS": 29, "QA": 29, "UA": 29,
	"JO": 30, "KW": 30, "MU": 30, "YE": 30,
	"MT": 31, "SC": 31,
	"LC": 32,
	"RU": 33,
}

// iban looks for an IBAN whose check digits begin at i: in one piece, or in groups of four as on paper. Letters may be small.
func (s *scanner) iban(i int) match {
	start := i - 2
	if start < s.lo || !isLetter(s.text[start]) || isWord(s.before(start)) || !isDigit(s.after(i)) {
		return match{}
	}
	country := [2]byte{s.text[start] &^ 0x20, s.text[i-1] &^ 0x20}
	size := ibanSizes[string(country[:])]
	var buffer [maxIBAN]byte
	end, ok := s.ibanChars(start, buffer[:size])
	if size == 0 || !ok || isWord(s.at(end)) || !mod97(buffer[:size]) {
		return match{}
	}
	return match{ibans, start, end}
}

// ibanChars reads as many letters and digits as chars is long from start on and returns where they end. When there is a
// separator behind the first four, there must be one behind each four.
func (s *scanner) ibanChars(start int, chars []byte) (end int, ok bool) {
	grouped := false
	end = start
	for k := range chars {
		if k == 4 || k > 4 && k%4 == 0 && grouped {
			next := s.ibanSeparator(end)
			if k > 4 && next == end {
				return end, false
			}
			grouped = next > end
			end = next
		}
		c := s.at(end)
		if charsets[c]&alnum == 0 {
			return end, false
		}
		chars[k] = lower(c)
		end++
	}
	return end, true
}

// ibanSeparator returns where the space or dash at i ends, and i when there is none.
func (s *scanner) ibanSeparator(i int) int {
	switch s.at(i) {
	case ' ', '-':
		return i + 1
	case "\u00a0"[0]:
		if s.hasAt(i, "\u00a0") {
			return i + len("\u00a0")
		}
	}
	return i
}

// mod97 reports whether an IBAN passes the check of ISO 7064, MOD 97-10: with the first four characters at the end and
// letters as the numbers from 10 on, it leaves 1.
func mod97(iban []byte) bool {
	rest := 0
	for k := range iban {
		c := iban[(k+4)%len(iban)]
		if isDigit(c) {
			rest = (rest*10 + int(c-'0')) % 97
		} else {
			rest = (rest*100 + int(c-'a') + 10) % 97
		}
	}
	return rest == 1
}
