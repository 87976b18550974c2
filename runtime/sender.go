package runtime

import (
	"context"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// sender delivers the backlog of one sink, in a goroutine of its own, one batch at a time:
//
//	  ┌────────────────────────────────────────────────────────┐
//	  ▼                                                        │
//	wait ──► step:  peek ──► send ──► settle ──► resolve ──► react
//	  │
//	  └──► closeSink, after Close
//
// A batch is due when it is full, when its oldest message has waited for the interval, when Flush or Close asks for it, or
// when some of its messages were sent before. What react does depends on the outcome:
//
//	delivered   the next batch goes when it is due
//	Temporary   not before a backoff has passed
//	Paused      not before the next probe; everything is kept, and the log has the reason
//	Poisoned    at once, with fewer messages, until the bad one is alone: a dead letter (see window)
//	TooLarge    at once, with fewer messages; one that is too large alone is a dead letter
//
// Messages that are not resolved stay at the head of the backlog. Each step thus starts from what the backlog says; all
// that is carried over is how fast to go on (pace) and in what portions (window).
type sender struct {
	name        string
	destination redact.Destination
	sink        Sink
	backlog     backlog
	pace        pace
	window      window
	status      status
	reporter    reporter

	wake    chan struct{}        // from the backlog: a batch may be due
	closing chan context.Context // from Close: drain until this context ends
	drain   context.Context      // what came through closing
	cancel  context.CancelFunc   // ends the context that Send gets

	drained  chan struct{} // closed when the sender has done with its backlog
	done     chan struct{} // closed when the goroutine is about to end
	closeErr error         // of closing the sink; good once done is closed

	batch    []Message
	verdicts []Verdict // of the messages in batch
	judged   bool      // the sink gave them, so it works
	flushing bool      // somebody waits in Flush
	attempt  attempt
}

// backlog is where a sender takes messages from. The sender alone uses it.
type backlog interface {
	// waiting tells what there is. Once that changes so that a batch may be due, the sender is woken.
	waiting() waiting
	// peek appends at most limit messages to batch, the oldest first. They are good until resolve. An error means that there are
	// messages which cannot be read at present.
	peek(batch []Message, limit int) ([]Message, error)
	// resolve takes one verdict for each message of the last peek. Messages to be sent again stay in their order. An error
	// means that the others may come again after a restart.
	resolve(verdicts []Verdict) error
}

// waiting describes a backlog.
type waiting struct {
	events  int
	since   time.Time // when the oldest was queued
	full    bool      // there is enough for a batch
	flush   bool      // some of it was asked for by Flush
	flushes uint64    // how often Flush was called
}

// attempt counts how often the same oldest message was sent in a row.
type attempt struct {
	oldest UUID
	count  int
}

// run is the sender's goroutine. The context is for Send and ends with that of Close.
func (s *sender) run(ctx context.Context) {
	defer close(s.done)
	defer s.cancel()
	for s.wait() {
		s.step(ctx)
	}
	close(s.drained)
	s.closeSink()
}

// wait returns true when a batch is due, and false when the sender is to end.
func (s *sender) wait() bool {
	for {
		s.listen()
		w := s.backlog.waiting()
		s.flushing = w.flush
		at := s.due(w)
		switch {
		case s.finished(w, at):
			return false
		case w.events == 0:
			s.sleep(nil)
		case time.Until(at) <= 0:
			return true
		default:
			alarm := time.NewTimer(time.Until(at))
			s.sleep(alarm.C)
			alarm.Stop()
		}
	}
}

// listen looks whether Close was called.
func (s *sender) listen() {
	select {
	case ctx := <-s.closing:
		s.beginDrain(ctx)
	default:
	}
}

// beginDrain makes everything due at once, with a first attempt now.
func (s *sender) beginDrain(ctx context.Context) {
	s.drain = ctx
	s.pace.backoff.reset()
	s.pace.hurry()
}

// due tells when the next batch may go, provided that there is one.
func (s *sender) due(w waiting) time.Time {
	if w.flushes != s.pace.flushes {
		s.pace.flushes = w.flushes
		s.pace.hurry()
	}
	at := w.since.Add(s.pace.interval)
	if w.full || w.flush || s.pace.begun > 0 || s.drain != nil {
		at = time.Time{}
	}
	if held := s.pace.notBefore; held.After(at) && (!s.pace.yielding || !w.full) {
		at = held
	}
	return at
}

// finished reports whether Close was called and there is nothing left to send, or no time left to send it in.
func (s *sender) finished(w waiting, next time.Time) bool {
	if s.drain == nil {
		return false
	}
	deadline, limited := s.drain.Deadline()
	return w.events == 0 || s.drain.Err() != nil || limited && next.After(deadline)
}

// sleep returns when there may be something to do.
func (s *sender) sleep(alarm <-chan time.Time) {
	var ended <-chan struct{}
	if s.drain != nil {
		ended = s.drain.Done()
	}
	select {
	case <-alarm:
	case <-s.wake:
	case <-ended:
	case ctx := <-s.closing:
		s.beginDrain(ctx)
	}
}

// step sends one batch and reacts to what became of it.
func (s *sender) step(ctx context.Context) {
	var err error
	if s.batch, err = s.backlog.peek(s.batch[:0], s.window.next()); err != nil {
		s.unreadable(err)
		return
	}
	if len(s.batch) == 0 {
		return
	}
	settled, failure := s.settle(s.send(ctx))
	if err := s.backlog.resolve(s.verdicts); err != nil {
		s.reporter.unsaved(err)
	}
	s.pace.sent(len(s.batch), settled)
	s.react(failure, settled)
	clear(s.batch)
}

// unreadable waits for the backoff because the backlog could not be read.
func (s *sender) unreadable(err error) {
	failure := &SendError{Reason: reasonDiskFailed, Err: err}
	s.status.failed(failure)
	s.pace.last = time.Now()
	s.pace.delay(s.pace.backoff.next(0))
	s.reporter.failed(failure)
}

// send makes one attempt and fills in the verdicts. It returns how to go on with the messages that are to be sent again, or
// nil when there are none.
func (s *sender) send(ctx context.Context) *SendError {
	s.verdicts = append(s.verdicts[:0], make([]Verdict, len(s.batch))...)
	verdicts, err := s.call(ctx, Batch{Messages: s.batch, Attempt: s.countAttempt()})
	switch {
	case verdicts == nil && err == nil:
		for i := range s.verdicts {
			s.verdicts[i].Outcome = Delivered
		}
	case len(verdicts) == len(s.batch):
		copy(s.verdicts, verdicts)
	case err == nil:
		err = errVerdictCount
	}
	s.judged = err == nil
	if err != nil {
		return asSendError(err)
	}
	return asFailure(s.verdicts)
}

// countAttempt returns the number of the attempt that is about to be made.
func (s *sender) countAttempt() int {
	if oldest := s.batch[0].UUID; oldest != s.attempt.oldest {
		s.attempt = attempt{oldest: oldest}
	}
	s.attempt.count++
	return s.attempt.count
}

// call calls the sink and survives its panics.
func (s *sender) call(ctx context.Context, b Batch) (verdicts []Verdict, err error) {
	defer func() {
		if p := recover(); p != nil {
			verdicts, err = nil, newPanicError(p)
		}
	}()
	return s.sink.Send(ctx, b)
}

// settle makes a dead letter of a message that was sent alone and cannot be taken, and hands over all dead letters. It returns
// how many messages have their final verdict, and the failure, which is another one when a dead letter could not be kept: the
// sink then pauses, for nothing is forgotten that is not somewhere else.
func (s *sender) settle(failure *SendError) (int, *SendError) {
	if v := &s.verdicts[0]; len(s.batch) == 1 && v.Outcome == Retry && failure != nil {
		*v = failure.verdict()
	}
	settled := 0
	for i := range s.verdicts {
		v := &s.verdicts[i]
		switch v.Outcome {
		case Delivered:
			settled++
		case Rejected:
			v.Reason = orReason(v.Reason, "rejected")
			if err := s.reporter.deadLetter(s.batch[i], v.Reason); err != nil {
				v.Outcome = Retry
				failure = &SendError{Failure: Paused, Reason: reasonDeadLetter, Err: err}
				continue
			}
			settled++
		default:
			v.Outcome = Retry
		}
	}
	return settled, failure
}

// react decides when to go on, and in what portions.
func (s *sender) react(failure *SendError, settled int) {
	paused := failure != nil && failure.Failure == Paused
	if settled > 0 && !paused && s.status.works() {
		s.reporter.resumed()
	}
	if failure == nil {
		s.window.accepted(settled)
		s.pace.goOn()
		return
	}
	s.status.failed(failure)
	left := len(s.batch) - settled
	switch failure.Failure {
	case Paused:
		s.pause(failure)
	case TooLarge:
		s.window.tooLarge(left)
		s.pace.goOn()
	case Poisoned:
		s.window.poisoned(left)
		s.pace.goOn()
	default:
		s.retry(failure, settled, left)
	}
}

// retry waits for the backoff. When most of the batch got through, or the sink has something against a single message, the
// receiver works: what is left goes with the next full batch if that comes first.
func (s *sender) retry(failure *SendError, settled, left int) {
	if settled > 0 {
		s.window.accepted(settled)
		s.pace.backoff.reset()
	}
	s.pace.delay(s.pace.backoff.next(failure.RetryAfter))
	s.pace.yielding = failure.RetryAfter <= 0 && (settled > left || s.judged && left == 1)
	s.reporter.failed(failure)
}

// pause waits for the next probe. While Flush or Close waits, probes come at the pace of retries.
func (s *sender) pause(failure *SendError) {
	wait := s.pace.probe
	switch {
	case s.drain != nil || s.flushing:
		wait = min(wait, s.pace.backoff.next(0))
	case failure.RetryAfter > 0:
		wait = clampRetryAfter(failure.RetryAfter)
	}
	s.pace.delay(wait)
	s.status.pause(failure.Reason)
	s.reporter.paused(failure)
}
