package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// parseTime reads a time: RFC 3339, a date, which begins at midnight UTC, or how long before now. No text is the zero time.
func parseTime(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	ago, err := parseAge(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no time: want 2026-07-31T12:00:00Z, 2026-07-31, or how long ago, such as 90m, 1h or 7d", text)
	}
	return now.Add(-ago), nil
}

// parseAge reads a duration, in which d is a day of 24 hours and w a week, before what time.ParseDuration reads.
func parseAge(text string) (time.Duration, error) {
	var days float64
	rest := text
	for _, unit := range []struct {
		name string
		days float64
	}{{"w", 7}, {"d", 1}} {
		number, after, ok := strings.Cut(rest, unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 15)
		if err != nil {
			return 0, fmt.Errorf("%q is no duration", text)
		}
		days += float64(n) * unit.days
		rest = after
	}
	age := time.Duration(days * 24 * float64(time.Hour))
	if rest == "" && days > 0 {
		return age, nil
	}
	more, err := time.ParseDuration(rest)
	if err != nil || more < 0 {
		return 0, fmt.Errorf("%q is no duration", text)
	}
	return age + more, nil
}
