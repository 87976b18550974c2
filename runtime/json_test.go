package runtime

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
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

func TestAppendInteger(t *testing.T) {
	t.Parallel()
	numbers := []int64{math.MinInt64, -MaxInteger, 1000, 9999, 1 << 32, 1<<32 + 7, 1<<32 + 999, MaxInteger, math.MaxInt64}
	for n := int64(-2000); n <= 2000; n++ {
		numbers = append(numbers, n)
	}
	for _, n := range numbers {
		if got, want := string(appendInteger([]byte("x"), n)), "x"+strconv.FormatInt(n, 10); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestAppendNumberIsShortest holds numbers against strconv: those with few decimals, their neighbours, and others of every size.
func TestAppendNumberIsShortest(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	check := func(f float64) {
		t.Helper()
		if abs := math.Abs(f); abs < 1e-6 || abs >= 1e21 {
			return
		}
		if got, want := string(appendNumber(nil, f)), strconv.FormatFloat(f, 'f', -1, 64); got != want {
			t.Fatalf("%v: %s", want, got)
		}
	}
	for n := range int64(20_000) {
		check(float64(n+1) / 1000)
	}
	for range 200_000 {
		decimal := float64(random.Int64N(2<<51)-1<<51) / math.Pow10(random.IntN(12))
		size := math.Pow10(random.IntN(24) - 4)
		for _, f := range []float64{decimal, random.NormFloat64() * size, math.Trunc(random.NormFloat64() * size)} {
			check(f)
			check(math.Nextafter(f, 0))
			check(math.Nextafter(f, math.Inf(1)))
		}
	}
}

// TestIsPlain puts each byte at each place of texts of several lengths.
func TestIsPlain(t *testing.T) {
	t.Parallel()
	for size := range 40 {
		text := []byte(strings.Repeat("x", size))
		if !isPlain(text) {
			t.Errorf("%d plain bytes are not plain", size)
		}
		for place := range text {
			for c := range 256 {
				text[place] = byte(c)
				want := c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf
				if isPlain(text) != want || isPlain(string(text)) != want {
					t.Errorf("%q: plain is %v", text, !want)
				}
			}
			text[place] = 'x'
		}
	}
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
