package httpaudit_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/httpaudit"
)

func TestOutcome(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		status  int
		result  string
		code    string
		bytes   int64
	}{
		"nothing written":   {nothing, 200, httpaudit.Success, "", 0},
		"body":              {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("12345")) }, 200, httpaudit.Success, "", 5},
		"string":            {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "123") }, 200, httpaudit.Success, "", 3},
		"399":               {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(399) }, 399, httpaudit.Success, "", 0},
		"400":               {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) }, 400, httpaudit.Failure, "", 0},
		"not in the schema": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(999) }, 599, httpaudit.Failure, "", 0},
		"first status wins": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201); w.WriteHeader(500) }, 201, httpaudit.Success, "", 0},
		"write then status": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(nil); w.WriteHeader(500) }, 200, httpaudit.Success, "", 0},
		"informational":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103); w.WriteHeader(404) }, 404, httpaudit.Failure, "", 0},
		"own code": {func(w http.ResponseWriter, r *http.Request) {
			httpaudit.SetErrorCode(r.Context(), "no_seat")
			w.WriteHeader(409)
		}, 409, httpaudit.Failure, "no_seat", 0},
		"panic":          {func(http.ResponseWriter, *http.Request) { panic("x") }, 500, httpaudit.Failure, httpaudit.CodePanic, 0},
		"panic after ok": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200); panic("x") }, 500, httpaudit.Failure, httpaudit.CodePanic, 0},
		"panic beats code": {func(_ http.ResponseWriter, r *http.Request) {
			httpaudit.SetErrorCode(r.Context(), "no_seat")
			panic("x")
		}, 500, httpaudit.Failure, httpaudit.CodePanic, 0},
		"panic with a slice": {func(http.ResponseWriter, *http.Request) { panic([]int{1}) }, 500, httpaudit.Failure, httpaudit.CodePanic, 0},
		"bad status":         {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(0) }, 500, httpaudit.Failure, httpaudit.CodePanic, 0},
		"abort":              {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 444, httpaudit.Failure, httpaudit.CodeAborted, 0},
		"abort midway": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "12")
			panic(http.ErrAbortHandler)
		}, 200, httpaudit.Failure, httpaudit.CodeAborted, 2},
		"Goexit": {func(http.ResponseWriter, *http.Request) { runtime.Goexit() }, 500, httpaudit.Failure, httpaudit.CodeGoexit, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, _ := serve(t, test.handler, get("/"))
			if q.Status != test.status || q.Result != test.result || q.ErrorCode != test.code || q.BytesWritten != test.bytes {
				t.Errorf("got %d %s %q %d bytes", q.Status, q.Result, q.ErrorCode, q.BytesWritten)
			}
		})
	}
}

func TestPanicGoesOnWithItsValue(t *testing.T) {
	t.Parallel()
	for _, value := range []any{"text", errors.New("error"), http.ErrAbortHandler, &struct{ int }{7}} {
		func() {
			defer func() {
				if got := recover(); got != value {
					t.Errorf("panicked with %v, want %v", got, value)
				}
			}()
			var n notes
			h := httpaudit.Middleware(n.record)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(value) }))
			h.ServeHTTP(httptest.NewRecorder(), get("/"))
		}()
	}
}

// brokenWriter is the writer of a connection that breaks: as in net/http, the context ends with it.
type brokenWriter struct {
	http.ResponseWriter
	err  error
	stop context.CancelFunc
}

func (b brokenWriter) Write([]byte) (int, error) { b.stop(); return 0, b.err }

func TestClientGone(t *testing.T) {
	t.Parallel()
	reset := errors.New("connection reset by peer")
	for name, test := range map[string]struct {
		handler func(w http.ResponseWriter, leave context.CancelFunc)
		err     error
		status  int
	}{
		"before the response":  {func(_ http.ResponseWriter, leave context.CancelFunc) { leave() }, reset, 499},
		"before its beginning": {func(w http.ResponseWriter, leave context.CancelFunc) { leave(); w.WriteHeader(503) }, reset, 499},
		"during the response":  {func(w http.ResponseWriter, _ context.CancelFunc) { _, _ = w.Write([]byte("x")) }, reset, 499},
		"after the response":   {func(w http.ResponseWriter, leave context.CancelFunc) { w.WriteHeader(201); leave() }, reset, 201},
		"our deadline": {
			func(w http.ResponseWriter, _ context.CancelFunc) { _, _ = w.Write([]byte("x")) },
			fmt.Errorf("write: %w", os.ErrDeadlineExceeded), 200,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			var n notes
			httpaudit.Middleware(n.record)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				test.handler(w, leave)
			})).ServeHTTP(brokenWriter{httptest.NewRecorder(), test.err, leave}, get("/").WithContext(ctx))
			q := n.one(t)
			if gone := test.status == 499; q.Status != test.status || (q.ErrorCode == httpaudit.CodeClientClosed) != gone {
				t.Errorf("got %d %q, want %d", q.Status, q.ErrorCode, test.status)
			}
		})
	}
}

