package events_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/schemacheck"
)

// counter is a sink that takes everything at once.
type counter struct{ events atomic.Int64 }

func (*counter) Name() string { return "counter" }

func (c *counter) Send(_ context.Context, b runtime.Batch) ([]runtime.Verdict, error) {
	c.events.Add(int64(len(b.Messages)))
	return nil, nil
}

func (*counter) Close(context.Context) error { return nil }

// request is event M of the performance targets: 14 properties, one pseudonym, one address cut to its network.
func request() events.APIRequest {
	return events.APIRequest{
		RequestID:    "0189d0f5-7b1e-7c3a-9f00-0123456789ab",
		UserID:       runtime.Some(redact.Raw("user_123")),
		UserRole:     runtime.Some("admin"),
		OrgID:        runtime.Some("org_77"),
		Method:       "GET",
		Path:         "/api/v1/announcements/{id}",
		Route:        runtime.Some("/api/v1/announcements/{id}"),
		StatusCode:   200,
		Result:       events.APIRequestResultSuccess,
		DurationMs:   12.75,
		UserAgent:    runtime.Some(redact.Raw("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0")),
		IP:           runtime.Some(redact.Raw("203.0.113.77")),
		SampleWeight: runtime.Float(1),
	}
}

// announcement is event S: 5 properties, nothing to redact.
func announcement() events.AnnouncementPublished {
	return events.AnnouncementPublished{
		OrgID:          "org_77",
		AnnouncementID: "0189d0f5-7b1e-7c3a-9f00-0123456789ab",
		Audience:       events.AnnouncementPublishedAudienceStaff,
		RecipientCount: runtime.Int(120),
		Title:          runtime.Some("Office closed on Friday"),
	}
}

func newClient(tb testing.TB) (*runtime.Client, *counter) {
	tb.Helper()
	return newScanningClient(tb, events.Registry().Scan)
}

// newScanningClient returns a client that looks for personal data in another way than events.yaml says.
func newScanningClient(tb testing.TB, scan runtime.Scanning) (*runtime.Client, *counter) {
	tb.Helper()
	sink := &counter{}
	cfg := runtime.Config{QueueSize: 1 << 20, BatchSize: 1000}
	reg := events.Registry()
	reg.Scan = scan
	client, err := runtime.New(reg, cfg, runtime.WithSink(runtime.PostHog, sink))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := client.Close(context.Background()); err != nil {
			tb.Error(err)
		}
		if stats := client.Stats(); uint64(sink.events.Load()) != stats.Accepted {
			tb.Errorf("%d of %d accepted events arrived", sink.events.Load(), stats.Accepted)
		}
	})
	return client, sink
}

// TestTrackAllocatesNothing is not parallel: it counts the allocations of the whole process.
func TestTrackAllocatesNothing(t *testing.T) {
	client, _ := newClient(t)
	scanning, _ := newScanningClient(t, runtime.Scanning{Mode: runtime.ScanFull, Action: runtime.ScanMask})
	ctx := t.Context()
	small, medium := announcement(), request()
	track := map[string]func() error{
		"S": func() error { return events.TrackAnnouncementPublished(ctx, client, "user_123", small) },
		"M": func() error { return events.TrackAPIRequest(ctx, client, "user_123", medium) },
		"M with options": func() error {
			return events.TrackAPIRequest(ctx, client, "", medium, runtime.WithoutPersonProfile(), runtime.WithGroup("organization", "org_77"))
		},
		"Validate":  medium.Validate,
		"S scanned": func() error { return events.TrackAnnouncementPublished(ctx, scanning, "user_123", small) },
		"M scanned": func() error { return events.TrackAPIRequest(ctx, scanning, "user_123", medium) },
	}
	for name, call := range track {
		for range 2000 { // until the queue has the blocks it needs
			if err := call(); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(client.Flush(ctx), scanning.Flush(ctx)); err != nil {
			t.Fatal(err)
		}
		allocs := testing.AllocsPerRun(500, func() {
			if err := call(); err != nil {
				t.Fatal(err)
			}
		})
		if allocs != 0 && !raceEnabled {
			t.Errorf("%s: %v allocations a call", name, allocs)
		}
	}
}

// TestTrackFromManyGoroutinesDuringClose tracks from 1,000 goroutines, closes the client under them, and asks that each call
// returns nil or ErrClosed, and that what was accepted arrived.
func TestTrackFromManyGoroutinesDuringClose(t *testing.T) {
	t.Parallel()
	const goroutines, each = 1000, 20
	client, sink := newClient(t)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel() // does not keep an event from being accepted
	var accepted, refused atomic.Int64
	var working sync.WaitGroup
	half := make(chan struct{})
	for range goroutines {
		working.Go(func() {
			for range each {
				switch err := events.TrackAPIRequest(cancelled, client, "user_123", request()); {
				case err == nil:
					if accepted.Add(1) == goroutines*each/2 {
						close(half)
					}
				case errors.Is(err, runtime.ErrClosed):
					refused.Add(1)
				default:
					t.Error(err)
				}
			}
		})
	}
	<-half
	if err := client.Close(t.Context()); err != nil {
		t.Error(err)
	}
	working.Wait()
	if accepted.Load()+refused.Load() != goroutines*each || sink.events.Load() != accepted.Load() {
		t.Errorf("%d accepted, %d refused, %d arrived", accepted.Load(), refused.Load(), sink.events.Load())
	}
	if err := events.TrackAPIRequest(t.Context(), client, "user_123", request()); !errors.Is(err, runtime.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if err := events.TrackAPIRequest(t.Context(), nil, "user_123", request()); !errors.Is(err, runtime.ErrNilClient) {
		t.Errorf("without a client: %v", err)
	}
}

// BenchmarkTrack runs each event as events.yaml says, without a scan, and with a scan of every text.
func BenchmarkTrack(b *testing.B) {
	ctx := context.Background()
	small, medium := announcement(), request()
	track := map[string]func(*runtime.Client) error{
		"S": func(c *runtime.Client) error { return events.TrackAnnouncementPublished(ctx, c, "user_123", small) },
		"M": func(c *runtime.Client) error { return events.TrackAPIRequest(ctx, c, "user_123", medium) },
	}
	scans := []struct {
		name string
		scan runtime.Scanning
	}{
		{"", events.Registry().Scan},
		{"-unscanned", runtime.Scanning{Mode: runtime.ScanOff}},
		{"-scanned", runtime.Scanning{Mode: runtime.ScanFull, Action: runtime.ScanMask}},
	}
	for _, size := range []string{"S", "M"} {
		for _, s := range scans {
			b.Run(size+s.name, func(b *testing.B) {
				client, _ := newScanningClient(b, s.scan)
				call := track[size]
				b.ReportAllocs()
				for b.Loop() {
					for call(client) != nil {
						_ = client.Flush(ctx) // the queue is full: wait, so that nothing wins by dropping
					}
				}
			})
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	event := request()
	b.ReportAllocs()
	for b.Loop() {
		if err := event.Validate(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestSchemasAreServed(t *testing.T) {
	t.Parallel()
	reg := events.Registry()
	schemas, err := schemacheck.New(reg.Schemas())
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, e := range reg.All() {
		name := e.Name
		if e.Kind == runtime.KindGroup {
			name += ":" + e.Group
		}
		want = append(want, name)
	}
	slices.Sort(want)
	if got := schemas.Events(); !slices.Equal(got, want) {
		t.Errorf("schemas of %q, want %q", got, want)
	}
}
