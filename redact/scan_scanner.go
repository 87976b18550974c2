package redact

import "math/bits"

// scanner looks for findings in a part of a text. Detectors look at nothing outside of the part, nor keep anything from one
// call to the next: what they find at a place depends on the part alone. They treat brackets as they treat its ends, so that
// a placeholder may stand where a finding was.
type scanner struct {
	text   string
	lo, hi int // the part
	from   int // where to look next
	kinds  Kinds
	active trigger
}

func newScanner(text string, kinds Kinds) scanner {
	return scanner{text: text, hi: len(text), kinds: kinds, active: kinds.triggers()}
}

// window is how far before the end of a part the last detector may begin that rejects for what comes after: an e-mail
// address with the longest local part and domain.
const window = maxLocal + maxDomain + 64

// step appends the next finding and reports whether there was one. What lies before it becomes a part of its own and is
// looked at once more, since something may have been rejected for a neighbor that is gone now; there is seldom anything.
func (s *scanner) step(dst []Finding) ([]Finding, bool) {
	f, ok := s.next()
	if !ok {
		return dst, false
	}
	gap := *s
	gap.hi = f.Start
	gap.from = max(s.lo, f.Start-window)
	for more := gap.hi > gap.lo; more; {
		dst, more = gap.step(dst)
	}
	s.lo, s.from = f.End, f.End
	return append(dst, f), true
}

// next returns the first finding from s.from on. Most bytes of a text are none that a detector begins at; eight of them
// are passed at a time.
func (s *scanner) next() (Finding, bool) {
	text := s.text[:s.hi]
	for i := s.from; i < len(text); {
		if i+8 <= len(text) {
			w := text[i : i+8]
			if (triggers[w[0]]|triggers[w[1]]|triggers[w[2]]|triggers[w[3]]|
				triggers[w[4]]|triggers[w[5]]|triggers[w[6]]|triggers[w[7]])&s.active == 0 {
				i += 8
				continue
			}
		}
		for triggers[text[i]]&s.active == 0 {
			if i++; i == len(text) {
				return Finding{}, false
			}
		}
		m, next := s.detect(i)
		if m.kind != 0 {
			return Finding{Kind: allKinds[bits.TrailingZeros16(uint16(m.kind))], Start: m.start, End: m.end}, true
		}
		i = next
	}
	return Finding{}, false
}

// match is what a detector found; the zero value is nothing.
type match struct {
	kind       Kinds
	start, end int
}

// trigger is a set of reasons to stop at a byte.
type trigger uint8

const (
	onDigit  trigger = 1 << iota
	onAt             // @, and % of %40
	onColon          // of IPv6 and ://
	onOpen           // ( and + of phone numbers
	onDash           // of -----BEGIN, and behind the prefix of a secret
	onPrefix         // other bytes in the prefix of a secret, as rare as possible in text
	onToken          // J of eyJ
)

var triggers = func() (t [256]trigger) {
	for c := '0'; c <= '9'; c++ {
		t[c] = onDigit
	}
	t['@'], t['%'], t[':'], t['('], t['+'] = onAt, onAt, onColon, onOpen, onOpen
	t['-'], t['_'], t['I'], t['K'], t['G'], t['J'] = onDash, onPrefix, onPrefix, onPrefix, onPrefix, onToken
	return t
}()

// triggers returns where the detectors of a set of kinds begin.
func (set Kinds) triggers() trigger {
	var t trigger
	for _, d := range [...]struct {
		kinds Kinds
		at    trigger
	}{
		{emails, onAt},
		{numbers | ibans | secrets, onDigit},
		{ipv6s | urlCredentials, onColon},
		{secrets, onColon | onDash | onPrefix},
		{phones, onOpen},
		{privateKeys, onDash},
		{jwts, onToken},
	} {
		if set&d.kinds != 0 {
			t |= d.at
		}
	}
	return t
}

// detect looks for a finding at the byte i, which is a trigger. Without one it returns where to go on, after i.
func (s *scanner) detect(i int) (m match, next int) {
	switch triggers[s.text[i]] {
	case onDigit:
		return s.number(i)
	case onAt:
		return s.email(i), i + 1
	case onColon:
		return s.colon(i)
	case onOpen:
		return s.openPhone(i), i + 1
	case onDash:
		if m := s.privateKey(i); m.kind != 0 {
			return m, 0
		}
		return s.secret(i), i + 1
	case onPrefix:
		return s.secret(i), i + 1
	default:
		return s.jwt(i), i + 1
	}
}

// colon looks for what a colon may be a part of.
func (s *scanner) colon(i int) (m match, next int) {
	if s.after(i) == '/' {
		return s.url(i), i + 1
	}
	if !s.wants(ipv6s) {
		return match{}, i + 1
	}
	return s.ipv6(i)
}

// wants reports whether findings of a kind are looked for.
func (s *scanner) wants(k Kinds) bool { return s.kinds&k != 0 }

// at returns the byte at i, and 0 behind the part.
func (s *scanner) at(i int) byte {
	if i >= s.hi {
		return 0
	}
	return s.text[i]
}

// before returns the byte before i, and 0 at the start of the part.
func (s *scanner) before(i int) byte {
	if i <= s.lo {
		return 0
	}
	return s.text[i-1]
}

// after returns the byte after i, and 0 at the end of the part.
func (s *scanner) after(i int) byte { return s.at(i + 1) }

// hasAt reports whether text is at i.
func (s *scanner) hasAt(i int, text string) bool {
	return i >= s.lo && len(text) <= s.hi-i && s.text[i:i+len(text)] == text
}

// charset is a set of classes of bytes.
type charset uint8

const (
	digits   charset = 1 << iota // 0-9
	letters                      // A-Z, a-z
	hexChars                     // 0-9, A-F, a-f
	dashes                       // - and _
	underscore
	local // what the local part of an e-mail address is made of, but for letters that are not ASCII

	alnum     = digits | letters
	word      = digits | letters | underscore
	base64url = digits | letters | dashes
)

var charsets = func() (t [256]charset) {
	for i := range t {
		c := byte(i)
		if isDigit(c) {
			t[i] |= digits | local
		}
		if isLetter(c) {
			t[i] |= letters | local
		}
		if isHex(c) {
			t[i] |= hexChars
		}
	}
	t['-'] |= dashes
	t['_'] |= dashes | underscore
	for _, c := range "._%+-'" {
		t[c] |= local
	}
	return t
}()

func isWord(c byte) bool { return charsets[c]&word != 0 }

// run returns where the run of bytes of a set that begins at i ends.
func (s *scanner) run(i int, set charset) int {
	for i < s.hi && charsets[s.text[i]]&set != 0 {
		i++
	}
	return i
}

// digitRun is run for digits, which most runs are.
func (s *scanner) digitRun(i int) int {
	text := s.text[:s.hi]
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	return i
}

// runBack returns where the run of bytes of a set that ends before i begins. It looks at no more than most bytes.
func (s *scanner) runBack(i int, set charset, most int) int {
	for least := max(s.lo, i-most); i > least && charsets[s.text[i-1]]&set != 0; {
		i--
	}
	return i
}
