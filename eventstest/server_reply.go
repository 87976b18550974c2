package eventstest

import (
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Request is what a [Server] received.
type Request struct {
	Seq     int // counts from 1 in the order of arrival
	Conn    int // number of the TCP connection, from 1
	Method  string
	Path    string // with the query
	Header  http.Header
	Bytes   int     // length of the body on the wire, as far as it was read
	Gzip    bool    // whether the body was compressed
	Events  []Event // nil when the body was not read or held no readable events
	Status  int     // status of the reply; 0 while there is none
	Problem string  // why the server would refuse the events; empty when it would store them
}

// Reply is a scripted answer. The zero Reply lets the server do what PostHog would: check and store the events.
type Reply struct {
	// Status answers at once, without a look at the events; 0 lets the server do its work.
	Status int
	// Body is sent with Status; empty means the text that PostHog sends with that status.
	Body string
	// RetryAfter and Location are sent as headers, verbatim.
	RetryAfter string
	Location   string
	// Delay is the time before the answer. It ends early when the client leaves or the server closes.
	Delay time.Duration
	// Fault breaks the connection instead of answering.
	Fault Fault
	// Stored keeps the events in spite of Status or Fault: the batch arrived and only the answer got lost.
	Stored bool
}

// Fault is a way in which a connection breaks.
type Fault uint8

// The faults.
const (
	NoFault      Fault = iota
	Hang               // no answer until the client leaves or the server closes
	ResetRequest       // reset while the request is being read; from [Server.Handle], after it was read
	ResetAnswer        // reset after the request was read, before the answer
	ResetReply         // reset in the middle of the answer's body
)

// QuotaLimited is the Body with which PostHog says, under status 200, that it dropped the events because the project's
// quota is used up.
const QuotaLimited = `{"status":1,"quota_limited":["events"]}`

const okBody = `{"status":1}`

// replyBodies are the texts that PostHog sends; other statuses get the standard text.
var replyBodies = map[int]string{
	http.StatusOK:                    okBody,
	http.StatusUnauthorized:          "API key is not valid",
	http.StatusRequestEntityTooLarge: "maximum event size exceeded",
	http.StatusTooManyRequests:       "rate limited",
	http.StatusServiceUnavailable:    "transient error, please retry",
}

func (r Reply) body() string {
	if r.Body != "" {
		return r.Body
	}
	if text, ok := replyBodies[r.Status]; ok {
		return text
	}
	return http.StatusText(r.Status)
}

// serve records the request, decides on the reply and gives it.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	record, reply, scripted := s.arrive(r)
	if scripted && reply.Fault == ResetRequest {
		_, _ = io.CopyN(io.Discard, r.Body, 1) // the client is surely sending by now
		reset(w)
		return
	}
	events, problem := s.read(r, record)
	if !scripted {
		reply = s.decide(record)
	}
	if !s.pause(r, reply.Delay) {
		abort()
	}
	if reply.Status == 0 && reply.Fault == NoFault {
		reply = s.ingest(events, problem)
	}
	s.answer(w, r, record, reply)
}

// arrive records a request before its body is read and takes the next scripted reply.
func (s *Server) arrive(r *http.Request) (record *Request, reply Reply, scripted bool) {
	conn, _ := r.Context().Value(connKey{}).(int)
	record = &Request{Conn: conn, Method: r.Method, Path: r.URL.RequestURI(), Header: r.Header.Clone()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Requests++
	record.Seq = s.counts.Requests
	if !s.options.withoutRecord {
		s.requests = append(s.requests, record)
	}
	if len(s.script) > 0 {
		reply, scripted = s.script[0], true
		s.script = s.script[1:]
	}
	s.notify()
	return record, reply, scripted
}

// notify wakes the waiters; s.mu is held.
func (s *Server) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// decide asks the handler for a reply.
func (s *Server) decide(record *Request) Reply {
	s.mu.Lock()
	handle, request := s.handle, *record
	s.mu.Unlock()
	if handle == nil {
		return Reply{}
	}
	return handle(request)
}

// pause waits and reports whether there is still somebody to answer.
func (s *Server) pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	case <-s.done:
		return false
	}
}

// answer gives the reply, or breaks the connection as it says.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, record *Request, reply Reply) {
	if reply.Stored {
		s.store(record.Events)
	}
	switch reply.Fault {
	case Hang:
		select {
		case <-r.Context().Done():
		case <-s.done:
		}
		abort()
	case ResetRequest, ResetAnswer:
		reset(w)
	case ResetReply:
		write(w, reply, len(reply.body())+1<<10)
		_ = http.NewResponseController(w).Flush()
		reset(w)
	default:
		s.mu.Lock()
		record.Status = reply.Status
		s.mu.Unlock()
		write(w, reply, len(reply.body()))
	}
}

// write writes the answer, under the given Content-Length.
func write(w http.ResponseWriter, reply Reply, length int) {
	header := w.Header()
	for name, value := range map[string]string{"Retry-After": reply.RetryAfter, "Location": reply.Location} {
		if value != "" {
			header.Set(name, value)
		}
	}
	header.Set("Content-Type", contentType(reply.body()))
	header.Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(max(reply.Status, http.StatusOK))
	_, _ = io.WriteString(w, reply.body()) //nolint:gosec // the text is the script's; a client that left misses nothing
}

// contentType tells PostHog's JSON replies from its plain-text errors.
func contentType(body string) string {
	if body != "" && body[0] == '{' {
		return "application/json"
	}
	return http.DetectContentType([]byte(body))
}

// abort ends a request without an answer.
func abort() {
	panic(http.ErrAbortHandler) //nolint:forbidigo // this is how net/http is told to break a connection off
}

// reset closes the connection so that the client's kernel sees RST and not an orderly end.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		abort() // the next best way to break it
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // a plain close is what is left when the peer was faster
	}
	_ = conn.Close()
}
