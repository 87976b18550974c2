package runtime

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// asSendError classifies what a sink returned. What says nothing about itself is taken for temporary.
func asSendError(err error) *SendError {
	var e *SendError
	if !errors.As(err, &e) {
		return &SendError{Reason: reasonOf(err), Err: err}
	}
	if e == nil { // a nil pointer in an error is a mistake of the sink; it says nothing
		return &SendError{Reason: "error"}
	}
	c := *e
	if c.Reason == "" {
		c.Reason = defaultReason(e)
	}
	return &c
}

func reasonOf(err error) string {
	var p *panicError
	switch {
	case errors.As(err, &p):
		return "panic"
	case errors.Is(err, errVerdictCount):
		return "verdict_count"
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "canceled"
	default:
		return "error"
	}
}

// defaultReason names a failure to which the sink gave no name.
func defaultReason(e *SendError) string {
	if e.Status != 0 {
		return fmt.Sprintf("http_%d", e.Status)
	}
	names := [...]string{Temporary: "temporary", Paused: "paused", TooLarge: reasonTooLarge, Poisoned: "poisoned"}
	return names[min(int(e.Failure), len(names)-1)]
}

// asFailure returns what verdicts without an error amount to: nil, or that the rest has to be sent again.
func asFailure(verdicts []Verdict) *SendError {
	for _, v := range verdicts {
		if v.Outcome != Delivered && v.Outcome != Rejected {
			return &SendError{Reason: orReason(v.Reason, "retry")}
		}
	}
	return nil
}

// verdict is what the failure means for a message that was sent alone.
func (e *SendError) verdict() Verdict {
	switch e.Failure {
	case TooLarge:
		return Verdict{Rejected, reasonTooLarge}
	case Poisoned:
		return Verdict{Rejected, e.Reason}
	default:
		return Verdict{}
	}
}

func orReason(reason, otherwise string) string {
	if reason == "" {
		return otherwise
	}
	return reason
}

var errVerdictCount = errors.New("the sink returned another number of verdicts than it got messages")

// panicError is a panic of a sink or a hook. Its text never has the panic's value, which may be built from an event, unless
// that is an error of the Go runtime, such as an index out of range.
type panicError struct {
	text  string
	stack []byte
}

func newPanicError(value any) *panicError {
	text := fmt.Sprintf("panic with a %T", value)
	if e, ok := value.(interface {
		error
		RuntimeError()
	}); ok {
		text = "panic: " + e.Error()
	}
	return &panicError{text: text, stack: debug.Stack()}
}

func (e *panicError) Error() string { return e.text }
