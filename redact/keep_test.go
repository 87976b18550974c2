package redact_test

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// What keep appends must read back as the same value; encoding/json is the judge of numbers.
func TestKeepNumbers(t *testing.T) {
	t.Parallel()
	r := rule(t, id, redact.Keep)
	for _, v := range []float64{
		0, 1, -1, 0.1, 1e-6, 9.99e-7, -5e-324, 1e20, 1e21, 123456789012345680000, math.MaxFloat64, -math.MaxFloat64,
		math.Pi, 1 << 53, -0.000001234567890123456, 999999999999999868928, -999999999999999868928,
	} {
		got, outcome := r.AppendNumber(nil, v)
		var back float64
		if err := json.Unmarshal(got, &back); err != nil || back != v || outcome != redact.Literal {
			t.Errorf("%v: %s reads back as %v, %v; outcome %d", v, got, back, err, outcome)
		}
	}
	for _, v := range []int64{0, -7, math.MaxInt64, math.MinInt64} {
		if got, _ := r.AppendInteger(nil, v); string(got) != strconv.FormatInt(v, 10) {
			t.Errorf("%d: %s", v, got)
		}
	}
	if got, _ := r.AppendNumber(nil, math.Copysign(0, -1)); string(got) != "0" {
		t.Errorf("negative zero: %s", got)
	}
}

func TestKeepTimes(t *testing.T) {
	t.Parallel()
	r := rule(t, id, redact.Keep)
	for _, give := range []string{
		"0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2026-05-03T23:30:00.120-02:00", "1969-12-31T00:00:00+14:00",
	} {
		at, err := time.Parse(time.RFC3339Nano, give)
		if err != nil {
			t.Fatal(err)
		}
		got, outcome := r.AppendTime(nil, at)
		if want := at.UTC().Format(time.RFC3339Nano); string(got) != want || outcome != redact.Text {
			t.Errorf("%s: %s, %d; want %s", give, got, outcome, want)
		}
	}
}

func TestKeepStrings(t *testing.T) {
	t.Parallel()
	got, outcome := rule(t, id, redact.Keep).AppendString([]byte("x"), "")
	if string(got) != "x" || outcome != redact.Text {
		t.Errorf("empty string: %q, %d", got, outcome)
	}
	testStrings(t, rule(t, id, redact.Keep), []stringCase{{"a\xff\"\x00", "a\xff\"\x00"}})
}
