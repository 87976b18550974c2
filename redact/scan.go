package redact

import "unicode/utf8"

// Finding is a stretch of a text that looks like personal data or a credential: the bytes from Start up to, and without,
// End. It begins and ends between characters of valid UTF-8, never inside of one.
type Finding struct {
	Kind       Kind
	Start, End int
}

// Scan returns what looks like personal data or a credential in text, of every [Kind], sorted and without overlaps. It is a
// net under free text, not a proof: it knows shapes and check digits. It finds no names, postal addresses, dates of birth,
// health data, customer numbers or passwords; nothing in images or behind an encoding such as base64; and nothing spelt out
// ("jane at example dot com"). Phone numbers in a national form are found where their grouping or a word beside them
// ("tel", "fax") gives them away, bare digits are not.
//
// It takes one pass over any bytes, valid UTF-8 or not, in time linear in their number. Behind the shapes stand
// validators: Luhn and the ranges of issuers for cards, mod 97 and the length of the country for IBANs, the area rules for
// social security numbers, the grammar of [net/netip] for addresses.
func Scan(text string) []Finding { return AppendFindings(nil, text, AllKinds) }

// AppendFindings appends to dst the findings of the given kinds in text, as [Scan] does. It allocates nothing but what dst
// needs to grow.
func AppendFindings(dst []Finding, text string, kinds Kinds) []Finding {
	s := newScanner(text, kinds)
	for more := true; more; {
		dst, more = s.step(dst)
	}
	return dst
}

// AppendClean appends text to dst with each of its findings of the given kinds replaced by the kind in brackets, such as
// [email]. A text without findings is appended as it is. What was appended has no findings of these kinds. It allocates
// nothing but what dst needs to grow.
func AppendClean(dst []byte, text string, kinds Kinds) []byte {
	s := newScanner(text, kinds)
	var buffer [8]Finding // one is usual, see step
	end := 0
	for more := true; more; {
		var found []Finding
		found, more = s.step(buffer[:0])
		for _, f := range found {
			dst = append(append(append(append(dst, text[end:f.Start]...), '['), f.Kind...), ']')
			end = f.End
		}
	}
	return append(dst, text[end:]...)
}

// appendScanned is [ScanText]: the text with its findings of every kind replaced. A text that is not valid UTF-8 is
// dropped, for what comes later may read it in another way than the detectors did.
func appendScanned(dst []byte, v string) ([]byte, Outcome) {
	if !utf8.ValidString(v) {
		return dst, Dropped
	}
	return AppendClean(dst, v, AllKinds), Text
}
