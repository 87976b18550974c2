package runtime

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"
)

// UUID identifies an event for good: it is the same at each attempt to deliver it, which lets PostHog collapse duplicates.
type UUID [16]byte

// uuidLength is the length of the canonical text form.
const uuidLength = 36

// newUUID returns a version 7 UUID (RFC 9562, section 5.7) for the given time. Its 74 random bits come from a generator
// that is seeded by the operating system; they make it unique, not unguessable.
func newUUID(t time.Time) UUID {
	var u UUID
	ms := uint64(t.UnixMilli())
	for i := range 6 {
		u[i] = byte(ms >> (40 - 8*i))
	}
	putUint64(u[6:14], rand.Uint64())
	putUint16(u[14:16], uint16(rand.Uint32()))
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	return u
}

func putUint64(b []byte, v uint64) {
	for i := range 8 {
		b[i] = byte(v >> (56 - 8*i))
	}
}

func putUint16(b []byte, v uint16) { b[0], b[1] = byte(v>>8), byte(v) }

// ParseUUID reads the canonical form, in either case. PostHog tells events apart by the exact text, so that every other
// spelling is refused rather than repaired.
func ParseUUID(s string) (UUID, error) {
	var u UUID
	if !isUUID(s) {
		return u, fmt.Errorf("runtime: not a UUID of the form 00000000-0000-0000-0000-000000000000")
	}
	digits := s[0:8] + s[9:13] + s[14:18] + s[19:23] + s[24:36]
	_, err := hex.Decode(u[:], []byte(digits))
	return u, err
}

// AppendText appends the lower-case canonical form. It never fails.
func (u UUID) AppendText(dst []byte) ([]byte, error) { return u.append(dst), nil }

func (u UUID) append(dst []byte) []byte {
	dst = hex.AppendEncode(dst, u[0:4])
	for _, group := range [...][]byte{u[4:6], u[6:8], u[8:10], u[10:16]} {
		dst = append(dst, '-')
		dst = hex.AppendEncode(dst, group)
	}
	return dst
}

// String returns the lower-case canonical form.
func (u UUID) String() string {
	var text [uuidLength]byte
	return string(u.append(text[:0]))
}

// MarshalText returns the lower-case canonical form.
func (u UUID) MarshalText() ([]byte, error) { return u.AppendText(nil) }

// UnmarshalText reads the canonical form.
func (u *UUID) UnmarshalText(text []byte) error {
	v, err := ParseUUID(string(text))
	if err == nil {
		*u = v
	}
	return err
}
