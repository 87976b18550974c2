package posthogsink

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
)

// minPacked is the size from which compressing a body saves a packet.
const minPacked = 1400

// bodies makes the bodies of requests, in memory that is used again: without that, a busy client leaves more to the garbage
// collector with them than with all else together (direct, batches of 250: 683 bytes an event, and 20 % of the time).
type bodies struct {
	packs   bool
	reuses  bool
	buffers sync.Pool // of *bytes.Buffer
	packers sync.Pool // of *gzip.Writer; a new one costs hundreds of kilobytes
}

func newBodies(c Config) *bodies {
	return &bodies{
		packs:   c.compresses(),
		reuses:  c.HTTP == nil, // a stranger's RoundTripper may keep what it gets
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
		packers: sync.Pool{New: func() any { return gzip.NewWriter(nil) }},
	}
}

// buffer returns an empty buffer.
func (b *bodies) buffer() *bytes.Buffer {
	buffer := b.buffers.Get().(*bytes.Buffer)
	buffer.Reset()
	return buffer
}

// keep takes a buffer back.
func (b *bodies) keep(buffer *bytes.Buffer) { b.buffers.Put(buffer) }

// attach returns req with text as its body, compressed if that is asked for and worth it. The body has to be released when
// RoundTrip has returned. On an error there is none.
func (b *bodies) attach(req *http.Request, text *bytes.Buffer) (*http.Request, *body, error) {
	if b.packs && text.Len() >= minPacked {
		packed := b.buffer()
		err := b.pack(packed, text.Bytes())
		b.keep(text)
		if err != nil {
			return nil, nil, err
		}
		text = packed
		req.Header.Set("Content-Encoding", "gzip")
		address := *req.URL
		address.RawQuery = "compression=gzip"
		req.URL = &address
	}
	body := &body{text: text}
	body.holders.Store(1)
	if b.reuses {
		body.home = b.keep
	}
	return body.of(req), body, nil
}

func (b *bodies) pack(to io.Writer, text []byte) error {
	w := b.packers.Get().(*gzip.Writer)
	defer b.packers.Put(w)
	w.Reset(to)
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("posthogsink: compress: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("posthogsink: compress: %w", err)
	}
	return nil
}

// body is what a request carries. Its memory is used again when nobody holds it any more: neither Send nor a connection that is
// writing it, which may go on when RoundTrip has returned, as it does when PostHog answers early. Connections say so through
// net/http/httptrace and not by closing a reader of ours: net/http sends the head of a request together with the body, and
// without a buffer of 32 KB on the way, only if the body is a bytes.Reader.
type body struct {
	text    *bytes.Buffer
	holders atomic.Int32
	home    func(*bytes.Buffer) // takes the memory back; nil when it is not to be used again
}

// of makes the body that of req.
func (b *body) of(req *http.Request) *http.Request {
	text := b.text.Bytes()
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn:      func(httptrace.GotConnInfo) { b.holders.Add(1) },
		WroteRequest: func(httptrace.WroteRequestInfo) { b.release() },
	}))
	req.ContentLength = int64(len(text))
	req.Body = io.NopCloser(bytes.NewReader(text))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	return req
}

// release lets go of the body.
func (b *body) release() {
	if b.holders.Add(-1) == 0 && b.home != nil {
		b.home(b.text)
	}
}
