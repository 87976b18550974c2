package runtime

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// bisection runs a window against a receiver that refuses every batch with a bad message in it. It stands for the sender.
type bisection struct {
	window   window
	queue    []int
	bad      func(int) bool
	requests int
	taken    []int
	dead     []int
}

func (b *bisection) run() {
	for len(b.queue) > 0 {
		n := min(b.window.next(), len(b.queue))
		b.requests++
		switch {
		case !slices.ContainsFunc(b.queue[:n], b.bad):
			b.taken = append(b.taken, b.queue[:n]...)
			b.queue = b.queue[n:]
			b.window.accepted(n)
		case n == 1:
			b.dead = append(b.dead, b.queue[0])
			b.queue = b.queue[1:]
			b.window.poisoned(0)
		default:
			b.window.poisoned(n)
		}
	}
}

func TestWindowIsolatesOneBadMessageInLogarithmicTime(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 128; n++ {
		limit := int(2*math.Log2(float64(n))) + 1
		for bad := range n {
			b := bisection{window: newWindow(n), queue: count(0, n), bad: func(i int) bool { return i == bad }}
			b.run()
			if b.requests > limit {
				t.Fatalf("bad message %d of %d: %d requests, want at most %d", bad, n, b.requests, limit)
			}
			if want := slices.Delete(count(0, n), bad, bad+1); !slices.Equal(b.taken, want) || !slices.Equal(b.dead, []int{bad}) {
				t.Fatalf("bad message %d of %d: took %v, dead %v", bad, n, b.taken, b.dead)
			}
		}
	}
}

func TestWindowIsolatesAnyBadMessages(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n := 1 + random.IntN(400)
		share := random.Float64()
		var good, bad []int
		for i := range n {
			if random.Float64() < share {
				bad = append(bad, i)
			} else {
				good = append(good, i)
			}
		}
		isBad := func(i int) bool { return slices.Contains(bad, i) }
		b := bisection{window: newWindow(1 + random.IntN(100)), queue: count(0, n), bad: isBad}
		b.run()
		if !slices.Equal(b.taken, good) || !slices.Equal(b.dead, bad) {
			t.Fatalf("%d messages, bad %v: took %v, dead %v", n, bad, b.taken, b.dead)
		}
		if limit := n + 3*len(bad)*8 + 10; b.requests > limit {
			t.Errorf("%d messages, %d bad: %d requests", n, len(bad), b.requests)
		}
	}
}

func TestWindowNeedsOneRequestEachWhenAllAreBad(t *testing.T) {
	t.Parallel()
	b := bisection{window: newWindow(100), queue: count(0, 1000), bad: func(int) bool { return true }}
	b.run()
	if b.requests > 1000+50 {
		t.Errorf("%d requests for 1000 bad messages", b.requests)
	}
}

func TestWindowFindsTheLargestBatchThatIsTaken(t *testing.T) {
	t.Parallel()
	const limit = 37
	w := newWindow(100)
	taken, requests := 0, 0
	for taken < 10_000 {
		requests++
		if n := w.next(); n > limit {
			w.tooLarge(n)
		} else {
			taken += n
			w.accepted(n)
		}
	}
	if ideal := 10_000 / limit; requests > 3*ideal {
		t.Errorf("%d requests, want at most three times the ideal %d", requests, ideal)
	}
}

func TestWindowForgetsTheLimitWhenOneMessageWasTooLarge(t *testing.T) {
	t.Parallel()
	w := newWindow(100)
	for n := w.next(); n > 1; n = w.next() {
		w.tooLarge(n)
	}
	w.tooLarge(0)
	if got := w.next(); got != 100 {
		t.Errorf("the next batch has %d messages, want 100", got)
	}
}
