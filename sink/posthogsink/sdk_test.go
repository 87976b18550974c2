package posthogsink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/posthog/posthog-go"

	"github.com/eventgen/eventgen/runtime"
)

// puppet stands in for posthog-go and calls back when told to.
type puppet struct {
	flush  func(context.Context) error
	refuse error // of Enqueue

	mu       sync.Mutex
	enqueued []posthog.APIMessage
}

func (p *puppet) Enqueue(m posthog.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.enqueued = append(p.enqueued, m.APIfy())
	return p.refuse
}

func (p *puppet) FlushWithContext(ctx context.Context) error { return p.flush(ctx) }

func (p *puppet) CloseWithContext(context.Context) error { return nil }

func puppetSDK(p *puppet, patience time.Duration) *sdk {
	return &sdk{client: p, leash: &leash{}, release: func() {}, packer: newPacker(), patience: patience}
}

func testBatch(n int) runtime.Batch {
	b := runtime.Batch{Messages: make([]runtime.Message, n)}
	for i := range b.Messages {
		b.Messages[i] = runtime.Message{
			Event: "e", DistinctID: "u", UUID: runtime.UUID{15: byte(i)},
			Timestamp: time.Unix(1, 0), Properties: []byte(`{"a":1}`),
		}
	}
	return b
}

func TestSendGivesUpOnCallbacksThatNeverCome(t *testing.T) {
	t.Parallel()
	p := &puppet{}
	p.flush = func(context.Context) error {
		callback{}.Success(p.enqueued[0])
		return nil
	}
	verdicts, err := puppetSDK(p, 20*time.Millisecond).send(t.Context(), testBatch(3))
	want := []runtime.Verdict{{Outcome: runtime.Delivered}, {}, {}}
	if diff := cmp.Diff(want, verdicts); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	var failure *runtime.SendError
	if !errors.As(err, &failure) || failure.Failure != runtime.Temporary || failure.Reason != "no_ack" {
		t.Errorf("error %#v", err)
	}
}

// TestLateCallbacksChangeNothing sends an event in a batch whose callback comes during and after the next attempt, with
// that same event alone.
func TestLateCallbacksChangeNothing(t *testing.T) {
	t.Parallel()
	p := &puppet{flush: func(context.Context) error { return nil }}
	s := puppetSDK(p, 20*time.Millisecond)
	if _, err := s.send(t.Context(), testBatch(2)); err == nil {
		t.Fatal("no error without callbacks")
	}
	poisoned := &runtime.SendError{Failure: runtime.Poisoned, Reason: "http_400"}
	late := p.enqueued[0]
	p.flush = func(context.Context) error {
		if len(p.enqueued) == 2 {
			return nil // of what was left behind
		}
		callback{}.Failure(late, poisoned)
		callback{}.Success(p.enqueued[2])
		callback{}.Failure(p.enqueued[2], poisoned) // twice: the first stands
		return nil
	}
	verdicts, err := s.send(t.Context(), testBatch(1))
	if err != nil || verdicts[0].Outcome != runtime.Delivered {
		t.Errorf("verdicts %v, error %v, want delivered", verdicts, err)
	}
	callback{}.Failure(late, poisoned)
	callback{}.Success(posthog.AliasInApi{}) // not ours
	callback{}.Success(posthog.CaptureInApi{})
}

// TestSendClearsWhatIsLeft: what a Send that gave up left in posthog-go's queue must not share a request with the next
// batch.
func TestSendClearsWhatIsLeft(t *testing.T) {
	t.Parallel()
	p := &puppet{}
	var flushed []int // how many messages were enqueued at each Flush
	p.flush = func(ctx context.Context) error {
		flushed = append(flushed, len(p.enqueued))
		switch len(flushed) {
		case 1, 2: // posthog-go does not come to it
			<-ctx.Done()
			return ctx.Err()
		case 4:
			callback{}.Success(p.enqueued[2])
		}
		return nil
	}
	s := puppetSDK(p, 10*time.Millisecond)
	for i, n := range []int{2, 1, 1} {
		if _, err := s.send(t.Context(), testBatch(n)); (err == nil) != (i == 2) {
			t.Errorf("send %d: %v", i, err)
		}
	}
	if diff := cmp.Diff([]int{2, 2, 2, 3}, flushed); diff != "" {
		t.Errorf("messages enqueued at each flush (-want +got):\n%s", diff)
	}
}

