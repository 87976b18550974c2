package eventstest

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"strings"
)

// canarySearch finds pieces of canaries in any bytes, in time proportional to their number. A piece is looked for as it is, in
// upper or lower case, in hexadecimal, percent-encoded, as escapes of JSON, and in base64 at each of its three alignments.
type canarySearch struct {
	folded  needles // in text whose letters are all lower case
	encoded needles // in base64, which tells cases apart; + and / are written as - and _
}

// needle is one piece in one form.
type needle struct {
	text string
	form string
	of   *canary
}

// needles are found by their first eight bytes; the filter tells most places apart without looking into the map.
type needles struct {
	byPrefix map[uint64][]needle
	filter   [1 << 10]uint64
}

const prefixBytes = 8

func newCanarySearch(all []*canary) *canarySearch {
	s := &canarySearch{folded: needles{byPrefix: map[uint64][]needle{}}, encoded: needles{byPrefix: map[uint64][]needle{}}}
	for _, c := range all {
		for _, stretch := range c.stretches {
			for i := 0; i+stretch.window <= len(stretch.text); i++ {
				s.add(stretch.text[i:i+stretch.window], c)
			}
		}
	}
	return s
}

// add adds one window in all its forms.
func (s *canarySearch) add(text string, of *canary) {
	lower := strings.ToLower(text)
	s.folded.add(needle{lower, "as it is", of})
	s.folded.add(needle{escaped("", text), "in hexadecimal", of})
	s.folded.add(needle{escaped("%", text), "percent-encoded", of})
	s.folded.add(needle{escaped(`\u00`, text), "as escapes of JSON", of})
	for shift := range 3 {
		s.encoded.add(needle{base64Core(text, shift), "in base64", of})
	}
}

// escaped returns each byte of text as two hexadecimal digits behind a mark.
func escaped(mark, text string) string {
	out := make([]byte, 0, len(text)*(len(mark)+2))
	for i := range len(text) {
		out = hex.AppendEncode(append(out, mark...), []byte{text[i]})
	}
	return string(out)
}

// base64Core returns the characters that stand for text in base64 wherever it begins, shift bytes behind a boundary.
func base64Core(text string, shift int) string {
	encoded := base64.RawURLEncoding.EncodeToString([]byte("\x00\x00"[:shift] + text))
	first := (shift*8 + 5) / 6
	last := (shift + len(text)) * 8 / 6
	return encoded[first:last]
}

func (n *needles) add(x needle) {
	prefix := binary.LittleEndian.Uint64([]byte(x.text)[:prefixBytes])
	n.byPrefix[prefix] = append(n.byPrefix[prefix], x)
	slot := filterSlot(prefix)
	n.filter[slot>>6] |= 1 << (slot & 63)
}

// filterSlot spreads prefixes over the 65,536 bits of the filter (Fibonacci hashing).
func filterSlot(prefix uint64) uint64 { return prefix * 0x9e3779b97f4a7c15 >> 48 }

// find returns the first piece in text of each canary, but for those of except.
func (s *canarySearch) find(text []byte, except map[*canary]bool) []needle {
	seen := map[*canary]bool{}
	maps.Copy(seen, except)
	found := s.folded.find(nil, fold(text), seen)
	return s.encoded.find(found, toURLAlphabet(text), seen)
}

// fold writes letters in lower case and several backslashes as one: each encoder that a text passes doubles them.
func fold(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, c := range text {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != '\\' || len(out) == 0 || out[len(out)-1] != c {
			out = append(out, c)
		}
	}
	return out
}

func toURLAlphabet(text []byte) []byte {
	out := bytes.Clone(text)
	for i, c := range out {
		switch c {
		case '+':
			out[i] = '-'
		case '/':
			out[i] = '_'
		}
	}
	return out
}

func (n *needles) find(found []needle, text []byte, seen map[*canary]bool) []needle {
	var prefix uint64
	for i, c := range text {
		prefix = prefix>>8 | uint64(c)<<56 // the last eight bytes, the first of them lowest
		if slot := filterSlot(prefix); n.filter[slot>>6]&(1<<(slot&63)) == 0 || i+1 < prefixBytes {
			continue
		}
		rest := text[i+1-prefixBytes:]
		for _, x := range n.byPrefix[prefix] {
			if !seen[x.of] && len(rest) >= len(x.text) && string(rest[:len(x.text)]) == x.text {
				seen[x.of] = true
				found = append(found, x)
			}
		}
	}
	return found
}
