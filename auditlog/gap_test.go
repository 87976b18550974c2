package auditlog

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// registry has one event, api_request, with a property that must not be empty.
func registry() (*runtime.Registry, *runtime.Event) {
	e := &runtime.Event{Name: "api_request", Object: runtime.Object{Properties: []runtime.Property{
		{Name: "requestId", Required: true, Value: runtime.Value{Type: runtime.String, MinLength: 1}},
	}}}
	return &runtime.Registry{Package: "test", Events: []*runtime.Event{e}}, e
}

func track(t *testing.T, c *runtime.Client, e *runtime.Event, id string) error {
	t.Helper()
	w := c.Begin(t.Context(), e, "user_1", nil)
	w.String(id)
	return w.Commit()
}

func TestWatchRecordsWhatIsMissing(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s, err := Open(t.Context(), place, Options{})
		if err != nil {
			t.Fatal(err)
		}
		reg, event := registry()
		client, err := runtime.New(reg, runtime.Config{QueueSize: 3, BatchSize: 100, BatchInterval: time.Hour}, runtime.WithSink(redact.Audit, s))
		if err != nil {
			t.Fatal(err)
		}
		s.Watch(client.Stats)
		for range 5 {
			if err := track(t, client, event, ""); err == nil {
				t.Fatal("an invalid event was accepted")
			}
		}
		full := 0
		s.mu.Lock() // a full queue is sent at once, and the record comes with the first batch
		for range 10 {
			if errors.Is(track(t, client, event, "r"), runtime.ErrQueueFull) {
				full++
			}
		}
		s.mu.Unlock()
		if err := client.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := verified(t, s, VerifyOptions{})
		if want := map[string]uint64{"rejected_invalid": 5, "rejected_queue_full": uint64(full)}; !maps.Equal(r.Missing, want) || full == 0 {
			t.Errorf("got %v, want %v", r.Missing, want)
		}
		_ = track(t, client, event, "") // within a minute of the last record: Close has it
		if err := client.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		r = verified(t, open(t, place, Options{ReadOnly: true}), VerifyOptions{})
		if r.Missing["rejected_invalid"] != 6 || len(r.Open) != 0 || r.Rows != 1+1+int64(10-full)+1+1 {
			t.Errorf("got %+v", r)
		}
	})
}

func TestCloseRecordsWhatIsQueued(t *testing.T) {
	t.Parallel()
	place := t.TempDir() + "/audit.db"
	s := open(t, place, Options{})
	stats := runtime.Stats{
		Rejected: runtime.Counts{"invalid": 2},
		Sinks: []runtime.SinkStats{
			{Name: "other", Queued: 99},
			{Name: sinkName, Queued: 7, DeadLettered: runtime.Counts{"constraint": 1}, Dropped: runtime.Counts{"destination": 50, "queue_full": 3}},
		},
	}
	s.Watch(func() runtime.Stats { return stats })
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := verified(t, open(t, place, Options{ReadOnly: true}), VerifyOptions{})
	want := map[string]uint64{"rejected_invalid": 2, "unsent": 7, "dead_lettered_constraint": 1, "dropped_queue_full": 3}
	if !maps.Equal(r.Missing, want) {
		t.Errorf("got %v, want %v", r.Missing, want)
	}
}

func TestGapsWaitForTheirTransaction(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir()+"/audit.db", Options{})
	c := &clock{time.Now()}
	s.now = c.now
	lost := uint64(4)
	s.Watch(func() runtime.Stats { return runtime.Stats{Rejected: runtime.Counts{"invalid": lost}} })
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Send(ended, requests(1, 1)); err == nil {
		t.Fatal("a send with a context that has ended succeeded")
	}
	for range 3 { // the failed one is not counted as recorded, and is due again after a minute at the latest
		c.advance(gapInterval)
		send(t, s, requests(int(c.at.Unix()%1_000_000), 1))
	}
	if got := verified(t, s, VerifyOptions{}).Missing; got["rejected_invalid"] != 4 {
		t.Errorf("got %v", got)
	}
	if err := s.RecordGap(t.Context(), "spool_damaged", 12); err != nil {
		t.Fatal(err)
	}
	var properties string
	if err := s.db.QueryRowContext(t.Context(), "SELECT properties FROM audit_logs WHERE kind = 'gap' ORDER BY id DESC").Scan(&properties); err != nil {
		t.Fatal(err)
	}
	var e struct{ Body gap }
	if err := json.Unmarshal([]byte(properties), &e); err != nil || e.Body.Counts["spool_damaged"] != 12 {
		t.Errorf("got %s", properties)
	}
}
