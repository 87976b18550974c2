package httpaudit

import "net/http"

// Sampling follows OpenTelemetry's consistent probability sampling: a request has 56 bits of randomness, and is kept if they
// are not below a threshold. Whoever sees the same trace makes the same choice, and what is kept at a low rate is also kept
// at every higher one.

// randomBits is how many bits of a trace id count as random (W3C Trace Context level 2).
const randomBits = 56

// always is the number of values that the randomness may have, and the threshold that none of them reaches.
const always = 1 << randomBits

// threshold returns below which randomness a request is left out at the given rate. Rates of 1 and more, and NaN, keep
// everything; rates of 0 and less keep nothing.
func threshold(rate float64) uint64 {
	switch {
	case rate <= 0:
		return always
	case rate < 1:
		return always - uint64(rate*always) // not (1-rate)*always, which rounds what is left of a small rate
	default:
		return 0
	}
}

// weight returns how many requests one stands for that was kept at the given rate.
func weight(rate float64) float64 {
	if rate < 1 {
		return 1 / rate
	}
	return 1
}

// trace is the randomness of a trace id. The zero value means that the request belongs to no trace.
type trace struct {
	random uint64
	known  bool
}

// randomness returns the bits that decide about a request: those of its trace, else a hash of its id.
func (t trace) randomness(requestID string) uint64 {
	if t.known {
		return t.random
	}
	return hash(requestID) % always
}

// hash is FNV-1a with the finalizer of MurmurHash3, without which the high bits of short texts are hardly random.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// traceOf reads the traceparent header (W3C Trace Context, section 3.2). A malformed one does not count.
func traceOf(h http.Header) trace {
	values := h["Traceparent"]
	if len(values) != 1 {
		return trace{}
	}
	return parseTraceparent(values[0])
}

// The parts of a traceparent: version-traceid-parentid-flags.
const (
	versionEnd        = 2
	traceStart        = versionEnd + 1
	traceEnd          = traceStart + 32
	parentStart       = traceEnd + 1
	parentEnd         = parentStart + 16
	flagsStart        = parentEnd + 1
	traceparentLength = flagsStart + 2
)

func parseTraceparent(s string) trace {
	if !isTraceparent(s) {
		return trace{}
	}
	high, okHigh := parseHex(s[traceStart : traceEnd-16])
	low, okLow := parseHex(s[traceEnd-16 : traceEnd])
	parent, okParent := parseHex(s[parentStart:parentEnd])
	if high|low == 0 || parent == 0 {
		return trace{}
	}
	return trace{random: low % always, known: okHigh && okLow && okParent}
}

// isTraceparent checks length, dashes, version and flags. A later version may add fields after another dash; version 00 may
// not, and version ff is none.
func isTraceparent(s string) bool {
	if len(s) < traceparentLength || s[versionEnd] != '-' || s[traceEnd] != '-' || s[parentEnd] != '-' {
		return false
	}
	version, okVersion := parseHex(s[:versionEnd])
	_, okFlags := parseHex(s[flagsStart:traceparentLength])
	if len(s) > traceparentLength && (version == 0 || s[traceparentLength] != '-') {
		return false
	}
	return okVersion && okFlags && version != 0xff
}

// parseHex reads at most 16 lower-case digits; strconv would also take upper case and signs.
func parseHex(s string) (v uint64, ok bool) {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			v = v<<4 | uint64(c-'0')
		case c >= 'a' && c <= 'f':
			v = v<<4 | uint64(c-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
}
