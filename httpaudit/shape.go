package httpaudit

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// shape is a set of optional interfaces. A handler may ask for any of them, and behaves differently where it is missing, so
// the writer that it gets has those of the original: one missing breaks websockets or streaming, one too many promises what
// the server cannot do.
type shape uint8

// The optional interfaces.
const (
	canFlush shape = 1 << iota
	canFlushError
	canHijack
	canReadFrom
	canPush
	canWriteString
	canCloseNotify
	shapes // their number of combinations
)

// The shapes of the servers of net/http, which are met nearly always.
const (
	http1Shape = canFlush | canFlushError | canHijack | canReadFrom | canWriteString | canCloseNotify
	http2Shape = canFlush | canFlushError | canPush | canWriteString | canCloseNotify
)

func shapeOf(w http.ResponseWriter) shape {
	var s shape
	if _, ok := w.(http.Flusher); ok {
		s |= canFlush
	}
	if _, ok := w.(flushErrorer); ok {
		s |= canFlushError
	}
	if _, ok := w.(http.Hijacker); ok {
		s |= canHijack
	}
	if _, ok := w.(io.ReaderFrom); ok {
		s |= canReadFrom
	}
	if _, ok := w.(http.Pusher); ok {
		s |= canPush
	}
	if _, ok := w.(io.StringWriter); ok {
		s |= canWriteString
	}
	if _, ok := w.(closeNotifying); ok {
		s |= canCloseNotify
	}
	return s
}

// writer returns the response writer for the handler. The usual shapes need no allocation.
func (x *exchange) writer() http.ResponseWriter {
	switch s := shapeOf(x.original); s {
	case http1Shape:
		return http1Writer{writer{x}}
	case http2Shape:
		return http2Writer{writer{x}}
	default:
		return writers[s](x)
	}
}

// http1Writer has http1Shape.
type http1Writer struct{ writer }

func (w http1Writer) Flush()            { flusher(w.writer).Flush() }
func (w http1Writer) FlushError() error { return errorFlusher(w.writer).FlushError() }

func (w http1Writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return hijacker(w.writer).Hijack()
}

func (w http1Writer) ReadFrom(src io.Reader) (int64, error) {
	return readerFrom(w.writer).ReadFrom(src)
}

func (w http1Writer) WriteString(text string) (int, error) {
	return stringWriter(w.writer).WriteString(text)
}
func (w http1Writer) CloseNotify() <-chan bool { return closeNotifier(w.writer).CloseNotify() }

// http2Writer has http2Shape.
type http2Writer struct{ writer }

func (w http2Writer) Flush()            { flusher(w.writer).Flush() }
func (w http2Writer) FlushError() error { return errorFlusher(w.writer).FlushError() }
func (w http2Writer) Push(target string, opts *http.PushOptions) error {
	return pusher(w.writer).Push(target, opts)
}

func (w http2Writer) WriteString(text string) (int, error) {
	return stringWriter(w.writer).WriteString(text)
}
func (w http2Writer) CloseNotify() <-chan bool { return closeNotifier(w.writer).CloseNotify() }
