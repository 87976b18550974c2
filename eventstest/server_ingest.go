package eventstest

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// PostHog's limits.
const (
	maxBatchBody  = 20 << 20  // bytes of a body to /batch/, before and after decompression
	maxEventBody  = 2 << 20   // the same for the single-event paths
	maxEventBytes = 1_000_000 // bytes of one event, from the message broker behind the API
	maxDistinctID = 200       // characters; what is beyond is cut off
	maxFuture     = 23 * time.Hour
)

// bodyLimits are the paths and the sizes they take.
var bodyLimits = map[string]int{
	"/batch": maxBatchBody, "/i/v0/e": maxEventBody, "/e": maxEventBody,
	"/capture": maxEventBody, "/track": maxEventBody, "/engage": maxEventBody,
}

// denial is an answer other than 200, with the reason as PostHog words such reasons.
type denial struct {
	status int
	reason string
}

func (r *denial) Error() string { return r.reason }

func deny(status int, reason string) *denial { return &denial{status: status, reason: reason} }

// read reads the request's events into the record. The second result is why PostHog would refuse them, nil if it would
// not.
func (s *Server) read(r *http.Request, record *Request) ([]Event, *denial) {
	body, size, problem := readBody(r)
	var events []Event
	if problem == nil {
		events, problem = s.parse(body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	record.Bytes, record.Events = size.wire, events
	record.Gzip = size.gzip
	if problem != nil {
		record.Problem = problem.reason
	}
	return events, problem
}

// ingest does what PostHog does with a batch: all of it or nothing.
func (s *Server) ingest(events []Event, problem *denial) Reply {
	if problem != nil {
		return Reply{Status: problem.status, Body: problem.reason}
	}
	s.store(events)
	return Reply{Status: http.StatusOK}
}

type bodySize struct {
	wire int
	gzip bool
}

// readBody returns the body, decompressed. One that is too long is read to its end all the same: the client would
// otherwise see a broken connection instead of the answer.
func readBody(r *http.Request) ([]byte, bodySize, *denial) {
	limit, known := bodyLimits[strings.TrimSuffix(r.URL.Path, "/")]
	limit = max(limit, maxEventBody)
	body, err := io.ReadAll(io.LimitReader(r.Body, int64(limit)+1))
	size := bodySize{wire: len(body), gzip: bytes.HasPrefix(body, []byte{0x1f, 0x8b})}
	switch {
	case err != nil:
		return nil, size, deny(http.StatusBadRequest, "failed to read the request body")
	case !known:
		return nil, size, deny(http.StatusNotFound, "not found")
	case len(body) > limit:
		rest, _ := io.Copy(io.Discard, r.Body)
		size.wire += int(rest)
		return nil, size, deny(http.StatusRequestEntityTooLarge, "length limit exceeded")
	case size.gzip || strings.HasPrefix(r.URL.Query().Get("compression"), "gzip"):
		body, problem := gunzip(body, limit)
		return body, size, problem
	}
	return body, size, nil
}

func gunzip(packed []byte, limit int) ([]byte, *denial) {
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, deny(http.StatusBadRequest, "failed to decode request: invalid gzip data")
	}
	body, err := io.ReadAll(io.LimitReader(reader, int64(limit)+1))
	switch {
	case err != nil:
		return nil, deny(http.StatusBadRequest, "failed to decode request: invalid gzip data")
	case len(body) > limit:
		return nil, deny(http.StatusRequestEntityTooLarge, "length limit exceeded")
	}
	return body, nil
}

// envelope is the body of a request. A body without a batch is itself an event, or an array of events.
type envelope struct {
	APIKey string            `json:"api_key"`
	Token  string            `json:"token"`
	SentAt string            `json:"sent_at"`
	Batch  []json.RawMessage `json:"batch"`
}

// parse checks the whole body and returns its events, in order.
func (s *Server) parse(body []byte) ([]Event, *denial) {
	e, problem := openEnvelope(body)
	if problem != nil {
		return nil, problem
	}
	if problem := s.checkKey(e.APIKey); problem != nil {
		return nil, problem
	}
	if len(e.Batch) == 0 {
		return nil, deny(http.StatusBadRequest, "request holds no event")
	}
	events := make([]Event, len(e.Batch))
	for i, raw := range e.Batch {
		if problem := s.parseEvent(raw, e.SentAt, &events[i]); problem != nil {
			return nil, problem
		}
	}
	return events, nil
}

func openEnvelope(body []byte) (envelope, *denial) {
	var e envelope
	var into any = &e
	if body = bytes.TrimSpace(body); len(body) > 0 && body[0] == '[' {
		into = &e.Batch
	}
	if json.Unmarshal(body, into) != nil {
		return e, deny(http.StatusBadRequest, "failed to parse request: invalid JSON")
	}
	if e.Batch == nil {
		e.Batch = []json.RawMessage{body}
	}
	if len(e.Batch) > 0 {
		e.APIKey = cmp.Or(e.APIKey, e.Token, eventKey(e.Batch[0]))
	}
	return e, nil
}

// eventKey returns the project key that an event outside a batch carries itself.
func eventKey(raw json.RawMessage) string {
	var e struct {
		APIKey     string `json:"api_key"`
		Token      string `json:"token"`
		Properties struct {
			Token string `json:"token"`
		} `json:"properties"`
	}
	if json.Unmarshal(raw, &e) != nil {
		return "" // no key is refused, with the right status
	}
	return cmp.Or(e.APIKey, e.Token, e.Properties.Token)
}

func (s *Server) checkKey(key string) *denial {
	switch {
	case key == "":
		return deny(http.StatusUnauthorized, "event submitted without an api_key")
	case strings.HasPrefix(key, "phx_"):
		return deny(http.StatusUnauthorized, "API key is not valid: personal_api_key")
	case s.options.key != "" && key != s.options.key:
		return deny(http.StatusUnauthorized, "API key is not valid: not_authorized")
	}
	return nil
}

// wireEvent is an event as clients send it.
type wireEvent struct {
	Event      string          `json:"event"`
	DistinctID json.RawMessage `json:"distinct_id"`
	UUID       *string         `json:"uuid"`
	Timestamp  string          `json:"timestamp"`
	Properties object          `json:"properties"`
}

// object checks that a value is a JSON object without keeping it.
type object struct{}

func (object) UnmarshalJSON(data []byte) error {
	if data[0] != '{' && !bytes.Equal(data, []byte("null")) {
		return errors.New("not an object")
	}
	return nil
}

func (s *Server) parseEvent(raw json.RawMessage, sentAt string, event *Event) *denial {
	var w wireEvent
	if err := json.Unmarshal(raw, &w); err != nil {
		return deny(http.StatusBadRequest, "failed to parse request: invalid event")
	}
	id, problem := distinctID(w.DistinctID, raw)
	if problem != nil {
		return problem
	}
	uuid, ok := eventUUID(w.UUID)
	switch {
	case !ok:
		return deny(http.StatusBadRequest, "failed to parse request: invalid uuid")
	case w.Event == "":
		return deny(http.StatusBadRequest, "event submitted with an empty event name")
	case len(raw) > maxEventBytes:
		return deny(http.StatusRequestEntityTooLarge, "maximum event size exceeded")
	}
	*event = Event{
		Name: w.Event, DistinctID: id, UUID: uuid,
		Timestamp: eventTime(w.Timestamp, sentAt, time.Now()), Raw: raw,
	}
	if s.options.poison != nil && s.options.poison(*event) {
		return deny(http.StatusBadRequest, "invalid event could not be processed")
	}
	return nil
}

// distinctID returns the id as PostHog stores it: other JSON values as their text, and cut to 200 characters. An event
// without one may carry it among its properties, as $create_alias does.
func distinctID(value json.RawMessage, raw json.RawMessage) (string, *denial) {
	if len(value) == 0 || string(value) == "null" {
		var e struct {
			Properties struct {
				DistinctID json.RawMessage `json:"distinct_id"`
			} `json:"properties"`
		}
		if err := json.Unmarshal(raw, &e); err != nil || len(e.Properties.DistinctID) == 0 {
			return "", deny(http.StatusBadRequest, "event submitted without a distinct_id")
		}
		value = e.Properties.DistinctID
	}
	var id string
	if json.Unmarshal(value, &id) != nil {
		id = string(value)
	}
	if id == "" {
		return "", deny(http.StatusBadRequest, "event submitted with an empty distinct_id")
	}
	if utf8.RuneCountInString(id) > maxDistinctID {
		id = string([]rune(id)[:maxDistinctID])
	}
	return id, nil
}

// eventUUID returns the canonical form of any spelling that PostHog reads, and a new one where the event has none.
func eventUUID(text *string) (string, bool) {
	var id [16]byte
	if text == nil {
		_, _ = rand.Read(id[:]) // never fails
		id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	} else if !parseUUID(*text, &id) {
		return "", false
	}
	h := hex.EncodeToString(id[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], true
}

func parseUUID(text string, id *[16]byte) bool {
	text = strings.TrimPrefix(text, "urn:uuid:")
	if n := len(text); n == 38 && text[0] == '{' && text[n-1] == '}' {
		text = text[1 : n-1]
	}
	if len(text) == 36 {
		if text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
			return false
		}
		text = text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	}
	if len(text) != 32 {
		return false
	}
	_, err := hex.Decode(id[:], []byte(text))
	return err == nil
}

// eventTime returns the time that PostHog stores: corrected by the client's clock error where it sent its own time, and
// now where the time cannot be read or lies in the future.
func eventTime(text, sentAt string, now time.Time) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return now.UTC()
	}
	if sent, err := time.Parse(time.RFC3339Nano, sentAt); err == nil {
		at = at.Add(now.Sub(sent))
	}
	if at.Sub(now) > maxFuture {
		return now.UTC()
	}
	return at.UTC()
}
