package eventstest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

func TestRecordsWhatIsTracked(t *testing.T) {
	t.Parallel()
	client, rec := eventstest.New(t, registry)
	if err := errors.Join(
		trackOrdered(t.Context(), client, "u1", sample()),
		trackPaid(t.Context(), client, "u1", paid{ID: "o1"}),
		trackPaid(t.Context(), client, "u2", paid{ID: "o2"}),
		client.Alias(t.Context(), "u1", "old"),
	); err != nil {
		t.Fatal(err)
	}
	if all := eventstest.All[paid](rec); len(all) != 2 || all[0].ID != "o1" || all[1].ID != "o2" {
		t.Errorf("All = %v", all)
	}
	if one := eventstest.One[ordered](t, rec); one.Contact.Reveal() != "secret@example.com" {
		t.Errorf("One = %v", one)
	}
	eventstest.Want(t, rec, sample())
	eventstest.None[line](t, rec)
	var calls []string
	for _, call := range rec.Calls() {
		calls = append(calls, call.Event+" "+call.DistinctID)
	}
	if want := []string{"ordered u1", "paid u1", "paid u2", "$create_alias u1"}; !slices.Equal(calls, want) {
		t.Errorf("Calls = %q, want %q", calls, want)
	}
}

// TestSent compares with a payload that was written by hand. Its pseudonyms come from the formula in package redact, worked
// out with another program: golden files of users rely on them.
func TestSent(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	client, rec := eventstest.New(t, registry, eventstest.With(runtime.WithClock(func() time.Time { return now })))
	if err := trackOrdered(t.Context(), client, "u1", sample(), runtime.WithGroup("team", "t1")); err != nil {
		t.Fatal(err)
	}
	if err := trackPaid(t.Context(), client, "u1", paid{ID: "o1"}); err != nil {
		t.Fatal(err)
	}
	sent := rec.Sent()
	if len(sent) != 1 || len(rec.SentTo(redact.Audit)) != 2 || len(rec.SentTo(redact.Log)) != 1 {
		t.Fatalf("sent %d, %d, %d", len(sent), len(rec.SentTo(redact.Audit)), len(rec.SentTo(redact.Log)))
	}
	m := sent[0]
	if m.Event != "ordered" || m.DistinctID != "u1" || !m.Timestamp.Equal(now) || m.UUID == (runtime.UUID{}) {
		t.Errorf("message = %+v", m)
	}
	const want = `{
		"id": "o1", "channel": "web", "contact": "h1.test.SqrgYgD6Cgt19W6Khhg4zQ", "note": "h1.test.y7vRywOFX2ZyAMJvshtMkw", "count": 2,
		"at": "2026-03-01T10:00:00Z", "lines": [{"sku": "a", "tags": ["new"]}, {"sku": "b"}],
		"prices": {"EUR": 9.5, "GBP": 8}, "ages": {}, "where": {"city": "Berlin"}, "extra": {"k": 1},
		"$groups": {"team": "t1"}, "$geoip_disable": true
	}`
	var wanted map[string]any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wanted, eventstest.Properties(t, m)); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
	if got := eventstest.Properties(t, rec.SentTo(redact.Audit)[0])["contact"]; got != "secret@example.com" {
		t.Errorf("contact for audit = %v", got)
	}
}

func TestStrict(t *testing.T) {
	t.Parallel()
	var line int
	failures := run(func(t *fakeT) {
		client, rec := eventstest.New(t, registry)
		bad := sample()
		bad.ID, bad.Count, bad.Contact = "", runtime.Int(10), redact.Raw("secret\xff")
		_, _, line, _ = goruntime.Caller(0)
		_ = trackOrdered(t.Context(), client, "u1", bad)
		_ = client.Alias(t.Context(), "u1", "guest")
		eventstest.None[ordered](t, rec)
		if err := client.Close(t.Context()); err != nil {
			t.Errorf("%v", err)
		}
		_ = client.Alias(t.Context(), "u1", "u2")
	})
	want := []string{
		"eventstest: ordered is invalid, tracked at eventstest/order_test.go:LINE:\n" +
			"    id: minLength (at least 1)\n    contact: utf8\n    count: maximum (at most 9)",
		fmt.Sprintf("eventstest: $create_alias was refused, tracked at eventstest/recorder_test.go:%d: "+
			"runtime: distinct_id is not usable: PostHog treats it as anonymous", line+2),
		fmt.Sprintf("eventstest: $create_alias was refused, tracked at eventstest/recorder_test.go:%d: "+
			"runtime: client is closed", line+7),
	}
	if len(failures) > 0 {
		failures[0] = hideLine(failures[0], "order_test.go:")
	}
	if diff := cmp.Diff(want, failures); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
}

// TestCaller tracks through generated code, which is not where an event is tracked.
func TestCaller(t *testing.T) {
	t.Parallel()
	var line int
	failures := run(func(t *fakeT) {
		client, _ := eventstest.New(t, events.Registry())
		_, _, line, _ = goruntime.Caller(0)
		_ = events.TrackUserSignedUp(t.Context(), client, "u1", events.UserSignedUp{})
	})
	want := fmt.Sprintf("eventstest: user_signed_up is invalid, tracked at eventstest/recorder_test.go:%d:\n"+
		"    method: required (zero enum)", line+1)
	if !slices.Equal(failures, []string{want}) {
		t.Errorf("failures = %q, want %q", failures, want)
	}
}

