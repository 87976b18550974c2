package posthogsink_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

// impatient makes a client that loses no time over failures.
var impatient = runtime.Config{
	QueueSize: 200_000, QueueBytes: 1 << 30, BatchSize: 100, BatchInterval: 10 * time.Millisecond,
	RetryMin: time.Millisecond, RetryMax: 4 * time.Millisecond, PauseProbe: 2 * time.Millisecond,
}

// shortly is the timeout for a server that hangs on purpose. Elsewhere it would make a busy machine look like a fault.
const shortly = 300 * time.Millisecond

// newSink returns a sink that gives up on a request after timeout.
func newSink(t *testing.T, server *eventstest.Server, transport posthogsink.Transport, timeout time.Duration) runtime.Option {
	t.Helper()
	sink, err := posthogsink.New(posthogsink.Config{
		APIKey: key, Host: server.URL(), Transport: transport, Timeout: timeout,
	})
	if err != nil {
		t.Fatal(err)
	}
	return runtime.WithSink(redact.PostHog, sink)
}

// newClient returns a client that is closed with the test.
func newClient(t *testing.T, cfg runtime.Config, opts ...runtime.Option) (*runtime.Client, *runtime.Event) {
	t.Helper()
	reg, event := newRegistry(redact.Replace)
	client, err := runtime.New(reg, cfg, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return client, event
}

// number returns which event of the test a stored one is.
func number(e eventstest.Event) int {
	n, _ := e.Properties()["n"].(float64)
	return int(n)
}

func TestPoisonIsIsolated(t *testing.T) {
	forEachTransport(t, func(t *testing.T, transport posthogsink.Transport) {
		for _, poison := range []int{0, 1, 37, 98, 99} {
			bad := func(e eventstest.Event) bool { return number(e) == poison }
			server := eventstest.NewServer(t, eventstest.WithPoison(bad))
			cfg := impatient
			cfg.BatchInterval = time.Hour // a batch goes when it is full
			var letters []string
			cfg.DeadLetter = func(_ string, m runtime.Message, reason string) error {
				letters = append(letters, fmt.Sprintf("%s %s", m.DistinctID, reason))
				return nil
			}
			client, event := newClient(t, cfg, newSink(t, server, transport, 10*time.Second))
			for n := range 100 {
				if err := track(t.Context(), client, event, n); err != nil {
					t.Fatal(err)
				}
			}
			if err := client.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			counts := server.Counts()
			if counts.Requests > 16 || counts.Stored != 99 || counts.Unique != 99 {
				t.Errorf("poison %d: %+v, want 99 events in at most 16 requests", poison, counts)
			}
			if want := fmt.Sprintf("user_%d http_400", poison); len(letters) != 1 || letters[0] != want {
				t.Errorf("poison %d: dead letters %q, want %q", poison, letters, want)
			}
		}
	})
}

// weather is what a bad day does to requests. It draws from a seeded source.
type weather struct {
	mu     sync.Mutex
	random *rand.Rand
	rare   map[string]int // how often the faults that cost time may still happen
	seen   map[string]int
	trap   string // where redirects point
}

func newWeather(trap string) *weather {
	return &weather{
		random: rand.New(rand.NewPCG(1, 2)), trap: trap,
		rare: map[string]int{"hang": 6, "429 after a second": 4}, seen: map[string]int{},
	}
}

// storm is one kind of weather for one request.
type storm struct {
	name  string
	reply eventstest.Reply
}

func (w *weather) storms() []storm {
	return []storm{
		{"503", eventstest.Reply{Status: 503}},
		{"503 with a loss of the answer", eventstest.Reply{Status: 503, Stored: true, RetryAfter: "0"}},
		{"500", eventstest.Reply{Status: 500}},
		{"504 stored", eventstest.Reply{Status: 504, Stored: true}},
		{"408", eventstest.Reply{Status: 408}},
		{"429", eventstest.Reply{Status: 429}},
		{"429 after a second", eventstest.Reply{Status: 429, RetryAfter: "1"}},
		{"reset", eventstest.Reply{Fault: eventstest.ResetAnswer}},
		{"reset stored", eventstest.Reply{Fault: eventstest.ResetAnswer, Stored: true}},
		{"reset in reply", eventstest.Reply{Fault: eventstest.ResetReply, Stored: true}},
		{"301", eventstest.Reply{Status: 301, Location: w.trap}},
		{"307", eventstest.Reply{Status: 307, Location: w.trap}},
		{"quota", eventstest.Reply{Status: 200, Body: eventstest.QuotaLimited}},
		{"401", eventstest.Reply{Status: 401}},
		{"413", eventstest.Reply{Status: 413}},
		{"400", eventstest.Reply{Status: 400}},
		{"slow", eventstest.Reply{Delay: 5 * time.Millisecond}},
		{"hang", eventstest.Reply{Fault: eventstest.Hang, Stored: true}},
		{"garbage", eventstest.Reply{Status: 200, Body: "\x00\x01{", Stored: true}},
	}
}

// strike lets two requests in three pass. A refusal for good hits batches only: what is refused alone is a dead letter, and
// there shall be no more of them than there is poison. Nor does a refused batch count as stored.
func (w *weather) strike(r eventstest.Request) eventstest.Reply {
	w.mu.Lock()
	defer w.mu.Unlock()
	storms := w.storms()
	s := storms[w.random.IntN(len(storms))]
	if r.Problem != "" || w.random.IntN(3) > 0 || len(r.Events) < 2 && (s.name == "413" || s.name == "400") {
		return eventstest.Reply{}
	}
	if left, limited := w.rare[s.name]; limited {
		if left == 0 {
			return eventstest.Reply{}
		}
		w.rare[s.name]--
	}
	w.seen[s.name]++
	return s.reply
}

// ledger is a sink that never fails and remembers when and under which uuid each event was accepted.
type ledger struct {
	mu      sync.Mutex
	entries map[string]entry // by distinct_id, which is different for each event of the test
}

type entry struct {
	uuid string
	at   time.Time
}

func (l *ledger) Name() string { return "ledger" }

func (l *ledger) Send(_ context.Context, b runtime.Batch) ([]runtime.Verdict, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range b.Messages {
		l.entries[m.DistinctID] = entry{m.UUID.String(), m.Timestamp}
	}
	return nil, nil
}

func (l *ledger) Close(context.Context) error { return nil }

// TestNothingIsLostInBadWeather sends many events to a PostHog that fails in every way it can, and accounts for each.
func TestNothingIsLostInBadWeather(t *testing.T) {
	forEachTransport(t, func(t *testing.T, transport posthogsink.Transport) {
		events := 100_000
		if testing.Short() || raceDetector || transport == posthogsink.Direct {
			events = 10_000
		}
		const every = 2_500 // one event in so many is poison
		poison := func(e eventstest.Event) bool { return number(e)%every == every/2 }
		trap := eventstest.NewServer(t)
		w := newWeather(trap.URL() + "/batch/")
		server := eventstest.NewServer(t, eventstest.WithPoison(poison))
		server.Handle(w.strike)
		accepted := &ledger{entries: map[string]entry{}}
		client, event := newClient(t, impatient, newSink(t, server, transport, shortly), runtime.WithSink(redact.Audit, accepted))

		begin := time.Now()
		trackAll(t, client, event, events)
		if err := client.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		stats := conserved(t, client)
		t.Logf("%d events in %v: %+v, weather %v", events, time.Since(begin), server.Counts(), w.seen)
		dead := uint64(events / every)
		for _, s := range stats.Sinks {
			want := uint64(events)
			if s.Name == "posthog" {
				want -= dead
			}
			if s.Delivered != want || s.DeadLettered["http_400"] != uint64(events)-want || s.Total() != uint64(events) {
				t.Errorf("sink %s: %+v", s.Name, s)
			}
		}
		if got := trap.Counts().Requests; got != 0 {
			t.Errorf("%d redirects followed", got)
		}
		checkStored(t, server, accepted, events-int(dead))
	})
}

// trackAll tracks from several goroutines, and looks now and then whether every event is accounted for.
func trackAll(t *testing.T, client *runtime.Client, event *runtime.Event, events int) {
	t.Helper()
	const workers = 4
	var tracking sync.WaitGroup
	for worker := range workers {
		tracking.Go(func() {
			for n := worker; n < events; n += workers {
				if err := track(t.Context(), client, event, n); err != nil {
					t.Errorf("event %d: %v", n, err)
					return
				}
				if n%1000 == 0 {
					conserved(t, client)
				}
			}
		})
	}
	tracking.Wait()
}

func conserved(t *testing.T, client *runtime.Client) runtime.Stats {
	t.Helper()
	stats := client.Stats()
	for _, s := range stats.Sinks {
		if s.Total() != stats.Accepted {
			t.Errorf("sink %s accounts for %d of %d events: %+v", s.Name, s.Total(), stats.Accepted, s)
		}
	}
	return stats
}

// checkStored compares every copy that arrived with what was accepted.
func checkStored(t *testing.T, server *eventstest.Server, accepted *ledger, want int) {
	t.Helper()
	var errs []error
	found := map[string]bool{}
	for _, e := range server.Events() {
		got, want := entry{e.UUID, e.Timestamp}, accepted.entries[e.DistinctID]
		if got.uuid != want.uuid || !got.at.Equal(want.at) {
			errs = append(errs, fmt.Errorf("%s arrived as %v, accepted as %v", e.DistinctID, got, want))
		}
		found[e.DistinctID] = true
	}
	if len(errs) > 10 {
		errs = append(errs[:10], fmt.Errorf("and %d more", len(errs)-10))
	}
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	if len(found) != want || server.Counts().Unique != want {
		t.Errorf("%d events arrived, %d by PostHog's own measure, want %d", len(found), server.Counts().Unique, want)
	}
}
