package httpaudit_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eventgen/eventgen/httpaudit"
)

// A scenario is a handler and what a client does with it. The client writes down all that it notices; behind the middleware
// it has to write the same as without.
type scenario struct {
	handler http.HandlerFunc
	client  func(*client) // nil: a plain GET
}

// own matches what the middleware adds to a response, and the time.
var own = regexp.MustCompile("(X-Request-Id|Date): .*\r\n")

// client writes down what it notices.
type client struct {
	server *httptest.Server
	notes  strings.Builder
}

func (c *client) notef(format string, args ...any) { fmt.Fprintf(&c.notes, format+"\n", args...) }

// do sends a request and notes everything about the answer but what differs from run to run.
func (c *client) do(method, target string, body io.Reader, header ...string) {
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		Got100Continue: func() { c.notef("100") },
		Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			delete(h, "X-Request-Id")
			c.notef("%d %v", code, h)
			return nil
		},
	})
	req, err := http.NewRequestWithContext(ctx, method, c.server.URL+target, body)
	if err != nil {
		c.notef("%v", err)
		return
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := c.server.Client().Do(req)
	if err != nil {
		var of *url.Error
		errors.As(err, &of)
		c.notef("error: %v", of.Err)
		return
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	delete(resp.Header, "Date")
	delete(resp.Header, "X-Request-Id") // the one header that the middleware adds
	c.notef("%s %s %v length %d encoding %v close %v", resp.Proto, resp.Status, resp.Header, resp.ContentLength, resp.TransferEncoding, resp.Close)
	c.notef("body %d %x, error %v, trailer %v", len(got), sha1.Sum(got), err, resp.Trailer)
}

// interfaces names what w can do, without and with http.ResponseController.
func interfaces(w http.ResponseWriter, _ *http.Request) {
	_, flusher := w.(http.Flusher)
	_, flushError := w.(interface{ FlushError() error })
	_, hijacker := w.(http.Hijacker)
	_, readerFrom := w.(io.ReaderFrom)
	_, pusher := w.(http.Pusher)
	_, stringWriter := w.(io.StringWriter)
	_, closeNotifier := w.(interface{ CloseNotify() <-chan bool })
	control := http.NewResponseController(w)
	fmt.Fprintln(w, flusher, flushError, hijacker, readerFrom, pusher, stringWriter, closeNotifier,
		control.SetReadDeadline(time.Now().Add(time.Hour)), control.SetWriteDeadline(time.Now().Add(time.Hour)),
		control.EnableFullDuplex(), control.Flush())
}

func text(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, s) }
}

func status(codes ...int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, code := range codes {
			w.WriteHeader(code)
		}
	}
}

