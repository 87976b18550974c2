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
	cueCard      // it is the number of a payment card
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

// cueBefore returns the cue of the last word before i that says anything. The name of somebody may stand between the word
// and the number, as in "contact Jane at 555 0123".
func (s *scanner) cueBefore(i int) cue {
	named := false
	for range maxCueWords {
		c, word := s.cueEnding(s.gapBefore(i))
		switch {
		case c == noCue && !named && isCapital(s.at(word)):
			named = true
		case c == cuePhone && named:
			return cueCall
		case c != skipCue:
			return c
		}
		i = word
	}
	return noCue
}

// gapBefore returns where what may stand between a word and the number at i begins.
func (s *scanner) gapBefore(i int) int {
	end := i
	for end > s.lo && i-end < maxCueGap && strings.IndexByte(" \t:=.#,\"'`(-_/*", s.text[end-1]) >= 0 {
		end--
	}
	return end
}

// cueEnding returns the cue of the word that ends at end, or of its last part, and where it begins.
func (s *scanner) cueEnding(end int) (c cue, start int) {
	word, part := s.wordBefore(end)
	if c = cueOf(s.text[word:end]); c == noCue && part > word {
		return cueOf(s.text[part:end]), part
	}
	return c, word
}

// wordBefore returns where the word that ends at end begins, and where its last part does: contactPhone has two, as a
// capital behind a small letter begins one.
func (s *scanner) wordBefore(end int) (word, part int) {
	word, part = end, end
	for word > s.lo && end-word <= maxCueWord {
		r, size := utf8.DecodeLastRuneInString(s.text[max(s.lo, word-utf8.UTFMax):word])
		if r >= unspaced || !unicode.IsLetter(r) {
			break
		}
		word -= size
		if part == end && r <= 'Z' && s.before(word) >= 'a' {
			part = word
		}
	}
	if part == end {
		part = word
	}
	return word, part
}

// cueAfter returns the cue of the word after i, as in "555 0123 (mobile)" and "555 0123-fax".
func (s *scanner) cueAfter(i int) cue {
	start, end := s.wordAfter(i)
	switch c := cueOf(s.text[start:end]); {
	case c == cuePhone:
		return c
	case isLine(s.text[start:end]):
		return cueCall
	default:
		return noCue
	}
}

// cueAhead returns the cue of the first word after i that says anything, as in "is my credit card".
func (s *scanner) cueAhead(i int) cue {
	for range maxCueWords {
		start, end := s.wordAfter(i)
		if c := cueOf(s.text[start:end]); c != skipCue {
			return c
		}
		i = end
	}
	return noCue
}

// wordAfter returns where the word after i begins and ends.
func (s *scanner) wordAfter(i int) (start, end int) {
	start = i
	for start < s.hi && start-i < maxCueGap && strings.IndexByte(" \t:,-(/", s.text[start]) >= 0 {
		start++
	}
	end = start
	for end < s.hi && end-start <= maxCueWord {
		r, size := utf8.DecodeRuneInString(s.text[end:s.hi])
		if r >= unspaced || !unicode.IsLetter(r) {
			break
		}
		end += size
	}
	return start, end
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
		"whatsapp", "sms", "msisdn", "phonenumber", "mobilenumber", "telefonnummer", "handynummer", "mobilnummer", "telf", "tlf",
		"tfn", "tél", "ph", "gsm", "natel", "portable", "telefoon", "mobiel", "puhelin", "komórka":
		return cuePhone
	case "call", "calls", "called", "calling", "dial", "dialling", "dialing", "ring", "text", "reach", "contact", "answer",
		"answering", "voicemail", "hotline", "helpline":
		return cueCall
	case "no", "nr", "num", "number", "numbers", "is", "are", "at", "on", "me", "us", "him", "her", "them", "my", "our",
		"your", "the", "or", "and", "please", "directly", "back", "under", "to", "today", "now", "anytime":
		return skipCue
	case "card", "cards", "creditcard", "cardnumber", "credit", "debit", "cc", "pan", "visa", "mastercard", "amex", "maestro",
		"unionpay", "kreditkarte", "karte", "kartennummer", "carte", "bancaire", "tarjeta", "carta", "cartão", "creditcardnr":
		return cueCard
	case "ssn", "ssns", "social", "security", "ss":
		return cueSSN
	case "order", "orders", "invoice", "ticket", "case", "ref", "reference", "id", "sku", "part", "serial", "tracking", "isbn",
		"issn", "ean", "version", "build", "model", "item", "product", "account", "acct", "batch", "lot", "receipt", "booking",
		"transaction", "commit", "port", "page", "pages", "pp", "vol", "section", "error", "code", "upc", "gtin", "barcode", "imei",
		"article", "artikel", "art":
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