// badError panics when it is looked at.
type badError struct{}

func (badError) Error() string { panic("error text") }
func (badError) Is(error) bool { panic("errors.Is") }

func TestCallbackSurvivesForeignErrors(t *testing.T) {
	t.Parallel()
	p := &puppet{}
	p.flush = func(context.Context) error {
		callback{}.Failure(p.enqueued[0], badError{})
		return nil
	}
	_, err := puppetSDK(p, time.Minute).send(t.Context(), testBatch(1))
	var failure *runtime.SendError
	if !errors.As(err, &failure) || failure.Failure != runtime.Temporary || failure.Reason != "network" {
		t.Errorf("error %#v", err)
	}
}

func TestRoundSumsUp(t *testing.T) {
	t.Parallel()
	ok := fate{verdict: runtime.Verdict{Outcome: runtime.Delivered}}
	dead := rejected("too_large")
	busy := fate{failure: &runtime.SendError{Reason: "http_503"}}
	slow := fate{failure: &runtime.SendError{Reason: "timeout"}}
	large := fate{failure: &runtime.SendError{Failure: runtime.TooLarge, Reason: "http_413"}}
	retry := func(reason string) runtime.Verdict { return runtime.Verdict{Outcome: runtime.Retry, Reason: reason} }
	tests := []struct {
		name     string
		fates    []fate
		verdicts []runtime.Verdict
		failure  *runtime.SendError
	}{
		{"all delivered", []fate{ok, ok}, []runtime.Verdict{ok.verdict, ok.verdict}, nil},
		{"one rejected", []fate{ok, dead}, []runtime.Verdict{ok.verdict, dead.verdict}, nil},
		{"all failed", []fate{busy, busy}, nil, busy.failure},
		{"one way to fail", []fate{slow, busy}, nil, slow.failure},
		{"two ways to fail", []fate{large, busy}, []runtime.Verdict{{}, retry("http_503")}, large.failure},
		{
			"the oldest stands for all",
			[]fate{ok, busy, large, busy},
			[]runtime.Verdict{ok.verdict, {}, retry("http_413"), {}},
			busy.failure,
		},
		{"unknown", []fate{ok, {}}, []runtime.Verdict{ok.verdict, {}}, &runtime.SendError{Reason: "no_ack"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			completed := false
			r := newRound(len(test.fates), func() { completed = true })
			unknown := false
			for i, f := range test.fates {
				if f == (fate{}) {
					unknown = true
					continue
				}
				r.settle(i, f)
			}
			verdicts, err := r.verdicts(&runtime.SendError{Reason: "no_ack"})
			if diff := cmp.Diff(test.verdicts, verdicts); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
			failure, _ := err.(*runtime.SendError) //nolint:errorlint // the very value counts
			if diff := cmp.Diff(test.failure, failure); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if completed == unknown {
				t.Errorf("completed %v", completed)
			}
		})
	}
}

// roundTripper answers in memory.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func newTestSDK(t *testing.T, answer roundTripper) *Sink {
	t.Helper()
	sink, err := New(Config{APIKey: "phc_x", Host: "http://localhost", HTTP: answer})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sink.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return sink
}

