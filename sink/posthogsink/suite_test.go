package posthogsink_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

// The suite of this package holds for both transports: each test of it runs once per transport.

const key = "phc_f3c7"

var start = time.Date(2025, 3, 1, 10, 0, 0, 1000, time.UTC)

func forEachTransport(t *testing.T, test func(t *testing.T, transport posthogsink.Transport)) {
	t.Helper()
	t.Parallel()
	for _, transport := range []posthogsink.Transport{posthogsink.SDK, posthogsink.Direct} {
		t.Run(string(transport), func(t *testing.T) {
			t.Parallel()
			test(t, transport)
		})
	}
}

// open returns a sink that delivers to server and is closed with the test.
func open(t *testing.T, server *eventstest.Server, cfg posthogsink.Config) *posthogsink.Sink {
	t.Helper()
	cfg.APIKey, cfg.Host = key, server.URL()
	sink, err := posthogsink.New(cfg)
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

// message returns the n-th event: its own uuid, one microsecond after the one before.
func message(n int) runtime.Message {
	return runtime.Message{
		Event:      "signed_up",
		DistinctID: fmt.Sprintf("user_%d", n),
		UUID:       testUUID(n),
		Timestamp:  start.Add(time.Duration(n) * time.Microsecond),
		Properties: fmt.Appendf(nil, `{"n":%d,"plan":"pro"}`, n),
	}
}

func testUUID(n int) runtime.UUID {
	u := runtime.UUID{0x01, 0x90, 0xa7, 0xb2, 0, 0, 0x7a, 0xbc, 0x8d, 0xef}
	for i := range 6 {
		u[15-i] = byte(n >> (8 * i))
	}
	return u
}

// messages returns events from first on.
func messages(first, n int) []runtime.Message {
	all := make([]runtime.Message, n)
	for i := range all {
		all[i] = message(first + i)
	}
	return all
}

func send(sink *posthogsink.Sink, all ...runtime.Message) ([]runtime.Verdict, error) {
	return sink.Send(context.Background(), runtime.Batch{Messages: all, Attempt: 1})
}

// delivered fails the test unless a Send delivered everything.
func delivered(t *testing.T, verdicts []runtime.Verdict, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("not delivered: %v", err)
	}
	for i, v := range verdicts {
		if v.Outcome != runtime.Delivered {
			t.Fatalf("message %d: %+v", i, v)
		}
	}
}

// failed returns the error of a Send in which all messages share one.
func failed(t *testing.T, verdicts []runtime.Verdict, err error) *runtime.SendError {
	t.Helper()
	var failure *runtime.SendError
	if !errors.As(err, &failure) {
		t.Fatalf("verdicts %v and error %v, want a SendError", verdicts, err)
	}
	if verdicts != nil {
		t.Fatalf("verdicts %v beside %v", verdicts, err)
	}
	for _, secret := range []string{key, "user_1", `"plan"`} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("error holds %q: %v", secret, err)
		}
	}
	return failure
}
