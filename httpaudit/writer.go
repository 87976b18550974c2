package httpaudit

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
)

// writer is the response writer that handlers see. It has the methods that all response writers have, and Unwrap for
// http.ResponseController. It is one pointer, so that it fits into an interface without allocation.
type writer struct{ x *exchange }

// Header is that of the response.
func (w writer) Header() http.Header { return w.x.original.Header() }

// WriteHeader notes the first status that is final. Informational ones go out as they are.
func (w writer) WriteHeader(status int) {
	w.x.original.WriteHeader(status)
	if status >= 200 || status == http.StatusSwitchingProtocols {
		w.x.begun(status)
	}
}

// Write counts what is written.
func (w writer) Write(b []byte) (int, error) {
	w.x.begun(http.StatusOK)
	n, err := w.x.original.Write(b)
	w.x.wrote(int64(n), err)
	return n, err
}

// Unwrap returns the response writer as the server made it, for deadlines and full duplex.
func (w writer) Unwrap() http.ResponseWriter { return w.x.original }

// begun notes that the response has begun. A client that is gone by then will not get it.
func (x *exchange) begun(status int) {
	if x.status.Load() == 0 && x.status.CompareAndSwap(0, int32(status)) && x.left() {
		x.gone.Store(true)
	}
}

// wrote notes the result of writing to the body. The server cancels the context when the connection breaks; other errors,
// such as those of a source that is copied from, and the server's own deadlines, are not the client's.
func (x *exchange) wrote(n int64, err error) {
	x.bytes.Add(n)
	if err != nil && x.left() && !errors.Is(err, os.ErrDeadlineExceeded) {
		x.gone.Store(true)
	}
}

// The optional interfaces of response writers, each as one type that adds it to a writer.
type (
	flusher        struct{ x *exchange }
	errorFlusher   struct{ x *exchange }
	hijacker       struct{ x *exchange }
	readerFrom     struct{ x *exchange }
	pusher         struct{ x *exchange }
	stringWriter   struct{ x *exchange }
	closeNotifier  struct{ x *exchange }
	flushErrorer   interface{ FlushError() error }
	closeNotifying interface{ CloseNotify() <-chan bool } // http.CloseNotifier is deprecated, but gin needs it
)

// Flush sends the header at least.
func (f flusher) Flush() {
	f.x.begun(http.StatusOK)
	f.x.original.(http.Flusher).Flush()
}

// FlushError sends the header at least.
func (f errorFlusher) FlushError() error {
	f.x.begun(http.StatusOK)
	err := f.x.original.(flushErrorer).FlushError()
	f.x.wrote(0, err)
	return err
}

// Hijack hands the connection over. What goes over it from then on is no response.
func (h hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := h.x.original.(http.Hijacker).Hijack()
	if err == nil {
		h.x.begun(http.StatusSwitchingProtocols)
	}
	return conn, buffered, err
}

// ReadFrom leaves the copying to the server, which lets the kernel do it where it can.
func (r readerFrom) ReadFrom(src io.Reader) (int64, error) {
	r.x.begun(http.StatusOK)
	n, err := r.x.original.(io.ReaderFrom).ReadFrom(src)
	r.x.wrote(n, err)
	return n, err
}

// Push leaves the push to the server.
func (p pusher) Push(target string, opts *http.PushOptions) error {
	return p.x.original.(http.Pusher).Push(target, opts)
}

// WriteString counts what is written.
func (s stringWriter) WriteString(text string) (int, error) {
	s.x.begun(http.StatusOK)
	n, err := s.x.original.(io.StringWriter).WriteString(text)
	s.x.wrote(int64(n), err)
	return n, err
}

// CloseNotify tells when the client leaves.
func (c closeNotifier) CloseNotify() <-chan bool { return c.x.original.(closeNotifying).CloseNotify() }
