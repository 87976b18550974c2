package eventstest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// canarySink notes what it gets, and does all that sinks do wrong: it panics with the payload, fails, and refuses messages.
type canarySink struct {
	destination redact.Destination
	away        bool // takes nothing

	mu    sync.Mutex
	sends int
	got   map[runtime.UUID]runtime.Message
}

func (s *canarySink) Name() string { return "canary-" + string(s.destination) }

func (s *canarySink) Close(context.Context) error { return nil }

func (s *canarySink) Send(_ context.Context, b runtime.Batch) ([]runtime.Verdict, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range b.Messages {
		m.Properties = bytes.Clone(m.Properties)
		s.got[m.UUID] = m
	}
	s.sends++
	switch {
	case s.away:
		return nil, &runtime.SendError{RetryAfter: time.Hour, Reason: "http_503"}
	case s.sends == 1:
		panic(fmt.Sprintf("%+v", b)) //nolint:forbidigo // what a bad sink does
	case s.sends == 2:
		panic(&runtime.SendError{Err: fmt.Errorf("%s", b.Messages[0].Properties)}) //nolint:forbidigo // the same
	case s.sends == 3:
		return nil, errors.New("connection reset")
	}
	verdicts := make([]runtime.Verdict, len(b.Messages))
	for i := range verdicts {
		verdicts[i] = runtime.Verdict{Outcome: runtime.Delivered}
	}
	if s.sends == 4 {
		verdicts[0] = runtime.Verdict{Outcome: runtime.Rejected, Reason: "http_400"}
	}
	return verdicts, nil
}

// messages returns what the sink got.
func (s *canarySink) messages() map[runtime.UUID]runtime.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got
}

// lockedBuffer takes what several loggers write.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// bothWays returns a logger that writes each line as text and as JSON.
func bothWays(b *lockedBuffer) *slog.Logger {
	all := &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}
	return slog.New(slog.NewMultiHandler(slog.NewTextHandler(b, all), slog.NewJSONHandler(b, all)))
}

// trusting lets every payload pass, so that the Writer sees what a validator would have held back.
type trusting struct{}

func (trusting) Validate(string, map[string]any) error { return nil }

// canaryClient is a client with everything that it writes to.
type canaryClient struct {
	*runtime.Client

	sinks    []*canarySink
	problems lockedBuffer
	events   lockedBuffer
}

// open returns a client for the events of the run.
func (r *canaryRun) open(cfg runtime.Config, away bool, opts ...runtime.Option) *canaryClient {
	r.t.Helper()
	c := &canaryClient{}
	all := []runtime.Option{runtime.WithSchemas(trusting{})}
	for _, d := range canaryDestinations() {
		sink := &canarySink{destination: d, away: away, got: map[runtime.UUID]runtime.Message{}}
		c.sinks = append(c.sinks, sink)
		all = append(all, runtime.WithSink(d, sink))
	}
	all = append(append(append(all, runtime.WithSink(redact.Log, runtime.NewLogSink(bothWays(&c.events)))), r.options...), opts...)
	cfg.Mode, cfg.Keys, cfg.RetryMin, cfg.RetryMax = "canaries", r.keys, 1, time.Millisecond
	var err error
	if c.Client, err = runtime.New(r.registry, cfg, append(all, runtime.WithLogger(bothWays(&c.problems)))...); err != nil {
		r.t.Fatalf("eventstest: %v", err)
	}
	return c
}

// close closes the client and notes what it has written.
func (r *canaryRun) close(what string, c *canaryClient) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
	defer cancel()
	r.surface("the statistics "+what, fmt.Appendf(nil, "%+v\n%#v", c.Stats(), c.Stats()))
	err := c.Close(ctx)
	r.failed("Close "+what, err)
	if err != nil && !c.sinks[0].away { // what is for a log is lost where that takes nothing
		r.errorf("close %s: %v", what, err)
	}
	data, err := json.Marshal(c.Stats())
	if err != nil {
		r.errorf("statistics: %v", err)
	}
	r.surface("the statistics "+what, data)
	r.surface("the log of problems "+what, c.problems.buf.Bytes())
	r.surface("the log of events "+what, c.events.buf.Bytes(), redact.Log)
}

// inMemory runs a client with queues in memory.
func (r *canaryRun) inMemory() {
	r.t.Helper()
	letters := &lockedBuffer{}
	c := r.open(runtime.Config{DeadLetter: func(sink string, m runtime.Message, reason string) error {
		_, err := fmt.Fprintf(letters, "%s %s %+v %s\n", sink, reason, m, m.Properties)
		return err
	}}, false)
	r.trackAll(c.Client)
	r.trackSpoilt(c.Client)
	r.flush(c.Client)
	r.close("of the queue in memory", c)
	r.surface("the dead letters in memory", letters.buf.Bytes(), canaryDestinations()...)
	r.refused("a closed client", r.events[0].write(c.Begin(context.Background(), r.events[0].event, r.events[0].id.text, nil),
		(*canaryNode).write))
	r.checkMessages(c.sinks)

	small := r.open(runtime.Config{MaxEventBytes: 1}, false)
	for _, e := range r.events {
		r.refused("a large "+e.event.Name, e.write(small.Begin(context.Background(), e.event, e.id.text, nil), (*canaryNode).write))
	}
	r.close("of a client that takes nothing", small)
}

// checkMessages compares everything that sinks got with what was tracked.
func (r *canaryRun) checkMessages(sinks []*canarySink) {
	r.t.Helper()
	for _, sink := range sinks {
		got := sink.messages()
		for id, e := range r.calls {
			m, ok := got[id]
			if r.goes(e, sink.destination) != ok {
				r.errorf("%s: reached %s: %t", e.event.Name, sink.destination, ok)
			}
			if ok {
				r.checkMessage(sink.destination, e, m)
			}
		}
		if len(got) > len(r.calls) {
			r.errorf("%s got %d messages that were not tracked", sink.destination, len(got)-len(r.calls))
		}
	}
	clear(r.calls)
}

// goes reports whether an event is for a destination.
func (r *canaryRun) goes(e *canaryEvent, d redact.Destination) bool {
	return len(e.event.Destinations) == 0 || slices.Contains(e.event.Destinations, d)
}

func (r *canaryRun) checkMessage(d redact.Destination, e *canaryEvent, m runtime.Message) {
	r.t.Helper()
	check := messageCheck{policy: r.policy, destination: d, search: r.search}
	check.report = func(c *canary, s redact.Strategy, what string) {
		r.errorf("%s, %s: for %s, under %s, %s", e.event.Name, c.path, d, s, what)
	}
	left, err := check.rest(e, m)
	if err != nil {
		r.errorf("%s for %s: %v", e.event.Name, d, err)
		return
	}
	for _, x := range r.search.find(left, nil) {
		r.errorf("a piece of %s is in the message of %s for %s, %s", x.of.path, e.event.Name, d, x.form)
	}
}
