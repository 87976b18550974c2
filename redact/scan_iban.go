package redact

import "unicode/utf8"

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

// iban looks for an IBAN whose check digits begin at i: in one piece, in groups of four as on paper, or with only its head
// apart from the rest. Letters may be small, unless the country stands apart too: "at 20" and "in 12" are words.
func (s *scanner) iban(i int) match {
	if !isDigit(s.after(i)) {
		return match{}
	}
	start := s.ibanCountry(i)
	if start < s.lo || isWord(s.before(start)) {
		return match{}
	}
	country := [2]byte{s.text[start] &^ 0x20, s.text[start+1] &^ 0x20}
	size := ibanSizes[string(country[:])]
	if size == 0 {
		return match{}
	}
	var buffer [maxIBAN]byte
	chars := buffer[:size]
	chars[0], chars[1], chars[2], chars[3] = lower(country[0]), lower(country[1]), s.text[i], s.text[i+1]
	end, ok := s.ibanAccount(i+2, chars[4:])
	if !ok || isWord(s.at(end)) || !mod97(chars) {
		return match{}
	}
	return match{ibans, start, end}
}

// ibanCountry returns where the two letters before the check digits at i begin, and less than s.lo when there are none.
func (s *scanner) ibanCountry(i int) int {
	switch start := i - 2; {
	case start < s.lo:
		return start
	case isLetter(s.text[i-1]) && isLetter(s.text[start]):
		return start
	case start > s.lo && (s.text[i-1] == ' ' || s.text[i-1] == '-') && isCapital(s.text[start]) && isCapital(s.text[start-1]):
		return start - 1
	default:
		return s.lo - 1
	}
}

// ibanAccount reads as many letters and digits as chars is long from i on and returns where they end. The separator in
// front of them, if any, is in front of each four of them, or of none.
func (s *scanner) ibanAccount(i int, chars []byte) (end int, ok bool) {
	sep, end := s.ibanSeparator(i)
	grouped := sep != 0
	for k := range chars {
		if k > 0 && k%4 == 0 && grouped {
			next, after := s.ibanSeparator(end)
			if next != sep {
				if k > 4 || next != 0 {
					return end, false
				}
				grouped = false
			}
			end = after
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

// ibanSeparator returns the space, dash or dot at i in its plain form and where it ends, and 0 when there is none.
func (s *scanner) ibanSeparator(i int) (sep byte, next int) {
	switch c := s.at(i); {
	case c == ' ' || ties(c):
		return c, i + 1
	case c >= utf8.RuneSelf:
		r, size := utf8.DecodeRuneInString(s.text[i:s.hi])
		if sep = asciiSeparator(r); sep != 0 {
			return sep, i + size
		}
	}
	return 0, i
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
