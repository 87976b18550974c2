package redact

import (
	"math"
	"strconv"
	"time"
)

// Keep appends the value as it is, in the form that it has in JSON. The same forms are the canonical ones that Hash reads,
// so a number hashes alike whether a caller had it as an integer, a float or text.

// maxNumber is room for any number or boolean that is appended here: a sign, 17 digits, a point and up to 21 zeros.
const maxNumber = 40

func appendInteger(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) }

// appendNumber appends a finite v with the fewest digits that read back as v: without an exponent from 1e-6 up to 1e21, as
// ECMAScript and encoding/json have it. Negative zero becomes 0.
func appendNumber(dst []byte, v float64) []byte {
	if v == 0 {
		return append(dst, '0')
	}
	if size := math.Abs(v); size < 1e-6 || size >= 1e21 {
		return strconv.AppendFloat(dst, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

func appendBoolean(dst []byte, v bool) []byte { return strconv.AppendBool(dst, v) }

// appendTime appends v, which is in UTC and has a year of four digits.
func appendTime(dst []byte, v time.Time) []byte { return v.AppendFormat(dst, time.RFC3339Nano) }
