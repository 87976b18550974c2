package redact

import "time"

// Rule is what happens to the values of one property on their way to one destination. The methods append the redacted form
// to a buffer; they allocate nothing but what the buffer itself needs, and are safe for concurrent use. A value that the
// strategy cannot handle is dropped. The zero Rule and a nil one drop everything.
//
//	strategy       string                        integer, number   boolean   time
//	keep           as it is                      as it is          as it is  RFC 3339, UTC
//	replace        the category's name           the same          the same  the same
//	hash           pseudonym                     of its decimal    of its name  of its RFC 3339 form
//	mask           first character               -                 -         -
//	truncate_ip    network                       -                 -         -
//	truncate_time  day, of RFC 3339 or a date    -                 -         day
//	round          -                             two digits        -         -
//	email_domain   domain                        -                 -         -
//	scrub_url      URL or path                   -                 -         -
//	scan           without findings              -                 -         -
//	drop           -                             -                 -         -
type Rule struct {
	strategy Strategy
	label    string  // for Replace and what falls back to it
	hasher   *hasher // for Hash; nil without a key
}

// Strategy returns the strategy in force, after tightening.
func (r *Rule) Strategy() Strategy {
	if r == nil {
		return Drop
	}
	return r.strategy
}

// AppendString appends the redacted form of v. Any string is handled, valid UTF-8 or not; only [Keep] lets invalid bytes
// through.
func (r *Rule) AppendString(dst []byte, v string) ([]byte, Outcome) {
	switch r.Strategy() {
	case Keep:
		return append(dst, v...), Text
	case Replace:
		return append(dst, r.label...), Text
	case Hash:
		return r.hashString(dst, v)
	case Mask:
		return appendMasked(dst, v, r.label), Text
	case TruncateIP:
		return appendNetwork(dst, v)
	case TruncateTime:
		return appendDayOf(dst, v)
	case EmailDomain:
		return appendDomain(dst, v)
	case ScrubURL:
		return appendScrubbed(dst, v)
	case ScanText:
		return appendScanned(dst, v)
	default:
		return dst, Dropped
	}
}

// AppendInteger appends the redacted form of v.
func (r *Rule) AppendInteger(dst []byte, v int64) ([]byte, Outcome) {
	switch r.Strategy() {
	case Keep:
		return appendInteger(dst, v), Literal
	case Replace:
		return append(dst, r.label...), Text
	case Hash:
		var text [maxNumber]byte
		return r.hashBytes(dst, appendInteger(text[:0], v))
	case Round:
		return appendRoundedInteger(dst, v), Literal
	default:
		return dst, Dropped
	}
}

// AppendNumber appends the redacted form of v. Infinities and NaN, which JSON cannot express, are dropped unless the
// strategy is [Replace].
func (r *Rule) AppendNumber(dst []byte, v float64) ([]byte, Outcome) {
	if r.Strategy() == Replace {
		return append(dst, r.label...), Text
	}
	if v-v != 0 { // infinite or NaN
		return dst, Dropped
	}
	switch r.Strategy() {
	case Keep:
		return appendNumber(dst, v), Literal
	case Hash:
		var text [maxNumber]byte
		return r.hashBytes(dst, appendNumber(text[:0], v))
	case Round:
		return appendRoundedNumber(dst, v)
	default:
		return dst, Dropped
	}
}

// AppendBoolean appends the redacted form of v.
func (r *Rule) AppendBoolean(dst []byte, v bool) ([]byte, Outcome) {
	switch r.Strategy() {
	case Keep:
		return appendBoolean(dst, v), Literal
	case Replace:
		return append(dst, r.label...), Text
	case Hash:
		var text [maxNumber]byte
		return r.hashBytes(dst, appendBoolean(text[:0], v))
	default:
		return dst, Dropped
	}
}

// AppendTime appends the redacted form of v. Years beyond 0 to 9999, which RFC 3339 cannot express, are dropped unless the
// strategy is [Replace].
func (r *Rule) AppendTime(dst []byte, v time.Time) ([]byte, Outcome) {
	if r.Strategy() == Replace {
		return append(dst, r.label...), Text
	}
	v = v.UTC()
	if v.Year() < 0 || v.Year() > 9999 {
		return dst, Dropped
	}
	switch r.Strategy() {
	case Keep:
		return appendTime(dst, v), Text
	case Hash:
		var text [len(time.RFC3339Nano)]byte
		return r.hashBytes(dst, appendTime(text[:0], v))
	case TruncateTime:
		return appendDay(dst, v), Text
	default:
		return dst, Dropped
	}
}

func (r *Rule) hashString(dst []byte, v string) ([]byte, Outcome) {
	if r.hasher == nil {
		return dst, Dropped
	}
	return r.hasher.appendString(dst, v), Text
}

func (r *Rule) hashBytes(dst, canonical []byte) ([]byte, Outcome) {
	if r.hasher == nil {
		return dst, Dropped
	}
	return r.hasher.appendBytes(dst, canonical), Text
}
