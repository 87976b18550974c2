package runtime

import (
	"fmt"
	"strconv"
)

// Enum is a closed set of strings or of integers. Generated enum types hold a position counted from 1, so that the zero
// value of such a type is none of the values and therefore invalid.
type Enum struct {
	Strings  []string
	Integers []int64
}

// len returns the number of values.
func (e *Enum) len() int { return max(len(e.Strings), len(e.Integers)) }

// String returns the text of the value at a position, or a placeholder for a position that stands for no value.
func (e *Enum) String(position uint16) string {
	switch i := int(position) - 1; {
	case i < 0 || i >= e.len():
		return "invalid(" + strconv.Itoa(int(position)) + ")"
	case e.Strings != nil:
		return e.Strings[i]
	default:
		return strconv.FormatInt(e.Integers[i], 10)
	}
}

// Integer returns the integer at a position, or 0 for a position that stands for no value.
func (e *Enum) Integer(position uint16) int64 {
	if i := int(position) - 1; i >= 0 && i < len(e.Integers) {
		return e.Integers[i]
	}
	return 0
}

// Parse returns the position of a string. The error does not hold the string, which may come from a user.
func (e *Enum) Parse(s string) (uint16, error) {
	for i, v := range e.Strings {
		if v == s {
			return uint16(i + 1), nil
		}
	}
	return 0, fmt.Errorf("runtime: not one of the %d values of the enum", e.len())
}

// ParseInteger returns the position of an integer.
func (e *Enum) ParseInteger(n int64) (uint16, error) {
	for i, v := range e.Integers {
		if v == n {
			return uint16(i + 1), nil
		}
	}
	return 0, fmt.Errorf("runtime: not one of the %d values of the enum", e.len())
}
