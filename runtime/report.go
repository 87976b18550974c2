package runtime

import (
	"errors"
	"log/slog"
	"time"

	"github.com/eventgen/eventgen/spool"
)

// reporter tells log and application what happens to one sink.
type reporter struct {
	sink        string
	destination destinations
	problems    *problemLog
	hook        func(sink string, m Message, reason string) error // may be nil
	letters     *spool.Letters                                    // may be nil
}

func (r *reporter) failed(e *SendError) {
	r.failure(slog.LevelWarn, "events: sink failed, will try again", e)
}

func (r *reporter) paused(e *SendError) {
	r.failure(slog.LevelError, "events: sink paused, events are kept", e)
}

func (r *reporter) failure(level slog.Level, message string, e *SendError) {
	attrs := []slog.Attr{
		slog.String("sink", r.sink),
		slog.String("reason", e.Reason),
		slog.String("error", errorText(e)),
	}
	var p *panicError
	if errors.As(e, &p) {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	r.problems.report(level, problem{message, r.sink, e.Reason}, attrs...)
}

func (r *reporter) resumed() {
	r.problems.logger.Info("events: sink works again", "sink", r.sink)
}

// unsaved reports that the outcome of a batch could not be written down.
func (r *reporter) unsaved(err error) {
	r.problems.report(slog.LevelWarn, problem{"events: delivery not written down, events may be sent again", r.sink, ""},
		slog.String("sink", r.sink), slog.String("error", errorText(err)))
}

// deadLetter hands a message that will never be delivered to those who keep it. The file comes last, so that there is one letter
// even if the application refuses the message for a while.
func (r *reporter) deadLetter(m Message, reason string) error {
	if err := r.callHook(m, reason); err != nil {
		return err
	}
	if r.letters != nil {
		if err := r.letters.Append(r.letter(m, reason)); err != nil {
			return err
		}
	}
	r.problems.report(slog.LevelWarn, problem{"events: dead letter", m.Event, reason},
		slog.String("sink", r.sink), slog.String("event", m.Event), slog.String("reason", reason))
	return nil
}

// callHook asks the application to take a message. One that panics has not taken it.
func (r *reporter) callHook(m Message, reason string) (err error) {
	if r.hook == nil {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = newPanicError(p)
		}
	}()
	return r.hook(r.sink, m, reason)
}

func (r *reporter) letter(m Message, reason string) spool.Letter {
	return spool.Letter{
		At: time.Now().UTC(), Sink: r.sink, Destination: uint8(r.destination), Reason: reason,
		Event: m.Event, DistinctID: m.DistinctID, UUID: m.UUID.String(), Timestamp: m.Timestamp, Properties: m.Properties,
	}
}
