package httpaudit

import (
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"time"
)

// The header that carries the request id, in the form of keys of http.Header.
const requestIDHeader = "X-Request-Id"

// maxRequestID is the length in bytes beyond which an id of somebody else is not taken over.
const maxRequestID = 128

// sentRequestID returns the id that came with the request if it is usable, else "". It is for requests of trusted peers.
func sentRequestID(h http.Header) string {
	values := h[requestIDHeader]
	if len(values) != 1 || !isRequestID(values[0]) {
		return ""
	}
	return values[0]
}

// isRequestID reports whether s matches ^[A-Za-z0-9._-]{1,128}$, which is safe in headers, logs and queries.
func isRequestID(s string) bool {
	if s == "" || len(s) > maxRequestID {
		return false
	}
	for i := range len(s) {
		if !isIDByte(s[i]) {
			return false
		}
	}
	return true
}

func isIDByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-'
}

// uuidText is the canonical text of a UUID.
type uuidText [36]byte

// write makes the text that of a version 7 UUID (RFC 9562, section 5.7) for the given time. Its 74 random bits make it unique,
// not unguessable.
func (t *uuidText) write(at time.Time) {
	var u [16]byte
	putUint64(u[0:8], uint64(at.UnixMilli())<<16|rand.Uint64()>>48)
	putUint64(u[8:16], rand.Uint64())
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	dst := t[:0]
	for i, end := range [...]int{4, 6, 8, 10, 16} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, u[[...]int{0, 4, 6, 8, 10}[i]:end])
	}
}

func putUint64(b []byte, v uint64) {
	for i := range 8 {
		b[i] = byte(v >> (56 - 8*i))
	}
}
