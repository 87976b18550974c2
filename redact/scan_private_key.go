package redact

import "strings"

const (
	pemBegin = "-----BEGIN "
	pemEnd   = "-----END "
	pemDash  = "-----"
)

// Longest label of a private key and longest text behind it, in bytes. The body of an RSA key of 16384 bits has 12.5 kB.
const (
	maxPEMLabel = 40
	maxPEMBody  = 16 << 10
)

// privateKey looks for a private key in PEM (RFC 7468), also one of SSH or PGP, whose first dash is at i. Without its last
// line it goes as far as its base64 does. Its lines may be separated by line breaks, escaped ones or spaces.
func (s *scanner) privateKey(i int) match {
	if !s.wants(privateKeys) || !s.hasAt(i, pemBegin) {
		return match{}
	}
	label := s.text[i+len(pemBegin) : min(s.hi, i+len(pemBegin)+maxPEMLabel)]
	size := strings.Index(label, pemDash)
	if size < 0 || !strings.Contains(label[:size], "PRIVATE KEY") {
		return match{}
	}
	body := i + len(pemBegin) + size + len(pemDash)
	rest := s.text[body:min(s.hi, body+maxPEMBody)]
	end := strings.Index(rest, pemDash)
	if end < 0 || !s.hasAt(body+end, pemEnd) {
		return match{privateKeys, i, s.base64(body)}
	}
	end += body + len(pemEnd)
	label = s.text[end:min(s.hi, end+maxPEMLabel)]
	if size = strings.Index(label, pemDash); size < 0 {
		return match{privateKeys, i, end}
	}
	return match{privateKeys, i, end + size + len(pemDash)}
}

// base64 returns where the lines of base64 that begin at i end.
func (s *scanner) base64(i int) int {
	end := i
	for ; i < s.hi; i++ {
		switch c := s.text[i]; {
		case charsets[c]&alnum != 0 || strings.IndexByte("+/=", c) >= 0:
			end = i + 1
		case strings.IndexByte("\r\n\\", c) < 0:
			return end
		}
	}
	return end
}
