package posthogsink

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestStamperIsRFC3339Nano compares it with the standard library, from one second to the next and back.
func TestStamperIsRFC3339Nano(t *testing.T) {
	t.Parallel()
	var s stamper
	random := rand.New(rand.NewPCG(1, 2))
	zone := time.FixedZone("", -5400)
	times := []time.Time{
		{},
		time.Unix(0, 0), time.Unix(0, 1), time.Unix(-1, 999_999_999), time.Unix(1, 120_000_000), time.Unix(1, 0).In(zone),
		time.Date(9999, 12, 31, 23, 59, 59, 1000, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 0, zone),
	}
	for range 10_000 {
		scale := []int64{1, 1000, 1_000_000}[random.IntN(3)]
		times = append(times, time.Unix(1_740_000_000+random.Int64N(3), random.Int64N(1e9/scale)*scale).In(zone))
	}
	for _, at := range times {
		if got, want := string(s.append(nil, at)), at.UTC().Format(time.RFC3339Nano); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func BenchmarkStamper(b *testing.B) {
	at, dst := time.Date(2026, 5, 3, 10, 20, 30, 123_456_000, time.UTC), make([]byte, 0, 64)
	b.Run("ours", func(b *testing.B) {
		var s stamper
		for b.Loop() {
			dst = s.append(dst[:0], at)
		}
	})
	b.Run("AppendFormat", func(b *testing.B) {
		for b.Loop() {
			dst = at.AppendFormat(dst[:0], time.RFC3339Nano)
		}
	})
}