// TestClientLeaves lets a real client leave a real server.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	var n notes
	arrived, over := make(chan struct{}), make(chan struct{})
	h := httpaudit.Middleware(n.record)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
		http.Error(w, "query cancelled", http.StatusInternalServerError)
	}))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(over)
		h.ServeHTTP(w, r)
	}))
	defer server.Close()
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-arrived; leave() }()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, http.NoBody)
	if resp, err := server.Client().Do(req); err == nil {
		resp.Body.Close()
		t.Fatal("the client got a response")
	}
	<-over
	if q := n.one(t); q.Status != 499 || q.ErrorCode != httpaudit.CodeClientClosed || q.Result != httpaudit.Failure {
		t.Errorf("got %+v", q)
	}
}

// TestOtherWriteErrors: what the client did not cause does not count as its leaving.
func TestOtherWriteErrors(t *testing.T) {
	t.Parallel()
	var n notes
	httpaudit.Middleware(n.record)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
		_, _ = w.Write([]byte("x"))
	})).ServeHTTP(brokenWriter{httptest.NewRecorder(), http.ErrBodyNotAllowed, func() {}}, get("/"))
	if q := n.one(t); q.Status != http.StatusNoContent {
		t.Errorf("got %+v", q)
	}
}

// TestDeadlineIsNoClientThatLeft: a deadline of the service is not the client's doing.
func TestDeadlineIsNoClientThatLeft(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	if q, _ := serve(t, nothing, get("/").WithContext(ctx)); q.Status != 200 {
		t.Errorf("got %+v", q)
	}
}

// signalled is a cause like that of signal.NotifyContext, which errors.Is takes for context.Canceled.
type signalled struct{}

func (signalled) Error() string        { return "terminated signal received" }
func (signalled) Is(target error) bool { return target == context.Canceled }

// TestServiceStops: a service that cancels its requests, and says why, is no client that left.
func TestServiceStops(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancelCause(t.Context())
	stop(signalled{})
	for _, h := range []http.HandlerFunc{nothing, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }} {
		if q, _ := serve(t, h, get("/").WithContext(ctx)); q.Status != 200 || q.ErrorCode != "" {
			t.Errorf("got %+v", q)
		}
	}
}

type hijackable struct{ http.ResponseWriter }

func (hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) { return nil, nil, nil }

func TestHijack(t *testing.T) {
	t.Parallel()
	var n notes
	h := httpaudit.Middleware(n.record)
	upgrade := func(w http.ResponseWriter, _ *http.Request) { _, _, _ = http.NewResponseController(w).Hijack() }
	h(http.HandlerFunc(upgrade)).ServeHTTP(hijackable{httptest.NewRecorder()}, get("/"))
	if q := n.one(t); q.Status != 101 || q.Result != httpaudit.Success {
		t.Errorf("got %+v", q)
	}
	n = notes{}
	broken := func(w http.ResponseWriter, r *http.Request) { upgrade(w, r); panic("after the upgrade") }
	func() {
		defer func() { _ = recover() }()
		h(http.HandlerFunc(broken)).ServeHTTP(hijackable{httptest.NewRecorder()}, get("/"))
	}()
	if q := n.one(t); q.Status != 500 || q.ErrorCode != httpaudit.CodePanic {
		t.Errorf("got %+v", q)
	}
}

