package codegen

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
)

func TestConstantIsItsJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []any{
		"", "plain", "EUR \"€\" \\ / <b>&", "\x00\x1f\n\r\t\u2028\U0001F389", true, false,
		int64(0), int64(-4), int64(1) << 53, 0.5, -1e300, 1e21, 5e-324, math.MaxFloat64,
	} {
		text := constant(c)
		var back any
		if err := json.Unmarshal([]byte(text), &back); err != nil {
			t.Errorf("constant(%#v) = %s: %v", c, text, err)
			continue
		}
		if n, ok := c.(int64); ok {
			c = float64(n)
		}
		if back != c {
			t.Errorf("constant(%#v) = %s, which is %#v", c, text, back)
		}
	}
}

func TestFloatReadsBack(t *testing.T) {
	t.Parallel()
	for want, text := range map[float64]string{
		0: "0", -5: "-5", 1 << 53: "9007199254740992", 0.1: "0.1", 1e300: "1e+300", -2.5e-8: "-2.5e-08", 1e21: "1e+21",
	} {
		got := float(want).GoString()
		if back, err := strconv.ParseFloat(got, 64); got != text || err != nil || back != want {
			t.Errorf("float(%g) is written %s, want %s", want, got, text)
		}
	}
}
