package runtime

import (
	"math/rand/v2"
	"time"
)

// pace says when a sender makes its next attempt.
type pace struct {
	interval time.Duration // after which a batch goes that is not full
	probe    time.Duration // between attempts while the sink is paused
	backoff  backoff

	notBefore time.Time // because of a failure; zero when there was none
	yielding  bool      // a full batch may go before that
	last      time.Time // the end of the last attempt
	begun     int       // so many of the oldest messages were sent before
	flushes   uint64    // calls of Flush that were seen
}

// sent notes an attempt with the n oldest messages, of which some have their final verdict.
func (p *pace) sent(n, settled int) {
	p.begun = max(p.begun, n) - settled
	p.last = time.Now()
}

// goOn allows the next attempt as soon as there is a batch.
func (p *pace) goOn() {
	p.backoff.reset()
	p.notBefore = time.Time{}
}

// delay puts the next attempt off.
func (p *pace) delay(d time.Duration) {
	p.notBefore = p.last.Add(d)
	p.yielding = false
}

// hurry allows the next attempt now, or shortly after the last one, so that many calls of Flush do not make many attempts.
func (p *pace) hurry() {
	if soon := p.last.Add(p.backoff.min); soon.Before(p.notBefore) {
		p.notBefore = soon
	}
}

// backoff spaces repeated attempts: exponential with full jitter, which spreads the attempts of many processes evenly after
// an outage that hit them at the same moment (M. Brooker, "Exponential Backoff And Jitter", 2015).
type backoff struct {
	min, max time.Duration
	failures int
}

// next returns how long to wait after one more failure: a random part of min·2^failures, at most max, but not less than the
// receiver asked for.
func (b *backoff) next(retryAfter time.Duration) time.Duration {
	ceiling := b.min
	for range b.failures {
		if ceiling > b.max/2 {
			ceiling = b.max
			break
		}
		ceiling *= 2
	}
	b.failures++
	return max(rand.N(ceiling+1), clampRetryAfter(retryAfter))
}

func (b *backoff) reset() { b.failures = 0 }

// maxRetryAfter bounds what a receiver can ask for, so that a mistake on its side does not stop delivery for a day.
const maxRetryAfter = 5 * time.Minute

func clampRetryAfter(d time.Duration) time.Duration { return max(0, min(d, maxRetryAfter)) }
