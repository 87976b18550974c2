package redact

import (
	"time"
)

// appendDay appends the first moment of the day of v, which is in UTC, as RFC 3339 text.
func appendDay(dst []byte, v time.Time) []byte {
	dst = v.AppendFormat(dst, time.DateOnly)
	return append(dst, "T00:00:00Z"...)
}

// appendDayOf appends the day of v, a date-time (RFC 3339, section 5.6) or a full date, which is its own day. Anything else
// is dropped.
func appendDayOf(dst []byte, v string) ([]byte, Outcome) {
	t, ok := parseTime(v)
	if !ok || t.Year() < 0 || t.Year() > 9999 {
		return dst, Dropped
	}
	return appendDay(dst, t), Text
}

// parseTime parses a date or a date-time and returns it in UTC. The offset is handled here because [time.Parse] would
// allocate a [time.Location] for it.
func parseTime(v string) (time.Time, bool) {
	if len(v) == len(time.DateOnly) {
		t, err := time.Parse(time.DateOnly, v)
		return t, err == nil
	}
	local, offset, ok := cutOffset(v)
	if !ok {
		return time.Time{}, false
	}
	t, err := time.Parse("2006-01-02T15:04:05", local)
	return t.Add(-offset), err == nil
}

// cutOffset splits a date-time into what precedes its offset from UTC and the offset.
func cutOffset(v string) (local string, offset time.Duration, ok bool) {
	if local, ok := cutLast(v, 1); ok && (v[len(local)] == 'Z' || v[len(local)] == 'z') {
		return local, 0, true
	}
	local, ok = cutLast(v, len("+00:00"))
	if !ok {
		return "", 0, false
	}
	o := v[len(local):]
	hours, ok1 := twoDigits(o[1:3], 23)
	minutes, ok2 := twoDigits(o[4:6], 59)
	offset = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if o[0] == '-' {
		offset = -offset
	}
	return local, offset, ok1 && ok2 && o[3] == ':' && (o[0] == '+' || o[0] == '-')
}

// cutLast returns v without its last n bytes.
func cutLast(v string, n int) (string, bool) {
	if len(v) < n {
		return "", false
	}
	return v[:len(v)-n], true
}

// twoDigits reads a number of two digits that is at most limit.
func twoDigits(v string, limit int) (int, bool) {
	tens, ones := v[0]-'0', v[1]-'0'
	n := int(tens)*10 + int(ones)
	return n, tens <= 9 && ones <= 9 && n <= limit
}
