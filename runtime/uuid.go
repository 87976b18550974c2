package runtime

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
)

// UUID identifies an event for good: it is the same at each attempt to deliver it, which lets PostHog collapse duplicates.
type UUID [16]byte

// uuidLength is the length of the canonical text form.
const uuidLength = 36

// newUUID returns a version 7 UUID (RFC 9562, section 5.7) for the given time in microseconds since 1970. What a millisecond
// leaves of it stands in the 12 bits behind the version (section 6.2, method 3), so that UUIDs of one process are mostly in order.
// The other 62 bits come from a generator that is seeded by the operating system; they make it unique, not unguessable.
func newUUID(micros int64) UUID {
	const version, variant = 7 << 12, 1 << 63
	millis, rest := micros/1000, uint64(micros%1000)
	var u UUID
	binary.BigEndian.PutUint64(u[:8], uint64(millis)<<16|version|rest<<12/1000&0xfff)
	binary.BigEndian.PutUint64(u[8:], variant|rand.Uint64()>>2)
	return u
}

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
