package runtime

import (
	"errors"
	"log/slog"
)

// reporter tells log and application what happens to one sink.
type reporter struct {
	sink     string
	problems *problemLog
	hook     func(sink string, m Message, reason string) // may be nil
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

// deadLetter reports a message that will never be delivered and hands it to the application.
func (r *reporter) deadLetter(m Message, reason string) {
	r.problems.report(slog.LevelWarn, problem{"events: dead letter", m.Event, reason},
		slog.String("sink", r.sink), slog.String("event", m.Event), slog.String("reason", reason))
	if r.hook == nil {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			r.failed(asSendError(newPanicError(p)))
		}
	}()
	r.hook(r.sink, m, reason)
}