func answer(status int) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"status":1}`))}
}

// TestSendToldApartWhenSplit sends a batch that posthog-go cuts in two at 500 kB: each message gets the verdict of its own
// request.
func TestSendToldApartWhenSplit(t *testing.T) {
	t.Parallel()
	sink := newTestSDK(t, func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if strings.Contains(string(body), "-000000000002") {
			return answer(413), nil
		}
		return answer(200), nil
	})
	b := testBatch(3)
	for i := range b.Messages {
		b.Messages[i].Properties = fmt.Appendf(nil, `{"a":%q}`, strings.Repeat("x", 200_000))
	}
	verdicts, err := sink.Send(t.Context(), b)
	want := []runtime.Verdict{{Outcome: runtime.Delivered}, {Outcome: runtime.Delivered}, {}}
	if diff := cmp.Diff(want, verdicts); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	var failure *runtime.SendError
	if !errors.As(err, &failure) || failure.Failure != runtime.TooLarge || failure.Status != 413 {
		t.Errorf("error %#v", err)
	}
}

// TestSendRejectsWhatPosthogGoRefuses: a message that posthog-go does not take costs the others nothing.
func TestSendRejectsWhatPosthogGoRefuses(t *testing.T) {
	t.Parallel()
	dead := func(reason string) runtime.Verdict { return runtime.Verdict{Outcome: runtime.Rejected, Reason: reason} }
	properties := func(text string) func(*runtime.Message) {
		return func(m *runtime.Message) { m.Properties = []byte(text) }
	}
	tests := map[string]struct {
		spoil func(*runtime.Message)
		want  runtime.Verdict
	}{
		"too large":         {properties(`{"a":"` + strings.Repeat("x", 600_000) + `"}`), dead("too_large")},
		"no event name":     {func(m *runtime.Message) { m.Event = "" }, dead("invalid")},
		"no distinct_id":    {func(m *runtime.Message) { m.DistinctID = "" }, dead("invalid")},
		"no object":         {properties(`[1]`), dead("unencodable")},
		"no JSON":           {properties(`{"a":1`), dead("unencodable")},
		"no JSON as values": {properties(`{"a":tru}`), runtime.Verdict{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sink := newTestSDK(t, func(*http.Request) (*http.Response, error) { return answer(200), nil })
			b := testBatch(3)
			test.spoil(&b.Messages[1])
			verdicts, err := sink.Send(t.Context(), b)
			ok := runtime.Verdict{Outcome: runtime.Delivered}
			if diff := cmp.Diff([]runtime.Verdict{ok, test.want, ok}, verdicts); diff != "" {
				t.Errorf("verdicts (-want +got):\n%s", diff)
			}
			var failure *runtime.SendError
			if shared := test.want == (runtime.Verdict{}); shared != errors.As(err, &failure) {
				t.Errorf("error %v", err)
			} else if shared && (failure.Failure != runtime.Poisoned || failure.Reason != "unencodable") {
				t.Errorf("error %#v", failure)
			}
		})
	}
}

// TestSendHandsBackWhatPosthogGoHasNoRoomFor: these are no failures of PostHog and cost no event.
func TestSendHandsBackWhatPosthogGoHasNoRoomFor(t *testing.T) {
	t.Parallel()
	for reason, cause := range map[string]error{"queue_full": posthog.ErrQueueFull, "closed": posthog.ErrClosed} {
		p := &puppet{refuse: cause, flush: func(context.Context) error { return nil }}
		_, err := puppetSDK(p, time.Minute).send(t.Context(), testBatch(2))
		var failure *runtime.SendError
		if !errors.As(err, &failure) || failure.Failure != runtime.Temporary || failure.Reason != reason {
			t.Errorf("%v: error %#v", cause, err)
		}
	}
	if f := failureOf(posthog.ErrTooManyRequests); f.Failure != runtime.Temporary || f.Reason != "queue_full" {
		t.Errorf("too many requests: %#v", f)
	}
}

// TestCloseRacesWithSend is for the race detector: Enqueue and Close of posthog-go must not overlap.
func TestCloseRacesWithSend(t *testing.T) {
	t.Parallel()
	for range 100 {
		wire := roundTripper(func(*http.Request) (*http.Response, error) { return answer(200), nil })
		sink, err := New(Config{APIKey: "phc_x", Host: "http://localhost", HTTP: wire})
		if err != nil {
			t.Fatal(err)
		}
		var sending sync.WaitGroup
		sending.Go(func() {
			verdicts, err := sink.Send(context.Background(), testBatch(20))
			for _, v := range verdicts {
				if err == nil && v.Outcome != runtime.Delivered {
					t.Errorf("verdict %+v without an error", v)
				}
			}
		})
		if err := sink.Close(t.Context()); err != nil {
			t.Error(err)
		}
		sending.Wait()
	}
}

func TestQuietLoggerSaysNothing(t *testing.T) {
	t.Parallel()
	var logger posthog.Logger = quiet{}
	for _, log := range []func(string, ...any){logger.Debugf, logger.Logf, logger.Warnf, logger.Errorf} {
		log("%v", badError{}) // would panic if it were formatted
	}
}