// scenarios are run with HTTP/1.1 and HTTP/2.
func scenarios(file string) map[string]scenario {
	large := strings.Repeat("0123456789abcdef", 1<<16)
	return map[string]scenario{
		"nothing":       {handler: nothing},
		"interfaces":    {handler: interfaces},
		"text":          {handler: text("hello")},
		"large text":    {handler: text(large)},
		"204":           {handler: status(204)},
		"304 with body": {handler: func(w http.ResponseWriter, r *http.Request) { status(304)(w, r); text("x")(w, r) }},
		"500":           {handler: status(500)},
		"999":           {handler: status(999)},
		"two statuses":  {handler: status(201, 500)},
		"bad status":    {handler: status(0)},
		"http.Error":    {handler: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 400) }},
		"redirect":      {handler: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", 399) }},
		"panic":         {handler: func(http.ResponseWriter, *http.Request) { panic("x") }},
		"panic midway":  {handler: func(w http.ResponseWriter, _ *http.Request) { flush(w, "x"); panic("y") }},
		"abort":         {handler: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		"abort midway":  {handler: func(w http.ResponseWriter, r *http.Request) { flush(w, "x"); panic(http.ErrAbortHandler) }},
		"Goexit":        {handler: func(http.ResponseWriter, *http.Request) { runtime.Goexit() }},
		"too short":     {handler: func(w http.ResponseWriter, r *http.Request) { length(w, "9"); text("x")(w, r) }},
		"too long": {handler: func(w http.ResponseWriter, _ *http.Request) {
			length(w, "1")
			_, err := io.WriteString(w, "xyz")
			noteError(err)
		}},
		"HEAD":             {text("hello"), func(c *client) { c.do(http.MethodHead, "/", nil) }},
		"HEAD of a file":   {serveFile(file), func(c *client) { c.do(http.MethodHead, "/", nil) }},
		"file":             {handler: serveFile(file)},
		"range":            {serveFile(file), func(c *client) { c.do(http.MethodGet, "/", nil, "Range", "bytes=100-299999") }},
		"ranges":           {serveRanges(file), func(c *client) { c.do(http.MethodGet, "/", nil, "Range", "bytes=5-9") }},
		"bad range":        {serveFile(file), func(c *client) { c.do(http.MethodGet, "/", nil, "Range", "bytes=9999999-") }},
		"not modified":     {serveFile(file), func(c *client) { c.do(http.MethodGet, "/", nil, "If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT") }},
		"copied":           {handler: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, strings.NewReader(large)) }},
		"limited copy":     {handler: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.CopyN(w, strings.NewReader(large), 9) }},
		"early hints":      {handler: earlyHints},
		"trailers":         {handler: trailers},
		"events":           {sendEvents, readEvents},
		"echo":             {echo, func(c *client) { c.do(http.MethodPost, "/", strings.NewReader(large)) }},
		"100-continue":     {echo, func(c *client) { c.do(http.MethodPost, "/", strings.NewReader(large), "Expect", "100-continue") }},
		"no continue":      {status(403), func(c *client) { c.do(http.MethodPost, "/", strings.NewReader(large), "Expect", "100-continue") }},
		"request trailers": {sentTrailers, sendTrailers("")},
		"... announced":    {sentTrailers, sendTrailers("Trailer: Sum\r\n")},
		"body is left":     {text("no"), func(c *client) { c.do(http.MethodPost, "/", strings.NewReader(large[:1<<16])) }},
		"push":             {handler: push},
		"websocket":        {handler: websocket},
		"hijack and panic": {handler: func(w http.ResponseWriter, r *http.Request) { websocket(w, r); panic("x") }},
		"deadline":         {handler: writeDeadline},
		"timeout handler":  {handler: http.TimeoutHandler(text("in time"), time.Hour, "").ServeHTTP},
		"mux redirect":     {handler: mux(map[string]http.Handler{"/x/": text("x")}).ServeHTTP, client: func(c *client) { c.do(http.MethodGet, "/x?q", nil) }},
	}
}

func noteError(err error) {
	if err == nil {
		panic("no error")
	}
}

func flush(w http.ResponseWriter, s string) {
	_, _ = io.WriteString(w, s)
	w.(http.Flusher).Flush()
}

func length(w http.ResponseWriter, n string) { w.Header().Set("Content-Length", n) }

func serveFile(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, name) }
}

func serveRanges(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, _ := os.ReadFile(name)
		http.ServeContent(w, r, "x.bin", time.Unix(1e9, 0), bytes.NewReader(b))
	}
}

func earlyHints(w http.ResponseWriter, _ *http.Request) {
	for range 2 {
		w.Header().Add("Link", "</style.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
	}
	w.WriteHeader(http.StatusAccepted)
}

func trailers(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Trailer", "Declared")
	flush(w, "body")
	w.Header().Set("Declared", "a")
	w.Header().Set(http.TrailerPrefix+"Undeclared", "b")
}

func echo(w http.ResponseWriter, r *http.Request) { _, err := io.Copy(w, r.Body); fmt.Fprint(w, err) }

// sentTrailers answers with the trailers of the request, which net/http knows when the body is read.
func sentTrailers(w http.ResponseWriter, r *http.Request) {
	before := len(r.Trailer.Get("Sum"))
	_, err := io.Copy(io.Discard, r.Body)
	fmt.Fprint(w, before, r.Trailer.Get("Sum"), err)
}

// sendTrailers speaks HTTP/1.1 where it can, because Go's client does not send trailers that it has not announced.
func sendTrailers(announced string) func(*client) {
	return func(c *client) {
		if c.server.EnableHTTP2 {
			c.do(http.MethodPost, "/", strings.NewReader("x"))
			return
		}
		c.speak("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n" + announced +
			"\r\n1\r\nx\r\n0\r\nSum: 42\r\n\r\n")
	}
}

func push(w http.ResponseWriter, _ *http.Request) {
	if p, ok := w.(http.Pusher); ok {
		fmt.Fprint(w, p.Push("/x", nil))
	}
}

func writeDeadline(w http.ResponseWriter, _ *http.Request) {
	flush(w, "x")
	_ = http.NewResponseController(w).SetWriteDeadline(time.Unix(1, 0))
	flush(w, "y")
}

func sendEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for i := range 3 {
		fmt.Fprintf(w, "data: %d\n\n", i)
		if err := http.NewResponseController(w).Flush(); err != nil {
			panic(err)
		}
	}
	<-r.Context().Done() // until the client leaves
}

