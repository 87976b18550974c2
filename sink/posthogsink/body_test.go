package posthogsink

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/eventgen/eventgen/runtime"
)

// TestBodyIsKeptWhileItIsWritten plays what net/http reports of a request that is sent on one connection, and again on another,
// and is still being written when Send has let go.
func TestBodyIsKeptWhileItIsWritten(t *testing.T) {
	t.Parallel()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	given := 0
	body := &body{text: bytes.NewBufferString("text"), home: func(*bytes.Buffer) { given++ }}
	body.holders.Store(1)
	req = body.of(req)
	trace := httptrace.ContextClientTrace(req.Context())
	for i, step := range []struct {
		do   func()
		want int
	}{
		{func() { trace.GotConn(httptrace.GotConnInfo{}) }, 0},
		{func() { trace.WroteRequest(httptrace.WroteRequestInfo{Err: io.ErrUnexpectedEOF}) }, 0},
		{func() { trace.GotConn(httptrace.GotConnInfo{}) }, 0},
		{body.release, 0},
		{func() { trace.WroteRequest(httptrace.WroteRequestInfo{}) }, 1},
	} {
		if step.do(); given != step.want {
			t.Fatalf("step %d: given back %d times, want %d", i, given, step.want)
		}
	}
}

// TestRequestsAreNotOverwritten keeps the body of each request and reads it after the next ones: a RoundTripper that is not ours
// may do so.
func TestRequestsAreNotOverwritten(t *testing.T) {
	t.Parallel()
	for _, transport := range []Transport{SDK, Direct} {
		for _, compression := range []Compression{Plain, Gzip} {
			var kept []io.ReadCloser
			sink, err := New(Config{
				APIKey: "phc_x", Host: "http://localhost", Transport: transport, Compression: compression,
				HTTP: roundTripper(func(r *http.Request) (*http.Response, error) {
					kept = append(kept, r.Body)
					return answer(http.StatusOK), nil
				}),
			})
			if err != nil {
				t.Fatal(err)
			}
			for n := range 3 {
				if _, err := sink.Send(t.Context(), filled(n, 20, 100)); err != nil {
					t.Fatal(err)
				}
			}
			for n, body := range kept {
				text := read(t, body, compression)
				if got := strings.Count(text, filler(n, 100)); got != 20 {
					t.Errorf("%s: request %d has %d of its 20 events: %s", transport, n, got, text)
				}
			}
			if err := sink.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
}

func read(t *testing.T, body io.Reader, compression Compression) string {
	t.Helper()
	if compression == Gzip {
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		body = unpacked
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// filled returns a batch whose events hold size times the n-th letter.
func filled(n, events, size int) runtime.Batch {
	b := testBatch(events)
	for i := range b.Messages {
		b.Messages[i].Properties = fmt.Appendf(nil, `{"a":%q}`, filler(n, size))
	}
	return b
}

func filler(n, size int) string { return strings.Repeat(string(rune('p'+n)), size) }

// TestBodyOutlivesAnEarlyAnswer gets the head of an answer before its body has left, which is larger than what the kernel takes.
// The memory is overwritten as soon as it is given back, and none of that may reach the connection.
func TestBodyOutlivesAnEarlyAnswer(t *testing.T) {
	t.Parallel()
	const foreign = 0xff
	given, overwritten := make(chan struct{}), atomic.Bool{}
	pool := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return watchedConn{conn, func(p []byte) {
			if bytes.IndexByte(p, foreign) >= 0 {
				overwritten.Store(true)
			}
		}}, err
	}}
	goOn := make(chan struct{})
	address, done := hasty(t, goOn, 32<<20)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	body := &body{text: bytes.NewBuffer(make([]byte, 32<<20)), home: func(b *bytes.Buffer) {
		for i := range b.Bytes() {
			b.Bytes()[i] = foreign
		}
		close(given)
	}}
	body.holders.Store(1)
	resp, err := pool.RoundTrip(body.of(req))
	if err != nil {
		t.Fatal(err)
	}
	body.release()
	close(goOn)
	<-given
	if err := errors.Join(<-done, resp.Body.Close()); err != nil {
		t.Error(err)
	}
	if overwritten.Load() {
		t.Error("the memory was given back while it was being written")
	}
}

// watchedConn shows what is written.
type watchedConn struct {
	net.Conn
	see func([]byte)
}

func (c watchedConn) Write(p []byte) (int, error) {
	c.see(p)
	return c.Conn.Write(p)
}

// hasty starts a server for one request of a given size. It answers after the head, and reads the body when goOn is closed.
func hasty(t *testing.T, goOn <-chan struct{}, size int64) (address string, done <-chan error) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		defer listener.Close()
		ended <- answerEarly(listener, goOn, size)
	}()
	return "http://" + listener.Addr().String(), ended
}

func answerEarly(listener net.Listener, goOn <-chan struct{}, size int64) error {
	conn, err := listener.Accept()
	if err != nil {
		return err
	}
	defer conn.Close()
	text := bufio.NewReader(conn)
	for line := "-"; strings.TrimSpace(line) != ""; {
		if line, err = text.ReadString('\n'); err != nil {
			return err
		}
	}
	if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"); err != nil {
		return err
	}
	<-goOn
	if _, err := io.CopyN(io.Discard, text, size); err != nil {
		return err
	}
	_, err = io.WriteString(conn, "1")
	return err
}