// hideLine replaces the line number after a file name.
func hideLine(text, file string) string {
	before, after, _ := strings.Cut(text, file)
	return before + file + "LINE" + strings.TrimLeft(after, "0123456789")
}

func TestStrictOnManyViolations(t *testing.T) {
	t.Parallel()
	failures := run(func(t *fakeT) {
		client, _ := eventstest.New(t, registry)
		bad := sample()
		bad.Lines = make([]line, 120)
		_ = trackOrdered(t.Context(), client, "u1", bad)
	})
	if len(failures) != 1 || !strings.HasSuffix(failures[0], "lines[99].sku: minLength (at least 1)\n    and 20 more") {
		t.Errorf("failures = %q", failures)
	}
}

func TestLenient(t *testing.T) {
	t.Parallel()
	client, rec := eventstest.New(t, registry, eventstest.Lenient())
	if err := trackPaid(t.Context(), client, "", paid{ID: "o1"}); !errors.Is(err, runtime.ErrDistinctID) {
		t.Errorf("error = %v", err)
	}
	if len(rec.Sent()) != 0 || len(eventstest.All[paid](rec)) != 0 {
		t.Error("a refused event counts as tracked")
	}
	if calls := rec.Calls(); len(calls) != 1 || !errors.Is(calls[0].Err, runtime.ErrDistinctID) {
		t.Errorf("calls = %v", calls)
	}
}

func TestTrackMap(t *testing.T) {
	t.Parallel()
	client, rec := eventstest.New(t, registry, eventstest.With(runtime.WithSchemas(acceptAll{})))
	if err := client.TrackMap(t.Context(), "u1", "paid", map[string]any{"id": "o1", "count": 2}); err != nil {
		t.Fatal(err)
	}
	if one := eventstest.One[map[string]any](t, rec); one["id"] != "o1" {
		t.Errorf("recorded %v", one)
	}
}

func TestStrictOnTrackMap(t *testing.T) {
	t.Parallel()
	failures := run(func(t *fakeT) {
		client, _ := eventstest.New(t, registry)
		_ = client.TrackMap(t.Context(), "u1", "paid", map[string]any{"id": "o1"})
		_ = client.TrackMap(t.Context(), "u1", "payd", map[string]any{"id": "o1"})
	})
	want := []string{
		"eventstest: paid was refused, tracked at eventstest/recorder_test.go:LINE: " + runtime.ErrNoValidator.Error(),
		"eventstest: payd is invalid, tracked at eventstest/recorder_test.go:LINE:\n    event: undeclaredEvent",
	}
	for i := range failures {
		failures[i] = hideLine(failures[i], "recorder_test.go:")
	}
	if diff := cmp.Diff(want, failures); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
}

// acceptAll is a validator that lets everything pass.
type acceptAll struct{}

func (acceptAll) Validate(string, map[string]any) error { return nil }

// TestNew judges what New makes of mistakes in its arguments, and of a sink that fails to close.
func TestNew(t *testing.T) {
	t.Parallel()
	failures := run(func(t *fakeT) { eventstest.New(t, nil) })
	if want := []string{"eventstest: runtime: new client: the registry is nil"}; !slices.Equal(failures, want) {
		t.Errorf("failures = %q, want %q", failures, want)
	}
	failures = run(func(t *fakeT) {
		eventstest.New(t, registry, eventstest.With(runtime.WithSink(redact.PostHog, brokenSink{})))
	})
	if want := []string{"eventstest: runtime: close: sink broken: cannot close"}; !slices.Equal(failures, want) {
		t.Errorf("failures = %q, want %q", failures, want)
	}
}

type brokenSink struct{}

func (brokenSink) Name() string { return "broken" }

func (brokenSink) Send(context.Context, runtime.Batch) ([]runtime.Verdict, error) { return nil, nil }

func (brokenSink) Close(context.Context) error { return errors.New("cannot close") }

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	client, rec := eventstest.New(t, registry)
	var trackers sync.WaitGroup
	for range 50 {
		trackers.Go(func() {
			for range 20 {
				_ = trackPaid(t.Context(), client, "u1", paid{ID: "o1"})
				_ = rec.Sent()
			}
		})
	}
	trackers.Wait()
	if n := len(eventstest.All[paid](rec)); n != 1000 {
		t.Errorf("recorded %d events, want 1000", n)
	}
}

func TestSynctest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, rec := eventstest.New(t, registry)
		start := time.Now()
		time.AfterFunc(time.Hour, func() { _ = trackOrdered(t.Context(), client, "u1", sample()) })
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if sent := rec.Sent(); len(sent) != 1 || !sent[0].Timestamp.Equal(start.Add(time.Hour)) {
			t.Errorf("sent = %v", sent)
		}
	})
}

// TestStragglers tracks after the test has ended, where an Errorf of the testing package would panic.
func TestStragglers(t *testing.T) {
	t.Parallel()
	var client *runtime.Client
	failures := run(func(t *fakeT) { client, _ = eventstest.New(t, registry) })
	if err := trackPaid(t.Context(), client, "u1", paid{ID: "o1"}); !errors.Is(err, runtime.ErrClosed) {
		t.Errorf("error = %v", err)
	}
	if len(failures) != 0 {
		t.Errorf("failures = %q", failures)
	}
}
