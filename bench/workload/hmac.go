package workload

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"
)

// HMAC is the least that a pseudonym can cost: HMAC-SHA-256 of the same message from a pool, without normal form, key id and
// text.
type HMAC struct{ pool sync.Pool }

type mac struct {
	hash   hash.Hash
	digest [sha256.Size]byte
}

// NewHMAC returns an HMAC with a constant key.
func NewHMAC() *HMAC {
	return &HMAC{pool: sync.Pool{New: func() any { return &mac{hash: hmac.New(sha256.New, make([]byte, 32))} }}}
}

var message = []byte(accountRule + "\x00" + Account)

// Sum computes it and returns one byte, so that nothing can be left out.
func (h *HMAC) Sum() byte {
	m := h.pool.Get().(*mac)
	m.hash.Reset()
	_, _ = m.hash.Write(message) // never fails
	m.hash.Sum(m.digest[:0])
	b := m.digest[0]
	h.pool.Put(m)
	return b
}
