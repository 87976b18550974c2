package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cue is what a word beside a number says of it.
type cue uint8

const (
	noCue    cue = iota
	skipCue      // nothing: look further
	cueCall      // it may be a phone number, when it is grouped like one
	cuePhone     // it is a phone number
	cueSSN       // it is a social security number
	cueOther     // it is the number of something else
)

func isPhoneCue(c cue) bool { return c == cueCall || c == cuePhone }

// Limits of the search for a cue: words, the length of a word, and the bytes between words.
const (
	maxCueWords = 5
	maxCueWord  = 16
	maxCueGap   = 5
)

// cueBefore returns the cue of the last word before i that says anything. A capital behind a small letter begins a word:
// contactPhone are two.
func (s *scanner) cueBefore(i int) cue {
	for range maxCueWords {
		end := i
		for end > s.lo && i-end < maxCueGap && strings.IndexByte(" \t:=.#,\"'`(-_/*", s.text[end-1]) >= 0 {
			end--
		}
		start := end
		for start > s.lo && end-start <= maxCueWord {
			r, size := utf8.DecodeLastRuneInString(s.text[max(s.lo, start-utf8.UTFMax):start])
			if r >= unspaced || !unicode.IsLetter(r) {
				break
			}
			start -= size
			if r <= 'Z' && s.before(start) >= 'a' {
				break
			}
		}
		c := cueOf(s.text[start:end])
		if c != skipCue {
			return c
		}
		i = start
	}
	return noCue
}

// cueAfter returns the cue of the word after i, as in "555 0123 (mobile)" and "555 0123-fax".
func (s *scanner) cueAfter(i int) cue {
	start := i
	for start < s.hi && start-i < maxCueGap && strings.IndexByte(" \t:,-(/", s.text[start]) >= 0 {
		start++
	}
	end := start
	for end < s.hi && end-start <= maxCueWord {
		r, size := utf8.DecodeRuneInString(s.text[end:s.hi])
		if r >= unspaced || !unicode.IsLetter(r) {
			break
		}
		end += size
	}
	switch c := cueOf(s.text[start:end]); {
	case c == cuePhone:
		return c
	case isLine(s.text[start:end]):
		return cueCall
	default:
		return noCue
	}
}

// cueOf returns what a word says, in the languages that the national forms are written in most.
func cueOf(text string) cue {
	var buffer [maxCueWord]byte
	if len(text) > len(buffer) {
		return noCue
	}
	switch string(appendLower(buffer[:0], text)) {
	case "phone", "phones", "telephone", "tel", "telefon", "telefone", "telefono", "teléfono", "téléphone", "rufnummer",
		"mobile", "mob", "mobil", "móvil", "movil", "celular", "cell", "cellphone", "handy", "fax", "telefax", "landline",
		"whatsapp", "sms", "msisdn", "phonenumber", "mobilenumber", "telefonnummer", "handynummer":
		return cuePhone
	case "call", "calls", "called", "calling", "dial", "dialling", "dialing", "ring", "text", "reach", "contact", "answer",
		"answering", "voicemail", "hotline", "helpline":
		return cueCall
	case "no", "nr", "num", "number", "numbers", "is", "are", "at", "on", "me", "us", "him", "her", "them", "my", "our",
		"your", "the", "or", "and", "please", "directly", "back", "under", "to":
		return skipCue
	case "ssn", "ssns", "social", "security":
		return cueSSN
	case "order", "orders", "invoice", "ticket", "case", "ref", "reference", "id", "sku", "part", "serial", "tracking", "isbn",
		"issn", "ean", "version", "build", "model", "item", "product", "account", "acct", "batch", "lot", "receipt", "booking",
		"transaction", "commit", "port", "page", "pages", "pp", "vol", "section", "error", "code":
		return cueOther
	default:
		return noCue
	}
}

// isLine reports whether a word says which of several lines a number is.
func isLine(text string) bool {
	var buffer [maxCueWord]byte
	if len(text) > len(buffer) {
		return false
	}
	switch string(appendLower(buffer[:0], text)) {
	case "office", "home", "work", "direct", "ext", "extension":
		return true
	default:
		return false
	}
}
