package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"sync"
)

// pseudonymSize is how much of the digest a pseudonym shows, in bytes. With 128 bits, two values of one category collide
// with a probability of 1e-9 only beyond 10^14 values.
const pseudonymSize = 16

// pseudonymText is the length of pseudonymSize bytes in base64 without padding.
const pseudonymText = (pseudonymSize*8 + 5) / 6

// hasher turns the values of one category into pseudonyms with one key:
//
//	subkey    = HMAC-SHA-256(key, "eventgen redact h1" ‖ 0x00 ‖ category)
//	digest    = HMAC-SHA-256(subkey, category ‖ 0x00 ‖ normalised value) (RFC 2104)
//	pseudonym = "h1." ‖ key id ‖ "." ‖ base64url(first 16 bytes of digest), 22 characters without padding
//
// Equal values have equal pseudonyms under the same key and category, and unrelated ones otherwise: an e-mail address
// joins across events, but not with the same text in another category, and not with another environment's. Without the
// key a pseudonym cannot be recomputed by guessing, which an unkeyed hash of a phone number or an address would allow.
type hasher struct {
	prefix string // "h1.<key id>."
	scope  string // category ‖ 0x00
	form   normalForm
	macs   sync.Pool // of *mac; the subkey is held by its New alone
}

func newHasher(k key, category string) *hasher {
	derive := hmac.New(sha256.New, k.material)
	derive.Write([]byte("eventgen redact h1\x00" + category))
	subkey := derive.Sum(nil)
	h := &hasher{prefix: "h1." + k.id + ".", scope: category + "\x00", form: normalFormOf(category)}
	h.macs.New = func() any { return &mac{hash: hmac.New(sha256.New, subkey), spilt: true} }
	return h
}

// appendString appends the pseudonym of v in its normal form.
func (h *hasher) appendString(dst []byte, v string) []byte {
	m := h.begin()
	h.form.write(m, v)
	return h.end(dst, m)
}

// appendBytes appends the pseudonym of a number, boolean or time in its canonical form.
func (h *hasher) appendBytes(dst, canonical []byte) []byte {
	m := h.begin()
	write(m, canonical)
	return h.end(dst, m)
}

func (h *hasher) begin() *mac {
	m := h.macs.Get().(*mac)
	m.begin(h.scope)
	return m
}

func (h *hasher) end(dst []byte, m *mac) []byte {
	dst = appendPseudonym(append(dst, h.prefix...), m.sum())
	h.macs.Put(m)
	return dst
}

// appendPseudonym appends the first pseudonymSize bytes of a digest as base64.RawURLEncoding would, in two thirds of its time: six
// bits a character, of which the eleventh takes four from the first word and two from the second.
func appendPseudonym(dst []byte, digest *[sha256.Size]byte) []byte {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	a, b := binary.BigEndian.Uint64(digest[:]), binary.BigEndian.Uint64(digest[8:])
	return append(dst,
		digits[a>>58&63], digits[a>>52&63], digits[a>>46&63], digits[a>>40&63], digits[a>>34&63],
		digits[a>>28&63], digits[a>>22&63], digits[a>>16&63], digits[a>>10&63], digits[a>>4&63],
		digits[(a<<2|b>>62)&63],
		digits[b>>56&63], digits[b>>50&63], digits[b>>44&63], digits[b>>38&63], digits[b>>32&63],
		digits[b>>26&63], digits[b>>20&63], digits[b>>14&63], digits[b>>8&63], digits[b>>2&63],
		digits[b<<4&63])
}
