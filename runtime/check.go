package runtime

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// The check functions record what a value violates and report whether it can be written all the same; a value that breaks
// a bound can, one that has no JSON form cannot.

// takesPlain reports whether the check of a text of which isPlain holds can only find it right: most are right, and not worth
// a call.
func (v *valuePlan) takesPlain(s string) bool {
	return !v.closeLook && len(s) >= v.minLength && len(s) <= v.maxLength
}

// checkString also takes whether isPlain holds of s.
func (v *valuePlan) checkString(w *Writer, s string, plain bool) bool {
	if !plain && !utf8.ValidString(s) {
		w.violate(RuleUTF8, "")
		return false
	}
	v.checkLength(w, s, plain)
	if v.Format != NoFormat && !v.Format.matches(s) {
		w.violate(RuleFormat, v.Format.String())
	}
	if v.pattern != nil && !v.pattern.MatchString(s) {
		w.violate(RulePattern, v.Pattern)
	}
	return true
}

// checkLength counts characters only where bytes do not settle it: there are at most as many characters as bytes, and at
// least a quarter as many.
func (v *valuePlan) checkLength(w *Writer, s string, plain bool) {
	length := len(s)
	if !plain && (length > v.maxLength || length < utf8.UTFMax*v.minLength) {
		length = utf8.RuneCountInString(s)
	}
	if length < v.minLength {
		w.violate(RuleMinLength, "at least "+strconv.Itoa(v.MinLength))
	}
	if length > v.maxLength {
		w.violate(RuleMaxLength, "at most "+strconv.Itoa(v.maxLength))
	}
}

// takesInteger reports whether an integer is right: most are, and not worth a call.
func (v *valuePlan) takesInteger(n int64) bool {
	return -MaxInteger <= n && n <= MaxInteger && v.bounds.Min <= float64(n) && float64(n) <= v.bounds.Max
}

func (v *valuePlan) checkInteger(w *Writer, n int64) bool {
	switch {
	case n < -MaxInteger || n > MaxInteger:
		w.violate(RuleType, "beyond ±2^53")
	default:
		v.checkBounds(w, float64(n))
	}
	return true
}

// takesNumber reports whether a number is right. Bounds are finite, and NaN is within none.
func (v *valuePlan) takesNumber(f float64) bool { return v.bounds.Min <= f && f <= v.bounds.Max }

func (v *valuePlan) checkNumber(w *Writer, f float64) bool {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		w.violate(RuleType, "not a finite number")
		return false
	}
	v.checkBounds(w, f)
	return true
}

func (v *valuePlan) checkBounds(w *Writer, f float64) {
	if f < v.bounds.Min {
		w.violate(RuleMinimum, "at least "+string(appendNumber(nil, v.bounds.Min)))
	}
	if f > v.bounds.Max {
		w.violate(RuleMaximum, "at most "+string(appendNumber(nil, v.bounds.Max)))
	}
}

// checkTime takes times that RFC 3339 can spell. Where a time is required, the zero time is that of a field that was
// forgotten.
func (v *valuePlan) checkTime(w *Writer, t time.Time) bool {
	if f := &w.inner; t.IsZero() && f.fields != nil && f.fields[f.count-1].required {
		w.violate(RuleRequired, "zero time")
		return false
	}
	if !spellableTime(t) {
		w.violate(RuleFormat, Time.String())
		return false
	}
	return true
}

// spellableTime reports whether RFC 3339, which has four digits for the year, can spell t in UTC.
func spellableTime(t time.Time) bool {
	year := t.UTC().Year()
	return year >= 0 && year <= 9999
}

// violateEnum records a position that the enum does not have. Position 0 is the value of a field that was forgotten.
func (v *valuePlan) violateEnum(w *Writer, position uint16) {
	if position == 0 {
		w.violate(RuleRequired, "zero enum")
	} else {
		w.violate(RuleEnum, "")
	}
}
