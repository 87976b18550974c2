package runtime

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// LogSink is a [Sink] that writes each event as one line, at level info, to a logger. Used with the log destination, it
// shows what the policy allows in logs. It never fails.
type LogSink struct {
	logger *slog.Logger
}

// NewLogSink returns a sink that writes to logger, which must not be nil.
func NewLogSink(logger *slog.Logger) *LogSink { return &LogSink{logger: logger} }

// Name returns "log".
func (s *LogSink) Name() string { return "log" }

// Send writes the events.
func (s *LogSink) Send(ctx context.Context, batch Batch) ([]Verdict, error) {
	if !s.logger.Enabled(ctx, slog.LevelInfo) {
		return nil, nil
	}
	for i := range batch.Messages {
		m := &batch.Messages[i]
		s.logger.LogAttrs(ctx, slog.LevelInfo, "event",
			slog.String("event", m.Event),
			slog.String("distinct_id", m.DistinctID),
			slog.String("uuid", m.UUID.String()),
			slog.Time("timestamp", m.Timestamp),
			slog.Any("properties", jsonText(bytes.Clone(m.Properties))),
		)
	}
	return nil, nil
}

// Close does nothing: the logger is the caller's.
func (s *LogSink) Close(context.Context) error { return nil }

// jsonText is JSON that stays JSON in a JSON log and is text in every other.
type jsonText []byte

func (t jsonText) MarshalJSON() ([]byte, error) { return t, nil }
func (t jsonText) MarshalText() ([]byte, error) { return t, nil }
func (t jsonText) String() string               { return string(t) }

// problemInterval is how often one problem is reported.
const problemInterval = time.Minute

// maxProblems bounds the memory for problems that are told apart. Beyond it, new ones share an entry.
const maxProblems = 1000

// problemLog reports problems, each at most once in a problemInterval, with the number of times it was left out.
type problemLog struct {
	logger *slog.Logger
	mu     sync.Mutex
	seen   map[problem]*occurrence
}

// problem is what makes two reports the same.
type problem struct {
	message string
	subject string // the event or the sink
	reason  string
}

// occurrence is when a problem was last reported, and how often it was left out since.
type occurrence struct {
	reported   time.Time
	suppressed int
}

func newProblemLog(logger *slog.Logger) *problemLog {
	return &problemLog{logger: logger, seen: map[problem]*occurrence{}}
}

// report logs a problem unless it was reported just now. The attributes must not hold values of events.
func (l *problemLog) report(level slog.Level, p problem, attrs ...slog.Attr) {
	suppressed, due := l.due(p)
	if !due {
		return
	}
	if suppressed > 0 {
		attrs = append(attrs, slog.Int("suppressed", suppressed))
	}
	l.logger.LogAttrs(context.Background(), level, p.message, attrs...)
}

// due reports whether the problem is to be logged now, and how often it was not since the last time.
func (l *problemLog) due(p problem) (suppressed int, due bool) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	o := l.seen[p]
	if o == nil {
		o = l.remember(p)
	}
	if !o.reported.IsZero() && now.Sub(o.reported) < problemInterval {
		o.suppressed++
		return 0, false
	}
	suppressed = o.suppressed
	*o = occurrence{reported: now}
	return suppressed, true
}

func (l *problemLog) remember(p problem) *occurrence {
	if len(l.seen) >= maxProblems {
		p.subject, p.reason = otherReason, otherReason
		if o := l.seen[p]; o != nil {
			return o
		}
	}
	o := &occurrence{}
	l.seen[p] = o
	return o
}

// maxErrorText bounds error texts in logs and statistics, in bytes.
const maxErrorText = 500

// errorText returns the text of an error, cut to a length that a log line bears.
func errorText(err error) string {
	text := err.Error()
	if len(text) > maxErrorText {
		text = text[:maxErrorText] + "…"
	}
	return strings.ToValidUTF8(text, "")
}
