package runtime

import (
	"encoding/json"
	"math"
	"testing"
	"time"
	"unicode/utf8"
)

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "plain", "\x00\x1f\"\\/\n\r\t", "ü€😀\u2028", "<>&", "a\xffb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		if err := json.Unmarshal(appendValid(nil, s), &back); err != nil {
			t.Fatalf("%q: not JSON: %v", s, err)
		}
		if utf8.ValidString(s) && back != s {
			t.Fatalf("%q came back as %q", s, back)
		}
	})
}

func FuzzAppendNumber(f *testing.F) {
	for _, n := range []float64{0, math.Copysign(0, -1), 1, -1.5, 1e-7, 1e20, 1e21, math.MaxFloat64, math.SmallestNonzeroFloat64} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n float64) {
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return
		}
		var back float64
		if err := json.Unmarshal(appendNumber(nil, n), &back); err != nil || back != n {
			t.Fatalf("%v came back as %v, %v", n, back, err)
		}
	})
}

func TestAppendTime(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 3600)
	got := string(appendTime(nil, time.Date(2026, 11, 21, 0, 30, 0, 1000, zone)))
	if want := `"2026-11-20T23:30:00.000001Z"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSeparate(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "{": "{", "[": "[", `{"a":1`: `{"a":1,`, "[[]": "[[],", `["["`: `["[",`} {
		if got := string(separate([]byte(in))); got != want {
			t.Errorf("separate(%q) = %q, want %q", in, got, want)
		}
	}
}
