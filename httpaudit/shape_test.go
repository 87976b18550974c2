package httpaudit

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

// everything is a response writer with all optional interfaces. It tells which were called.
type everything struct {
	http.ResponseWriter
	called map[string]bool
}

func (e everything) Flush()                   { e.called["Flush"] = true }
func (e everything) FlushError() error        { e.called["FlushError"] = true; return nil }
func (e everything) CloseNotify() <-chan bool { e.called["CloseNotify"] = true; return nil }
func (e everything) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	e.called["Hijack"] = true
	return nil, nil, nil
}

func (e everything) ReadFrom(src io.Reader) (int64, error) {
	e.called["ReadFrom"] = true
	return io.Copy(io.Discard, src)
}

func (e everything) Push(string, *http.PushOptions) error {
	e.called["Push"] = true
	return nil
}

func (e everything) WriteString(s string) (int, error) {
	e.called["WriteString"] = true
	return len(s), nil
}

// use calls every optional interface that w has, and returns their names.
func use(w http.ResponseWriter) map[string]bool {
	used := map[string]bool{}
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
		used["Flush"] = true
	}
	if f, ok := w.(interface{ FlushError() error }); ok {
		_ = f.FlushError()
		used["FlushError"] = true
	}
	if h, ok := w.(http.Hijacker); ok {
		_, _, _ = h.Hijack()
		used["Hijack"] = true
	}
	if r, ok := w.(io.ReaderFrom); ok {
		_, _ = r.ReadFrom(http.NoBody)
		used["ReadFrom"] = true
	}
	if p, ok := w.(http.Pusher); ok {
		_ = p.Push("/", nil)
		used["Push"] = true
	}
	if s, ok := w.(io.StringWriter); ok {
		_, _ = s.WriteString("")
		used["WriteString"] = true
	}
	if c, ok := w.(interface{ CloseNotify() <-chan bool }); ok {
		c.CloseNotify()
		used["CloseNotify"] = true
	}
	return used
}

// TestEveryShape wraps a writer of each combination of optional interfaces: what comes out has the same ones, and calls of
// them arrive. The writers of the table serve as originals, so the first round shows that they are what they should be.
func TestEveryShape(t *testing.T) {
	t.Parallel()
	bits := []string{"Flush", "FlushError", "Hijack", "ReadFrom", "Push", "WriteString", "CloseNotify"}
	request := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	for s := range shapes {
		called := map[string]bool{}
		inner := &exchange{parent: t.Context(), original: everything{httptest.NewRecorder(), called}}
		original := writers[s](inner)
		m := &middleware{stats: new(Stats)}
		used := use(m.begin(original, request).writer())
		for bit, name := range bits {
			want := s&(1<<bit) != 0
			if used[name] != want || called[name] != want {
				t.Errorf("shape %07b: %s is there: %v, reached: %v, want %v", s, name, used[name], called[name], want)
			}
		}
	}
}

// TestServerShapes tells when the servers of net/http change what they offer, which would cost an allocation.
func TestServerShapes(t *testing.T) {
	t.Parallel()
	for want, http2 := range map[shape]bool{http1Shape: false, http2Shape: true} {
		got := make(chan shape, 1)
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { got <- shapeOf(w) }))
		server.EnableHTTP2 = http2
		server.StartTLS()
		resp, err := server.Client().Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		server.Close()
		if s := <-got; s != want {
			t.Errorf("HTTP/2 %v: shape %07b, want %07b", http2, s, want)
		}
	}
}
