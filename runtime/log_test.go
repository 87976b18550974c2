package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestLogSink(t *testing.T) {
	t.Parallel()
	batch := Batch{Messages: []Message{{
		Event: "signed_up", DistinctID: "h1.k1.x", UUID: UUID{15: 1}, Timestamp: time.Unix(1, 0).UTC(),
		Properties: []byte(`{"plan":"pro","n":1}`),
	}}}
	for name, test := range map[string]struct {
		handler func(io.Writer) slog.Handler
		want    string
	}{
		"json": {
			func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
			`"level":"INFO","msg":"event","event":"signed_up","distinct_id":"h1.k1.x",` +
				`"uuid":"00000000-0000-0000-0000-000000000001","timestamp":"1970-01-01T00:00:01Z","properties":{"plan":"pro","n":1}}`,
		},
		"text": {
			func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
			`level=INFO msg=event event=signed_up distinct_id=h1.k1.x uuid=00000000-0000-0000-0000-000000000001 ` +
				`timestamp=1970-01-01T00:00:01.000Z properties="{\"plan\":\"pro\",\"n\":1}"`,
		},
		"quiet": {
			func(w io.Writer) slog.Handler {
				return slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelWarn})
			},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			sink := NewLogSink(slog.New(test.handler(&out)))
			if verdicts, err := sink.Send(t.Context(), batch); verdicts != nil || err != nil {
				t.Errorf("Send: %v, %v", verdicts, err)
			}
			if got := strings.TrimSuffix(out.String(), "\n"); !strings.HasSuffix(got, test.want) || (test.want == "") != (got == "") {
				t.Errorf("logged %s\nwant     %s", got, test.want)
			}
			if err := sink.Close(t.Context()); err != nil || sink.Name() != "log" {
				t.Errorf("Close: %v", err)
			}
		})
	}
}

// TestLogSinkKeepsNothingOfTheBatch checks that a handler which keeps its records does not see memory that is used again.
func TestLogSinkKeepsNothingOfTheBatch(t *testing.T) {
	t.Parallel()
	kept := &keepingHandler{}
	properties := []byte(`{"a":1}`)
	_, _ = NewLogSink(slog.New(kept)).Send(t.Context(), Batch{Messages: []Message{{Properties: properties}}})
	copy(properties, `{"b":2}`)
	kept.records[0].Attrs(func(a slog.Attr) bool {
		if a.Key == "properties" && fmt.Sprint(a.Value) != `{"a":1}` {
			t.Errorf("properties have become %v", a.Value)
		}
		return true
	})
}

// keepingHandler keeps what is logged.
type keepingHandler struct{ records []slog.Record }

func (h *keepingHandler) Enabled(context.Context, slog.Level) bool { return true }
func (h *keepingHandler) Handle(_ context.Context, r slog.Record) error {
	h.records = append(h.records, r)
	return nil
}
func (h *keepingHandler) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h *keepingHandler) WithGroup(string) slog.Handler      { return h }

// logged is a logger whose lines can be read.
type logged struct{ bytes.Buffer }

func (l *logged) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(&l.Buffer, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "stack" {
			return slog.Attr{}
		}
		return a
	}}))
}

// lines returns what was logged, and forgets it.
func (l *logged) lines() []string {
	defer l.Reset()
	return strings.Split(strings.TrimSuffix(l.String(), "\n"), "\n")
}

func expectLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("logged\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestProblemsAreLoggedOnceAMinute(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var log logged
		c := newTestClient(t, Config{}, WithLogger(log.logger()))
		for range 3 {
			c.reject("signed_up", "invalid", errors.New("runtime: invalid event"))
			c.reject("signed_up", "sampled", nil)
		}
		c.reject("trial_started", "invalid", errors.New("other"))
		expectLines(t, log.lines(),
			`{"level":"WARN","msg":"events: event refused","event":"signed_up","reason":"invalid","error":"runtime: invalid event"}`,
			`{"level":"WARN","msg":"events: event refused","event":"trial_started","reason":"invalid","error":"other"}`)
		time.Sleep(problemInterval)
		c.reject("signed_up", "invalid", errors.New("again"))
		expectLines(t, log.lines(),
			`{"level":"WARN","msg":"events: event refused","event":"signed_up","reason":"invalid","error":"again","suppressed":2}`)
		closeClient(t, c)
	})
}

func TestProblemsAreBounded(t *testing.T) {
	t.Parallel()
	var log logged
	problems := newProblemLog(log.logger())
	for n := range 3 * maxProblems {
		problems.report(slog.LevelWarn, problem{message: "m", subject: fmt.Sprint(n), reason: fmt.Sprint(n)})
	}
	if len(problems.seen) > maxProblems+1 || len(log.lines()) > maxProblems+1 {
		t.Errorf("%d problems are told apart", len(problems.seen))
	}
}

// TestLogLinesOfASink checks the lines about a sink from its first failure to the end, and that none has a value.
func TestLogLinesOfASink(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		const secret = "jane@example.com"
		var log logged
		sink := &scriptSink{name: "s"}
		answers := []func() error{
			func() error { return &SendError{Status: 503} },
			func() error { panic(secret) },
			func() error { return &SendError{Failure: Paused, Status: 401, Err: errors.New("unknown key")} },
			func() error { return nil },
			func() error { return &SendError{Failure: Poisoned, Status: 400} },
		}
		sink.script = func(context.Context, Batch) ([]Verdict, error) { return nil, answers[len(sink.sent())-1]() }
		c := newTestClient(t, Config{BatchSize: 1}, WithLogger(log.logger()), WithSink(toPostHog, sink))
		r := numbered(1)
		r.lanes[0].properties = []byte(`{"email":"` + secret + `"}`)
		_ = c.enqueue(t.Context(), r)
		time.Sleep(time.Hour)
		_ = c.enqueue(t.Context(), r)
		synctest.Wait()
		closeClient(t, c)
		if strings.Contains(log.String(), secret) {
			t.Error("a value of the event was logged")
		}
		expectLines(t, log.lines(),
			`{"level":"WARN","msg":"events: sink failed, will try again","sink":"s","reason":"http_503","error":"runtime: send: http_503"}`,
			`{"level":"WARN","msg":"events: sink failed, will try again","sink":"s","reason":"panic","error":"runtime: send: panic: panic with a string"}`,
			`{"level":"ERROR","msg":"events: sink paused, events are kept","sink":"s","reason":"http_401","error":"runtime: send: http_401: unknown key"}`,
			`{"level":"INFO","msg":"events: sink works again","sink":"s"}`,
			`{"level":"WARN","msg":"events: dead letter","sink":"s","event":"event","reason":"http_400"}`,
			`{"level":"INFO","msg":"events: sink closed","sink":"s","delivered":1,"dead_lettered":1,"dropped":0,"kept":0}`)
	})
}

func TestErrorTextIsCut(t *testing.T) {
	t.Parallel()
	text := errorText(errors.New(strings.Repeat("ü", 10_000)))
	if len(text) > maxErrorText+3 || !strings.HasSuffix(text, "ü…") {
		t.Errorf("%d bytes: …%q", len(text), text[len(text)-10:])
	}
	if _, err := json.Marshal(text); err != nil {
		t.Error(err)
	}
}
