package redact

import (
	"crypto/sha256"
	"hash"
)

// mac is a keyed hash in the making. A buffer in front of it takes strings piece by piece, so that hashing them neither
// allocates nor keeps memory for long ones. A mac is reused: the hash keeps the states of both keyed SHA-256 from its first
// reset on, which spares two of the four blocks of a short message.
type mac struct {
	hash   hash.Hash
	size   int  // of what is in buffer
	spilt  bool // the buffer has been emptied, so that it does not begin with the scope any more
	buffer [192]byte
	digest [sha256.Size]byte
}

// begin makes m ready for the next message, which starts with scope like all messages of m: usually it stands in the buffer
// still.
func (m *mac) begin(scope string) {
	m.hash.Reset()
	if !m.spilt {
		m.size = len(scope)
		return
	}
	m.size, m.spilt = 0, false
	write(m, scope)
}

// write adds s to m.
func write[T string | []byte](m *mac, s T) {
	for len(s) > len(m.buffer)-m.size { // hardly ever
		n := copy(m.buffer[m.size:], s)
		m.size, s = m.size+n, s[n:]
		m.flush()
	}
	m.size += copy(m.buffer[m.size:], s)
}

// next copies as much of s as there is room for, but does not add it yet.
func (m *mac) next(s string) []byte {
	room := m.room()
	return room[:copy(room, s)]
}

func (m *mac) writeByte(b byte) {
	m.room()[0] = b
	m.size++
}

// room returns the free part of the buffer, which is never empty.
func (m *mac) room() []byte {
	if m.size == len(m.buffer) {
		m.flush()
	}
	return m.buffer[m.size:]
}

func (m *mac) flush() {
	m.hash.Write(m.buffer[:m.size])
	m.size, m.spilt = 0, true
}

// sum returns the digest, which is valid until m is used again.
func (m *mac) sum() *[sha256.Size]byte {
	m.hash.Write(m.buffer[:m.size])
	m.hash.Sum(m.digest[:0])
	return &m.digest
}
