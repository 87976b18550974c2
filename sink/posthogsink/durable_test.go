package posthogsink_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
	"github.com/eventgen/eventgen/spool"
)

// durableEnv is the environment of a service with a durable queue that sends to server.
func durableEnv(server *eventstest.Server, dir string, transport posthogsink.Transport) env {
	return env{
		"POSTHOG_API_KEY": key, "POSTHOG_HOST": server.URL(), "POSTHOG_TRANSPORT": string(transport),
		"EVENTS_SEND": "always", "EVENTS_BATCH_SIZE": "50", "EVENTS_BATCH_INTERVAL_MS": "50", "EVENTS_SPOOL_DIR": dir,
	}
}

// openDurable opens a client.
func openDurable(t testing.TB, e env, opts ...runtime.Option) (*runtime.Client, *runtime.Event) {
	t.Helper()
	reg, event := newRegistry(redact.Replace)
	client, err := posthogsink.Open(e.lookup, reg, append([]runtime.Option{runtime.WithLogger(nil)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client, event
}

// within returns a context with a deadline.
func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// checkSums fails the test when the counters of some sink do not add up.
func checkSums(t testing.TB, stats runtime.Stats) {
	t.Helper()
	for _, s := range stats.Sinks {
		if s.Total() != stats.Accepted+s.Recovered {
			t.Errorf("sink %s accounts for %d of %d + %d events: %+v", s.Name, s.Total(), stats.Accepted, s.Recovered, s)
		}
	}
}

// TestRestartDeliversTheRest tracks while PostHog is down and expects the next client to deliver the very same events.
func TestRestartDeliversTheRest(t *testing.T) {
	forEachTransport(t, func(t *testing.T, transport posthogsink.Transport) {
		server := eventstest.NewServer(t)
		server.Handle(func(eventstest.Request) eventstest.Reply { return eventstest.Reply{Status: 503} })
		e := durableEnv(server, t.TempDir(), transport)

		first, event := openDurable(t, e)
		const events = 120
		for n := range events {
			if err := track(t.Context(), first, event, n); err != nil {
				t.Fatal(err)
			}
		}
		if err := server.WaitRequests(t.Context(), 1); err != nil { // the same events are sent twice
			t.Fatal(err)
		}
		if err := first.Close(within(t, 50*time.Millisecond)); err != nil {
			t.Errorf("Close with PostHog down: %v", err)
		}
		stats := first.Stats()
		checkSums(t, stats)
		if s, _ := stats.Sink("posthog"); s.Queued != events || stats.Accepted != events {
			t.Errorf("after Close: %+v", s)
		}
		before := map[string]eventstest.Event{}
		for _, r := range server.Requests() {
			for _, stored := range r.Events {
				before[stored.UUID] = stored
			}
		}

		server.Handle(nil)
		log := &journal{}
		second, _ := openDurable(t, e, runtime.WithLogger(log.logger()))
		if err := second.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		stats = second.Stats()
		checkSums(t, stats)
		if s, _ := stats.Sink("posthog"); s.Recovered != events || s.Delivered != events || stats.Accepted != 0 {
			t.Errorf("after the restart: %+v", s)
		}
		if line := log.lines(t, "events: client started"); len(line) != 1 || line[0]["recovered"] != float64(events) ||
			line[0]["queue"] != "durable" || line[0]["sync"] != "interval" {
			t.Errorf("start line: %v", line)
		}
		if err := second.Close(within(t, time.Second)); err != nil {
			t.Error(err)
		}
		checkDelivered(t, server, events, before)
	})
}

// checkDelivered expects all events, once each, and those that were sent before to be what they were.
func checkDelivered(t *testing.T, server *eventstest.Server, events int, before map[string]eventstest.Event) {
	t.Helper()
	all := server.Unique()
	if len(all) != events || len(before) == 0 {
		t.Errorf("%d events, want %d; %d were sent before", len(all), events, len(before))
	}
	for n, e := range all {
		if number(e) != n {
			t.Errorf("event %d at position %d", number(e), n)
		}
		if b, sent := before[e.UUID]; sent && string(b.Raw) != string(e.Raw) {
			t.Errorf("sent\n%s\nand then\n%s", b.Raw, e.Raw)
		}
	}
}

// TestPoisonOverTheSpool expects one bad event among a hundred to be found in few requests, and to end in a file.
func TestPoisonOverTheSpool(t *testing.T) {
	forEachTransport(t, func(t *testing.T, transport posthogsink.Transport) {
		server := eventstest.NewServer(t, eventstest.WithPoison(func(e eventstest.Event) bool { return number(e) == 37 }))
		dir := t.TempDir()
		e := durableEnv(server, dir, transport)
		e["EVENTS_BATCH_SIZE"], e["EVENTS_BATCH_INTERVAL_MS"] = "100", "60000"
		client, event := openDurable(t, e)
		for n := range 100 {
			if err := track(t.Context(), client, event, n); err != nil {
				t.Fatal(err)
			}
		}
		if err := client.Close(within(t, time.Minute)); err != nil {
			t.Fatal(err)
		}
		stats := client.Stats()
		checkSums(t, stats)
		if s, _ := stats.Sink("posthog"); s.Delivered != 99 || s.DeadLettered["http_400"] != 1 {
			t.Errorf("stats: %+v", s)
		}
		if c := server.Counts(); c.Requests > 16 || c.Unique != 99 {
			t.Errorf("%+v, want 99 events in at most 16 requests", c)
		}
		text, err := os.ReadFile(filepath.Join(dir, "events", "dead", "posthog.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			`"sink":"posthog"`, `"destination":1`, `"reason":"http_400"`, `"event":"signed_up"`, `"distinct_id":"user_37"`, `"n":37`,
		} {
			if !strings.Contains(string(text), want) {
				t.Errorf("no %s in %s", want, text)
			}
		}
		if n := strings.Count(string(text), "\n"); n != 1 || strings.Contains(string(text), "jane@") {
			t.Errorf("%d lines: %s", n, text)
		}
	})
}

// TestFailingSinkDoesNotSlowAnother has one sink to PostHog that is down, and one of the caller's over the same spool.
func TestFailingSinkDoesNotSlowAnother(t *testing.T) {
	t.Parallel()
	server := eventstest.NewServer(t)
	server.Handle(func(eventstest.Request) eventstest.Reply { return eventstest.Reply{Fault: eventstest.Hang} })
	healthy := eventstest.NewServer(t)
	other := named{open(t, healthy, posthogsink.Config{Transport: posthogsink.Direct}), "other"}
	e := durableEnv(server, t.TempDir(), posthogsink.Direct)
	client, event := openDurable(t, e, runtime.WithSink(redact.Audit, other))
	const events = 500
	for n := range events {
		if err := track(t.Context(), client, event, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := healthy.Wait(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	if err := client.Close(within(t, 100*time.Millisecond)); err != nil {
		t.Error(err)
	}
	stats := client.Stats()
	checkSums(t, stats)
	down, _ := stats.Sink("posthog")
	up, _ := stats.Sink("other")
	if down.Queued != events || up.Delivered != events || server.Counts().Stored != 0 {
		t.Errorf("down %+v, up %+v", down, up)
	}
}

// named gives a sink another name.
type named struct {
	runtime.Sink
	name string
}

func (n named) Name() string { return n.name }

// Close leaves the sink to the test.
func (n named) Close(context.Context) error { return nil }

// TestOpenWithUnusableFolder expects an error that names the variable and says why.
func TestOpenWithUnusableFolder(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	shared := filepath.Join(t.TempDir(), "shared")
	if err := errors.Join(os.MkdirAll(filepath.Join(shared, "events"), 0o700), os.Chmod(filepath.Join(shared, "events"), 0o777)); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		dir, want string
		is        error
	}{
		"a file":           {file, "not a directory", nil},
		"open to everyone": {shared, "belong to this process's user alone", spool.ErrUnsafe},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reg, _ := newRegistry(redact.Replace)
			e := env{"POSTHOG_API_KEY": key, "EVENTS_SEND": "always", "EVENTS_SPOOL_DIR": tt.dir}
			client, err := posthogsink.Open(e.lookup, reg, runtime.WithLogger(nil))
			var problem *posthogsink.EnvError
			if client != nil || !errors.As(err, &problem) || problem.Variable != "EVENTS_SPOOL_DIR" ||
				!strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v, %v", client, err)
			}
		})
	}
}

// TestAuditHasItsOwnSpool opens both clients on one folder.
func TestAuditHasItsOwnSpool(t *testing.T) {
	t.Parallel()
	server := eventstest.NewServer(t)
	dir := t.TempDir()
	e := durableEnv(server, dir, posthogsink.Direct)
	product, event := openDurable(t, e)
	reg, auditEvent := newRegistry(redact.Replace)
	audit, err := posthogsink.OpenAudit(e.lookup, reg, runtime.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(track(t.Context(), product, event, 1), track(t.Context(), audit, auditEvent, 2)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]*runtime.Client{"events": product, "audit": audit} {
		if path := c.Stats().Spool.Path; path != filepath.Join(dir, name) {
			t.Errorf("the spool of %s is %s", name, path)
		}
		if err := c.Close(within(t, time.Minute)); err != nil {
			t.Error(err)
		}
	}
	if got := fmt.Sprint(len(server.Unique())); got != "2" {
		t.Errorf("%s events", got)
	}
}
