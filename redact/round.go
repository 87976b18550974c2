package redact

import "strconv"

// Round keeps two significant digits: 1234 becomes 1200 and 0.0567 becomes 0.057. Numbers of one or two digits do not
// change, so it suits amounts and counts but hides neither ages nor shares. Ties go to the even digit, as in IEEE 754, for
// integers and for numbers alike; the latter by the exact value of the float64, so 1.15, which is a little less, becomes 1.1.

// appendRoundedInteger appends v with two significant digits.
func appendRoundedInteger(dst []byte, v int64) []byte {
	size, negative := uint64(v), v < 0
	if negative {
		size = -size
	}
	unit := uint64(1)
	for size/unit >= 100 {
		unit *= 10
	}
	quotient, rest := size/unit, size%unit
	if rest > unit/2 || rest == unit/2 && unit > 1 && quotient%2 == 1 {
		quotient++
	}
	if negative {
		dst = append(dst, '-')
	}
	return strconv.AppendUint(dst, quotient*unit, 10)
}

// appendRoundedNumber appends a finite v with two significant digits. What would round to infinity is dropped.
func appendRoundedNumber(dst []byte, v float64) ([]byte, Outcome) {
	var text [maxNumber]byte
	rounded, err := strconv.ParseFloat(string(strconv.AppendFloat(text[:0], v, 'e', 1, 64)), 64)
	if err != nil {
		return dst, Dropped
	}
	return appendNumber(dst, rounded), Literal
}
