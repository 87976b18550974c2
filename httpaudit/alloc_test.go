package httpaudit_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/eventgen/eventgen/httpaudit"
)

var ok = []byte("ok")

// answer does what most handlers do.
func answer(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(ok)
}

func ignore(context.Context, httpaudit.Request) error { return nil }

// subjects are the ways a request can go, and the allocations that each may cost.
func subjects() map[string]struct {
	handler http.Handler
	allocs  float64
} {
	h, health := http.HandlerFunc(answer), httpaudit.WithRules(httpaudit.Rule{Route: "/healthz", Action: httpaudit.Exclude})
	type subject = struct {
		handler http.Handler
		allocs  float64
	}
	return map[string]subject{
		"bare":        {h, 0},
		"excluded":    {httpaudit.Middleware(ignore, health)(h), 0},
		"recorded":    {httpaudit.Middleware(ignore, proxies())(h), 2},
		"sampled out": {httpaudit.Middleware(ignore, sampled(0))(h), 2},
	}
}

// request is one as servers see it.
func request() *http.Request {
	r := get("/healthz")
	r.RemoteAddr = "203.0.113.7:4711"
	r.Header = http.Header{
		"User-Agent":  {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"},
		"Traceparent": {"00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"},
	}
	return r
}

// plain is a response writer of the shape that HTTP/2 connections have, without a response.
type plain struct {
	discard
	http.Pusher
}

func (plain) Flush()                            {}
func (plain) FlushError() error                 { return nil }
func (plain) WriteString(s string) (int, error) { return len(s), nil }
func (plain) CloseNotify() <-chan bool          { return nil }

// TestAllocations is not parallel, since it counts the allocations of the process.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	for name, s := range subjects() {
		var w http.ResponseWriter = plain{discard: discard{http.Header{}}}
		r := request()
		if got := testing.AllocsPerRun(1000, func() { s.handler.ServeHTTP(w, r) }); got > s.allocs {
			t.Errorf("%s: %v allocations, at most %v", name, got, s.allocs)
		}
	}
}

func BenchmarkMiddleware(b *testing.B) {
	for name, s := range subjects() {
		b.Run(name, func(b *testing.B) {
			var w http.ResponseWriter = plain{discard: discard{http.Header{}}}
			r := request()
			b.ReportAllocs()
			for b.Loop() {
				s.handler.ServeHTTP(w, r)
			}
		})
	}
}
