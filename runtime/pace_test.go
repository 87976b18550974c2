package runtime

import (
	"testing"
	"time"
)

func TestBackoffSpreadsOverAnExponentiallyGrowingRange(t *testing.T) {
	t.Parallel()
	const least, most = 100 * time.Millisecond, 30 * time.Second
	for failures := range 200 {
		ceiling := most
		if failures < 9 { // 100 ms · 2^9 > 30 s
			ceiling = least << failures
		}
		var low, high bool
		for range 500 {
			b := backoff{min: least, max: most, failures: failures}
			d := b.next(0)
			if d < 0 || d > ceiling {
				t.Fatalf("after %d failures: %v, want at most %v", failures, d, ceiling)
			}
			low = low || d < ceiling/4
			high = high || d > ceiling*3/4
		}
		if !low || !high {
			t.Errorf("after %d failures: the waits do not spread", failures)
		}
	}
}

func TestBackoffHonoursRetryAfter(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ asked, want time.Duration }{
		{time.Minute, time.Minute},
		{24 * time.Hour, maxRetryAfter},
	} {
		b := backoff{min: time.Millisecond, max: time.Second}
		if got := b.next(test.asked); got != test.want {
			t.Errorf("asked for %v: waits %v, want %v", test.asked, got, test.want)
		}
	}
	b := backoff{min: time.Millisecond, max: time.Second}
	if got := b.next(-time.Hour); got < 0 || got > time.Millisecond {
		t.Errorf("asked for a time in the past: waits %v", got)
	}
}

func TestHurryKeepsADistanceToTheLastAttempt(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p := pace{backoff: backoff{min: time.Second}, last: now}
	p.delay(time.Hour)
	p.hurry()
	if want := now.Add(time.Second); !p.notBefore.Equal(want) {
		t.Errorf("the next attempt is %v after the last, want 1s", p.notBefore.Sub(now))
	}
	p.delay(time.Millisecond)
	p.hurry()
	if want := now.Add(time.Millisecond); !p.notBefore.Equal(want) {
		t.Errorf("hurry puts the next attempt off")
	}
}
