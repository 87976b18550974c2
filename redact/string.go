package redact

import (
	"crypto/subtle"
	"unsafe"
)

// String is a classified string. Printing, logging and encoding it show [redacted]; inside an unexported field they show
// at most an address and a length. It cannot be compared with == and cannot be a map key. The zero value is the empty
// string.
//
// A String is as cheap as a string: it shares the bytes of the string it was made from and costs no allocation.
// [reflect.DeepEqual] compares addresses; use [String.Equal], as go-cmp does by itself.
type String struct {
	hidden

	// The parts of a string. Reflective printers follow a *string or a *byte, but not an unsafe.Pointer.
	data unsafe.Pointer
	size int
}

// Raw returns s as a classified string.
func Raw(s string) String {
	if s == "" {
		return String{}
	}
	return String{data: unsafe.Pointer(unsafe.StringData(s)), size: len(s)} //nolint:gosec // the string stays reachable
}

// Reveal returns the raw string. Call it only where the raw value is needed; whatever holds the result can leak it.
func (s String) Reveal() string {
	return unsafe.String((*byte)(s.data), s.size) //nolint:gosec // what Raw took apart
}

// IsZero reports whether s is the empty string.
func (s String) IsZero() bool { return s.size == 0 }

// Equal reports whether s and other hold the same bytes. The time it takes depends on their lengths only.
func (s String) Equal(other String) bool {
	return subtle.ConstantTimeCompare(s.bytes(), other.bytes()) == 1
}

// bytes returns the bytes of s, which must not be changed.
func (s String) bytes() []byte {
	return unsafe.Slice((*byte)(s.data), s.size) //nolint:gosec // what Raw took apart
}

// UnmarshalText takes text as the raw value, so that a request body can be decoded straight into a classified field.
// It refuses [redacted]: what an encoder has hidden cannot be read back.
func (s *String) UnmarshalText(text []byte) error {
	if string(text) == placeholder {
		return errDecode
	}
	*s = Raw(string(text))
	return nil
}
