package posthogsink

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"

	"github.com/eventgen/eventgen/runtime"
)

// minPacked is the size from which compressing a body saves a packet.
const minPacked = 1400

// direct is the transport of our own: a batch is one POST to /batch/, whose body is put together from what is encoded
// already.
type direct struct {
	wire    http.RoundTripper
	release func()
	timeout time.Duration
	url     string
	head    []byte // the body up to the first event
	closed  atomic.Bool

	// Used by Send alone, from one goroutine at a time.
	body   []byte
	packer *gzip.Writer // nil when bodies are not compressed
}

// self are the properties with which this library describes itself on every event.
const self = `"$lib":"eventgen","$is_server":true`

func newDirect(c Config) *direct {
	wire, release := newObserver(c)
	d := &direct{wire: wire, release: release, timeout: c.Timeout, url: c.Host + "/batch/"}
	d.head = append(d.head, `{"api_key":`...)
	d.head = append(appendJSON(d.head, c.APIKey), `,"batch":[`...)
	if c.compresses() {
		d.packer = gzip.NewWriter(nil)
	}
	return d
}

// send posts the batch. PostHog takes or refuses a batch as a whole, so there are no verdicts for single messages.
func (d *direct) send(ctx context.Context, batch runtime.Batch) ([]runtime.Verdict, error) {
	if d.closed.Load() {
		return nil, &runtime.SendError{Reason: reasonClosed}
	}
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	req, err := d.request(ctx, batch.Messages)
	if err != nil {
		return nil, &runtime.SendError{Reason: reasonUnencodable, Err: err}
	}
	resp, err := d.wire.RoundTrip(req)
	if err != nil {
		return nil, networkFailure(err)
	}
	return nil, resp.Body.Close() // which is http.NoBody, see observer
}

// networkFailure is failureOf where posthog-go has no part in it.
func networkFailure(err error) *runtime.SendError {
	failure := failureOf(err)
	if failure.Reason == reasonUnencodable {
		return &runtime.SendError{Reason: reasonNetwork, Err: err}
	}
	return failure
}

// request returns the POST of the messages. Its body is a copy that the connection may go on reading after RoundTrip
// returned, as it does when PostHog answers early.
func (d *direct) request(ctx context.Context, messages []runtime.Message) (*http.Request, error) {
	d.body = append(d.body[:0], d.head...)
	for i := range messages {
		if i > 0 {
			d.body = append(d.body, ',')
		}
		d.body = appendEvent(d.body, &messages[i])
	}
	d.body = append(d.body, "]}"...)
	if d.packer == nil || len(d.body) < minPacked {
		return newPost(ctx, d.url, bytes.Clone(d.body))
	}
	packed, err := pack(d.packer, d.body)
	if err != nil {
		return nil, err
	}
	req, err := newPost(ctx, d.url+"?compression=gzip", packed)
	if err == nil {
		req.Header.Set("Content-Encoding", "gzip")
	}
	return req, err
}

func newPost(ctx context.Context, url string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("posthogsink: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "eventgen")
	return req, nil
}

// pack compresses body with a writer that is used again and again: a new one costs hundreds of kilobytes.
func pack(w *gzip.Writer, body []byte) ([]byte, error) {
	packed := bytes.NewBuffer(make([]byte, 0, len(body)/4))
	w.Reset(packed)
	if _, err := w.Write(body); err != nil {
		return nil, fmt.Errorf("posthogsink: compress: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("posthogsink: compress: %w", err)
	}
	return packed.Bytes(), nil
}

// appendEvent appends one element of the batch.
func appendEvent(dst []byte, m *runtime.Message) []byte {
	dst = append(dst, `{"event":`...)
	dst = appendJSON(dst, m.Event)
	dst = append(dst, `,"distinct_id":`...)
	dst = appendJSON(dst, m.DistinctID)
	dst = append(dst, `,"uuid":"`...)
	dst, _ = m.UUID.AppendText(dst) // never fails
	dst = append(dst, `","timestamp":"`...)
	dst = m.Timestamp.UTC().AppendFormat(dst, time.RFC3339Nano)
	dst = append(dst, `","properties":`...)
	dst = appendProperties(dst, m.Properties)
	return append(dst, '}')
}

// appendProperties splices our own properties into the JSON object of the event's.
func appendProperties(dst, object []byte) []byte {
	object = bytes.TrimSpace(object)
	if len(object) < len("{}") {
		return append(append(append(dst, '{'), self...), '}')
	}
	open := bytes.TrimRight(object[:len(object)-1], " \t\r\n")
	dst = append(dst, open...)
	if len(open) > len("{") {
		dst = append(dst, ',')
	}
	return append(append(dst, self...), '}')
}

// appendJSON appends a JSON string. Most need no escaping.
func appendJSON(dst []byte, s string) []byte {
	if strings.ContainsFunc(s, needsEscape) || !utf8.ValidString(s) {
		text, _ := json.Marshal(s) // cannot fail: a string
		return append(dst, text...)
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

func needsEscape(r rune) bool { return r < ' ' || r == '"' || r == '\\' }

// close releases the connections. There is nothing to wait for: requests run in Send.
func (d *direct) close(context.Context) error {
	d.closed.Store(true)
	d.release()
	return nil
}