func TestRecordFails(t *testing.T) {
	t.Parallel()
	for name, record := range map[string]func(context.Context, httpaudit.Request) error{
		"error": func(context.Context, httpaudit.Request) error { return errors.New("down") },
		"panic": func(context.Context, httpaudit.Request) error { panic("bug") },
		"end":   func(context.Context, httpaudit.Request) error { runtime.Goexit(); return nil },
	} {
		var stats httpaudit.Stats
		h := httpaudit.Middleware(record, httpaudit.WithStats(&stats))(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "fine")
		}))
		w, over := httptest.NewRecorder(), make(chan struct{})
		go func() {
			defer close(over)
			h.ServeHTTP(w, get("/"))
		}()
		<-over
		if w.Code != 200 || w.Body.String() != "fine" || stats.Failed.Load() != 1 || stats.Recorded.Load() != 0 {
			t.Errorf("%s: %d %q, %d failed", name, w.Code, w.Body, stats.Failed.Load())
		}
	}
}

// TestNoStats has nobody who counts.
func TestNoStats(t *testing.T) {
	t.Parallel()
	if q, _ := serve(t, nothing, get("/"), httpaudit.WithStats(nil)); q.Status != 200 {
		t.Errorf("got %+v", q)
	}
}

// TestMethodIsTheClients: what handlers make of the method is not what was asked.
func TestMethodIsTheClients(t *testing.T) {
	t.Parallel()
	override := func(w http.ResponseWriter, r *http.Request) { r.Method = http.MethodGet; _, _ = io.WriteString(w, "x") }
	q, _ := serve(t, override, httptest.NewRequest(http.MethodHead, "/", http.NoBody), httpaudit.WithRules(
		httpaudit.Rule{Method: http.MethodHead}, httpaudit.Rule{Action: httpaudit.Exclude}))
	if q.Method != http.MethodHead || q.BytesWritten != 0 {
		t.Errorf("got %+v", q)
	}
}

// TestPanicKeepsItsStack: the server's log still tells where it was.
func TestPanicKeepsItsStack(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	server := httptest.NewUnstartedServer(httpaudit.Middleware(new(notes).record)(http.HandlerFunc(explode)))
	server.Config.ErrorLog = log.New(&out, "", 0)
	server.Start()
	if resp, err := server.Client().Get(server.URL); err == nil {
		resp.Body.Close()
		t.Error("a panic was answered")
	}
	server.Close()
	if !strings.Contains(out.String(), "httpaudit_test.explode") {
		t.Errorf("the log says\n%s", &out)
	}
}

func explode(http.ResponseWriter, *http.Request) { panic("x") }

func TestHeadHasNoBody(t *testing.T) {
	t.Parallel()
	write := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "never sent") }
	q, _ := serve(t, write, httptest.NewRequest(http.MethodHead, "/", http.NoBody))
	if q.BytesWritten != 0 || q.Method != http.MethodHead {
		t.Errorf("got %+v", q)
	}
}

func TestWhoAndWhy(t *testing.T) {
	t.Parallel()
	q, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		httpaudit.SetUser(ctx, "first", "")
		httpaudit.SetUser(ctx, "user_7", "admin")
		httpaudit.SetOrg(ctx, "org_1")
		httpaudit.SetRoute(ctx, "/own/{route}")
		httpaudit.SetRoute(ctx, "")
	}, get("/x"))
	if q.UserID != "user_7" || q.UserRole != "admin" || q.OrgID != "org_1" || q.Route != "/own/{route}" || q.Path != q.Route {
		t.Errorf("got %+v", q)
	}
	httpaudit.SetUser(t.Context(), "nobody", "") // no request, no panic
	if id := httpaudit.RequestID(t.Context()); id != "" {
		t.Errorf("a request id %q without a request", id)
	}
}

func TestRepair(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 3000)
	q, _ := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		httpaudit.SetUser(ctx, "x"+long, "bad\xff\x00role")
		httpaudit.SetOrg(ctx, "\xff"+long)
		httpaudit.SetErrorCode(ctx, long)
		httpaudit.SetRoute(ctx, "/"+long)
	}, &http.Request{Method: strings.Repeat("M", 99), URL: get("/").URL, Header: http.Header{"User-Agent": {long}}})
	for want, got := range map[int]string{199: q.UserID, 1023: q.Route, 128: q.ErrorCode, 256: q.UserAgent, 32: q.Method} {
		if len(got) != want {
			t.Errorf("cut to %d bytes, want %d", len(got), want)
		}
	}
	if q.UserRole != "bad��role" || !strings.HasPrefix(q.OrgID, "�ü") || q.IP != "" {
		t.Errorf("got role %q, org %q, ip %q", q.UserRole, q.OrgID, q.IP)
	}
}