// readEvents gets each event while the handler is still running.
func readEvents(c *client) {
	ctx, leave := context.WithCancel(context.Background())
	defer leave()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, c.server.URL, http.NoBody)
	resp, err := c.server.Client().Do(req)
	if err != nil {
		c.notef("%v", err)
		return
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for range 6 {
		lines.Scan()
		c.notef("%q", lines.Text())
	}
}

// websocket answers the opening handshake of RFC 6455 and echoes one text frame.
func websocket(w http.ResponseWriter, r *http.Request) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		http.Error(w, "cannot hijack", http.StatusNotImplemented)
		return
	}
	conn, buffered, err := hijacker.Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-Websocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(buffered, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:]))
	_ = buffered.Flush()
	var head [6]byte
	if _, err := io.ReadFull(buffered, head[:]); err != nil {
		return
	}
	payload := make([]byte, head[1]&0x7f)
	_, _ = io.ReadFull(buffered, payload)
	for i := range payload {
		payload[i] ^= head[2+i%4]
	}
	_, _ = buffered.Write(append([]byte{0x81, byte(len(payload))}, payload...))
	_ = buffered.Flush()
	_, err = w.Write([]byte("x"))
	fmt.Fprintf(conn, "%v", errors.Is(err, http.ErrHijacked))
}

// upgrade is a websocket client.
func upgrade(c *client) {
	c.speak("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\x85abcd\x09\x07\x0f\x08\x0e")
}

// speak sends text over a bare connection, and notes what comes back.
func (c *client) speak(text string) {
	conn, err := net.Dial("tcp", c.server.Listener.Addr().String())
	if err != nil {
		c.notef("%v", err)
		return
	}
	defer conn.Close()
	fmt.Fprint(conn, text)
	all, err := io.ReadAll(conn)
	c.notef("%q %v", own.ReplaceAll(all, nil), err)
}

// run serves h and returns what the client noted.
func run(t *testing.T, h http.Handler, s scenario, http2 bool) string {
	t.Helper()
	over := make(chan struct{}, 9)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { over <- struct{}{} }()
		h.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if server.EnableHTTP2 = http2; http2 {
		server.StartTLS()
	} else {
		server.Start()
	}
	defer server.Close()
	server.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	server.Client().Transport.(*http.Transport).ExpectContinueTimeout = time.Hour
	c := &client{server: server}
	if s.client == nil {
		s.client = func(c *client) { c.do(http.MethodGet, "/", nil) }
	}
	s.client(c)
	<-over
	return c.notes.String()
}

// TestConformance: what a client notes behind the middleware is what it notes without.
func TestConformance(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "large.bin")
	if err := os.WriteFile(file, bytes.Repeat([]byte("0123456789"), 1<<17), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, time.Unix(1e9, 0), time.Unix(1e9, 0)); err != nil {
		t.Fatal(err)
	}
	for name, s := range scenarios(file) {
		for _, http2 := range []bool{false, true} {
			s := s
			if !http2 && (strings.Contains(name, "websocket") || strings.Contains(name, "hijack")) {
				s.client = upgrade
			}
			t.Run(fmt.Sprintf("%s, HTTP/2 %v", name, http2), func(t *testing.T) {
				t.Parallel()
				var n notes
				bare := run(t, s.handler, s, http2)
				wrapped := run(t, httpaudit.Middleware(n.record)(s.handler), s, http2)
				if bare != wrapped {
					t.Errorf("bare:\n%swrapped:\n%s", bare, wrapped)
				}
				n.one(t)
			})
		}
	}
}

// TestGivenBack: around the middleware the request looks as if the handler had got it.
func TestGivenBack(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func(http.Handler) http.Handler{
		"bare":    func(h http.Handler) http.Handler { return h },
		"wrapped": httpaudit.Middleware(new(notes).record),
	} {
		h := wrap(mux(map[string]http.Handler{"/x/{id}": http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _ = r.ParseForm() })}))
		r := get("/x/7?a=b")
		h.ServeHTTP(httptest.NewRecorder(), r)
		if r.Pattern != "/x/{id}" || r.Form.Get("a") != "b" || r.PostForm == nil {
			t.Errorf("%s: %q %v %v", name, r.Pattern, r.Form, r.PostForm)
		}
	}
}

