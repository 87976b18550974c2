package posthogsink

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/eventgen/eventgen/runtime"
)

// direct is the transport of our own: a batch is one POST to /batch/, whose body is put together from what is encoded
// already.
type direct struct {
	wire    http.RoundTripper
	release func()
	timeout time.Duration
	url     string
	head    []byte // the body up to the first event
	bodies  *bodies
	stamper stamper // used by Send alone
	closed  atomic.Bool
}

// self are the properties with which this library describes itself on every event.
const self = `"$lib":"eventgen","$is_server":true`

func newDirect(c Config) *direct {
	wire, release := newObserver(c)
	d := &direct{wire: wire, release: release, timeout: c.Timeout, url: c.Host + "/batch/", bodies: newBodies(c)}
	d.head = append(d.head, `{"api_key":`...)
	d.head = append(appendJSON(d.head, c.APIKey), `,"batch":[`...)
	return d
}

// send posts the batch. PostHog takes or refuses a batch as a whole, so there are no verdicts for single messages.
func (d *direct) send(ctx context.Context, batch runtime.Batch) ([]runtime.Verdict, error) {
	if d.closed.Load() {
		return nil, &runtime.SendError{Reason: reasonClosed}
	}
	ctx, cancel := context.WithTimeout(ctx, d.timeout)
	defer cancel()
	req, body, err := d.request(ctx, batch.Messages)
	if err != nil {
		return nil, &runtime.SendError{Reason: reasonUnencodable, Err: err}
	}
	defer body.release()
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

// request returns the POST of the messages, and its body.
func (d *direct) request(ctx context.Context, messages []runtime.Message) (*http.Request, *body, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, http.NoBody)
	if err != nil {
		return nil, nil, fmt.Errorf("posthogsink: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "eventgen")
	text := d.bodies.buffer()
	*text = *bytes.NewBuffer(d.appendBatch(text.AvailableBuffer(), messages))
	return d.bodies.attach(req, text)
}

func (d *direct) appendBatch(dst []byte, messages []runtime.Message) []byte {
	dst = append(dst, d.head...)
	for i := range messages {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = d.appendEvent(dst, &messages[i])
	}
	return append(dst, "]}"...)
}

// appendEvent appends one element of the batch.
func (d *direct) appendEvent(dst []byte, m *runtime.Message) []byte {
	dst = append(dst, `{"event":`...)
	dst = appendJSON(dst, m.Event)
	dst = append(dst, `,"distinct_id":`...)
	dst = appendJSON(dst, m.DistinctID)
	dst = append(dst, `,"uuid":"`...)
	dst, _ = m.UUID.AppendText(dst) // never fails
	dst = append(dst, `","timestamp":"`...)
	dst = d.stamper.append(dst, m.Timestamp)
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
	ascii := true
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c == '"' || c == '\\':
			return appendEscaped(dst, s)
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	if !ascii && !utf8.ValidString(s) {
		return appendEscaped(dst, s)
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

func appendEscaped(dst []byte, s string) []byte {
	text, _ := json.Marshal(s) // cannot fail: a string
	return append(dst, text...)
}

// close releases the connections. There is nothing to wait for: requests run in Send.
func (d *direct) close(context.Context) error {
	d.closed.Store(true)
	d.release()
	return nil
}
