package redact

// Least lengths of the parts of a token. A header is at least {"alg":""}, of which 11 bytes make 15.
const (
	leastHeader  = 15
	leastPayload = 2
)

// jwt looks for a JSON web token whose header begins with eyJ, the encoding of {", with its J at i: three or more parts of
// base64url between dots (RFC 7515, section 3.1; five when it is encrypted, RFC 7516). The last is empty when the token is
// not signed, the second when the payload travels apart.
func (s *scanner) jwt(i int) match {
	start := i - 2
	if start < s.lo || s.text[start:i] != "ey" || charsets[s.before(start)]&base64url != 0 {
		return match{}
	}
	header := s.run(start, base64url)
	if header-start < leastHeader || s.at(header) != '.' {
		return match{}
	}
	payload := s.run(header+1, base64url)
	if payload-header-1 < leastPayload || s.at(payload) != '.' {
		return match{}
	}
	end := s.run(payload+1, base64url)
	for parts := 3; parts < 5 && s.at(end) == '.' && charsets[s.after(end)]&base64url != 0; parts++ {
		end = s.run(end+1, base64url)
	}
	return match{jwts, start, end}
}
