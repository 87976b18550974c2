package posthogsink_test

import (
	"bytes"
	"context"
	"errors"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

func TestSendEndsWithItsContext(t *testing.T) {
	forEachTransport(t, func(t *testing.T, transport posthogsink.Transport) {
		server := eventstest.NewServer(t)
		server.Script(eventstest.Reply{Fault: eventstest.Hang})
		sink := open(t, server, posthogsink.Config{Transport: transport})
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			if err := server.WaitRequests(ctx, 1); err == nil {
				cancel()
			}
		}()
		verdicts, err := sink.Send(ctx, runtime.Batch{Messages: messages(1, 2)})
		if got := failed(t, verdicts, err); got.Failure != runtime.Temporary || got.Reason != "canceled" {
			t.Errorf("%+v", got)
		}
		verdicts, err = sink.Send(ctx, runtime.Batch{Messages: messages(1, 2)})
		if got := failed(t, verdicts, err); got.Reason != "canceled" || server.Counts().Requests != 1 {
			t.Errorf("with a context that had ended: %+v after %d requests", got, server.Counts().Requests)
		}
		verdicts, err = send(sink, messages(1, 2)...)
		delivered(t, verdicts, err)
	})
}

func TestCloseIsBounded(t *testing.T) {
	forEachTransport(t, func(t *testing.T, transport posthogsink.Transport) {
		server := eventstest.NewServer(t)
		server.Handle(func(eventstest.Request) eventstest.Reply { return eventstest.Reply{Fault: eventstest.Hang} })
		cfg := posthogsink.Config{APIKey: key, Host: server.URL(), Transport: transport, Timeout: time.Hour}
		sink, err := posthogsink.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		sending, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			_, err := sink.Send(sending, runtime.Batch{Messages: messages(1, 2)})
			ended <- err
		}()
		if err := server.WaitRequests(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		closing, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		begin := time.Now()
		err = sink.Close(closing)
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("Close took %v", took)
		}
		if transport == posthogsink.SDK && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close: %v, want the deadline", err)
		}
		if err := sink.Close(closing); err != nil {
			t.Errorf("second Close: %v", err)
		}
		stop()
		if err := <-ended; err == nil {
			t.Error("Send succeeded")
		}
		verdicts, err := send(sink, message(3))
		if got := failed(t, verdicts, err); got.Failure != runtime.Temporary || got.Reason != "closed" {
			t.Errorf("Send after Close: %+v", got)
		}
	})
}

// TestCloseLeavesNoGoroutine is not parallel: it looks at the goroutines of the whole process.
func TestCloseLeavesNoGoroutine(t *testing.T) {
	for _, transport := range []posthogsink.Transport{posthogsink.SDK, posthogsink.Direct} {
		server := eventstest.NewServer(t)
		hang := eventstest.Reply{Fault: eventstest.Hang}
		server.Script(eventstest.Reply{}, eventstest.Reply{Status: 503}, hang, eventstest.Reply{})
		sink, err := posthogsink.New(posthogsink.Config{
			APIKey: key, Host: server.URL(), Transport: transport, Timeout: 2 * time.Second, // the hang takes as long
		})
		if err != nil {
			t.Fatal(err)
		}
		var last error
		for i := range 4 {
			_, last = send(sink, messages(10*i, 10)...)
		}
		if last != nil {
			t.Error(last)
		}
		if err := errors.Join(sink.Close(t.Context()), server.Close()); err != nil {
			t.Error(err)
		}
		noGoroutines(t, "posthog-go@", "posthogsink.(*", "net/http.(*persistConn)", "net/http.(*conn)")
	}
}

// noGoroutines waits until no goroutine is in any of the given functions.
func noGoroutines(t *testing.T, functions ...string) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; {
		var stacks bytes.Buffer
		if err := pprof.Lookup("goroutine").WriteTo(&stacks, 1); err != nil {
			t.Fatal(err)
		}
		left := ""
		for _, name := range functions {
			if strings.Contains(stacks.String(), name) {
				left = name
			}
		}
		if left == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("goroutines in %s:\n%s", left, stacks.String())
		}
	}
}
