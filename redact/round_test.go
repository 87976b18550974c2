package redact_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/eventgen/eventgen/redact"
)

func TestRoundIntegers(t *testing.T) {
	t.Parallel()
	r := rule(t, id, redact.Round)
	for give, want := range map[int64]string{
		0: "0", 7: "7", -7: "-7", 42: "42", 99: "99", 100: "100", 104: "100", 106: "110", -106: "-110",
		105: "100", 115: "120", 125: "120", 995: "1000", 994: "990", 12345: "12000", 12500: "12000", 13500: "14000", 12501: "13000",
		math.MaxInt64: "9200000000000000000", math.MinInt64: "-9200000000000000000",
	} {
		if got, outcome := r.AppendInteger(nil, give); string(got) != want || outcome != redact.Literal {
			t.Errorf("%d: %s, %d; want %s", give, got, outcome, want)
		}
	}
}

func TestRoundNumbers(t *testing.T) {
	t.Parallel()
	r := rule(t, id, redact.Round)
	for give, want := range map[float64]string{
		0: "0", 1234: "1200", -1234: "-1200", 0.0567: "0.057", 1.25: "1.2", 1.75: "1.8", 1.15: "1.1", 99.5: "100",
		12.5: "12", 13.5: "14", 1e-9: "1e-09", 1.23e-300: "1.2e-300", 5e-324: "5e-324", 1.66e21: "1.7e+21", 9.96e20: "1e+21", 52.520008: "53",
	} {
		if got, outcome := r.AppendNumber(nil, give); string(got) != want || outcome != redact.Literal {
			t.Errorf("%v: %s, %d; want %s", give, got, outcome, want)
		}
	}
	if got, outcome := r.AppendNumber(nil, math.MaxFloat64); len(got) > 0 || outcome != redact.Dropped {
		t.Errorf("what rounds to infinity: %s, %d", got, outcome)
	}
}

// An integer rounds as the number of the same value does, which rounds as strconv does.
func TestRoundAgainstStrconv(t *testing.T) {
	t.Parallel()
	r := rule(t, id, redact.Round)
	random := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		v := random.Int64N(1<<53) >> random.IntN(53) * (1 - 2*random.Int64N(2))
		want, err := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'e', 1, 64), 64)
		if err != nil {
			t.Fatal(err)
		}
		integer, _ := r.AppendInteger(nil, v)
		number, _ := r.AppendNumber(nil, float64(v))
		text := strconv.FormatFloat(want, 'f', 0, 64)
		if v != 0 && (string(integer) != text || string(number) != text) {
			t.Fatalf("%d: integer %s, number %s; want %s", v, integer, number, text)
		}
	}
}