// TestUploadsAreRemoved is not parallel, since it sets where temporary files go. The server removes those of an upload when the
// handler has returned.
func TestUploadsAreRemoved(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		dir := t.TempDir()
		t.Setenv("TMPDIR", dir)
		stored := 0
		upload := func(_ http.ResponseWriter, r *http.Request) {
			if err := r.ParseMultipartForm(0); err != nil {
				t.Error(err)
			}
			files, _ := os.ReadDir(dir)
			stored = len(files)
		}
		run(t, httpaudit.Middleware(new(notes).record)(http.HandlerFunc(upload)), scenario{client: func(c *client) {
			c.do(http.MethodPost, "/", strings.NewReader("--x\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n"+
				strings.Repeat("y", 1<<16)+"\r\n--x--\r\n"), "Content-Type", "multipart/form-data; boundary=x")
		}}, http2)
		if left, err := os.ReadDir(dir); stored != 1 || len(left) != 0 || err != nil {
			t.Errorf("HTTP/2 %v: %d files during the request, %d after it, %v", http2, stored, len(left), err)
		}
	}
}

// fileListener counts the files that connections were asked to send themselves, which is how the kernel's sendfile is reached.
type fileListener struct {
	net.Listener
	files *atomic.Int32
}

func (l fileListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return fileConn{conn.(*net.TCPConn), l.files}, nil
}

type fileConn struct {
	*net.TCPConn
	files *atomic.Int32
}

func (c fileConn) ReadFrom(src io.Reader) (int64, error) {
	if limited, ok := src.(*io.LimitedReader); ok {
		if _, ok := limited.R.(*os.File); ok {
			c.files.Add(1)
		}
	}
	return c.TCPConn.ReadFrom(src)
}

func TestSendfile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "large.bin")
	if err := os.WriteFile(file, bytes.Repeat([]byte("x"), 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	var n notes
	for _, h := range []http.Handler{serveFile(file), httpaudit.Middleware(n.record)(serveFile(file))} {
		var files atomic.Int32
		server := httptest.NewUnstartedServer(h)
		server.Listener = fileListener{server.Listener, &files}
		server.Start()
		resp, err := server.Client().Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		size, err := io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		server.Close()
		if files.Load() != 1 || size != 1<<20 || err != nil {
			t.Errorf("%d files were left to the connection, %d bytes came, %v", files.Load(), size, err)
		}
	}
	if q := n.one(t); q.BytesWritten != 1<<20 {
		t.Errorf("recorded %d bytes", q.BytesWritten)
	}
}

// TestKeptBeyondTheHandler lets handlers go on with context and writer after they have returned, while later requests run:
// nothing of it may show up elsewhere, and the race detector may find nothing.
func TestKeptBeyondTheHandler(t *testing.T) {
	t.Parallel()
	var n notes
	type user struct{}
	var leaked []func()
	h := httpaudit.Middleware(n.record)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Query().Get("id")
		ctx := r.Context()
		httpaudit.SetUser(ctx, id, "")
		request := httpaudit.RequestID(ctx)
		leaked = append(leaked, func() {
			httpaudit.SetUser(ctx, "late-"+id, "late")
			httpaudit.SetRoute(ctx, "/late")
			w.WriteHeader(500)
			_, _ = io.WriteString(w, "late")
			if ctx.Value(user{}) != id || httpaudit.RequestID(ctx) != request {
				t.Errorf("the context of %s became that of %v", id, ctx.Value(user{}))
			}
		})
		if id == "3" {
			panic("x")
		}
	}))
	done := make(chan struct{})
	for i := range 50 {
		id := fmt.Sprint(i)
		r := get("/?id=" + id)
		func() {
			defer func() { _ = recover() }()
			h.ServeHTTP(httptest.NewRecorder(), r.WithContext(context.WithValue(r.Context(), user{}, id)))
		}()
		for _, late := range slices.Clone(leaked) {
			go func() { late(); done <- struct{}{} }()
		}
		for range leaked {
			<-done
		}
		leaked = leaked[max(0, len(leaked)-3):]
	}
	for i, q := range n.all() {
		if want := fmt.Sprint(i); q.UserID != want || q.UserRole != "" || q.Route != httpaudit.Unmatched || (q.Status == 500) != (i == 3) {
			t.Errorf("request %d became %+v", i, q)
		}
	}
}

// TestConcurrentNotes has handlers that tell things from many goroutines, some of which outlive them.
func TestConcurrentNotes(t *testing.T) {
	t.Parallel()
	var n notes
	done := make(chan struct{}, 8)
	h := httpaudit.Middleware(n.record)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range cap(done) {
			go func() {
				httpaudit.SetUser(r.Context(), "a", "b")
				httpaudit.SetOrg(r.Context(), "c")
				httpaudit.SetErrorCode(r.Context(), "d")
				done <- struct{}{}
			}()
		}
	}))
	h.ServeHTTP(httptest.NewRecorder(), get("/"))
	for range cap(done) {
		<-done
	}
	if q := n.one(t); q.UserID != "" && q.UserRole != "b" {
		t.Errorf("half a user: %+v", q)
	}
}
