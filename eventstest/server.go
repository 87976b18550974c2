package eventstest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// Server is a PostHog stand-in on a loopback port. It speaks the v0 ingestion API that PostHog's SDKs and this module's
// sinks use: POST /batch/ and the single-event paths /i/v0/e/, /e/, /capture/, /track/ and /engage/, plain or gzip, with
// PostHog's limits and its all-or-nothing refusal of a batch that holds one bad event. What it accepts it keeps in
// memory, in the order of arrival and with every duplicate; see [Server.Events] and [Server.Unique].
//
// A server answers as PostHog would until [Server.Script] or [Server.Handle] say otherwise. All methods are safe for
// concurrent use.
type Server struct {
	options serverOptions
	address string
	http    http.Server
	served  chan error    // the accept loop's end
	done    chan struct{} // closed by Close: releases hanging and slow replies
	conns   sync.WaitGroup
	closing sync.Once

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced whenever a request or an event was recorded
	script   []Reply
	handle   func(Request) Reply
	requests []*Request
	counts   Counts
	events   []Event
	unique   map[identity]int // index into events of the copy received last
	firsts   []identity
}

// Counts are the totals of a [Server]. They keep counting where [WithoutRecord] switches the records off.
type Counts struct {
	Connections int // TCP connections accepted
	Requests    int // requests received, answered or not
	Stored      int // events stored, duplicates included
	Unique      int // events left once PostHog has merged the duplicates
}

type serverOptions struct {
	key           string
	poison        func(Event) bool
	withoutRecord bool
}

// ServerOption configures a [Server].
type ServerOption func(*serverOptions)

// WithProjectKey makes the server answer 401 to every other project key. Without it any key is good that could be a
// project key: not empty and not a personal key (phx_).
func WithProjectKey(key string) ServerOption {
	return func(o *serverOptions) { o.key = key }
}

// WithPoison makes the server answer 400 to every batch that contains an event for which bad returns true. It is called
// from several goroutines at once.
func WithPoison(bad func(Event) bool) ServerOption {
	return func(o *serverOptions) { o.poison = bad }
}

// WithoutRecord makes the server only count, so that its memory stays flat under load: [Server.Events],
// [Server.Unique] and [Server.Requests] are empty, and Counts.Unique is zero.
func WithoutRecord() ServerOption {
	return func(o *serverOptions) { o.withoutRecord = true }
}

// NewServer starts a server that is closed when the test ends.
func NewServer(t testing.TB, opts ...ServerOption) *Server {
	t.Helper()
	s, err := Start(opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Start starts a server outside a test. The caller must close it.
func Start(opts ...ServerOption) (*Server, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("eventstest: start server: %w", err)
	}
	s := &Server{
		address: listener.Addr().String(),
		served:  make(chan error, 1),
		done:    make(chan struct{}),
		changed: make(chan struct{}),
		unique:  make(map[identity]int),
	}
	for _, opt := range opts {
		opt(&s.options)
	}
	s.http = http.Server{
		Handler:           http.HandlerFunc(s.serve),
		ReadHeaderTimeout: time.Minute,
		ConnState:         s.connState,
		ConnContext:       s.connContext,
	}
	go func() { s.served <- s.http.Serve(listener) }()
	return s, nil
}

// connState counts the connections in and out, so that Close can wait for their goroutines.
func (s *Server) connState(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.conns.Done()
	case http.StateActive, http.StateIdle:
	}
}

type connKey struct{}

// connContext numbers the connection for the requests that it carries.
func (s *Server) connContext(ctx context.Context, _ net.Conn) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Connections++
	return context.WithValue(ctx, connKey{}, s.counts.Connections)
}

// URL returns the address to use as the PostHog host, without a trailing slash.
func (s *Server) URL() string { return "http://" + s.address }

// Close ends all connections, releases hanging replies and waits for the server's goroutines. What was recorded stays
// readable. The error is that of a server which had stopped accepting connections before; a second Close returns nil.
func (s *Server) Close() (err error) {
	s.closing.Do(func() {
		close(s.done)
		_ = s.http.Close() // it can only fail to close the listener; the accept loop tells why
		if end := <-s.served; !errors.Is(end, http.ErrServerClosed) {
			err = fmt.Errorf("eventstest: server: %w", end)
		}
		s.conns.Wait()
	})
	return err
}

// Script queues replies: each request takes the next one, and those that come after the last are answered as PostHog
// would, or as [Server.Handle] says. It may be called again at any time.
func (s *Server) Script(replies ...Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = append(s.script, replies...)
}

// Handle makes f choose the reply to each request that no [Server.Script] covers; nil ends that. Several goroutines call
// f at once. The zero Reply lets the server do what PostHog would.
func (s *Server) Handle(f func(Request) Reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handle = f
}

// Wait returns nil as soon as n different events are stored, and the error of ctx when it ends first.
func (s *Server) Wait(ctx context.Context, n int) error {
	return s.wait(ctx, func(c Counts) bool { return c.Unique >= n })
}

// WaitRequests returns nil as soon as n requests have come in, answered or not, and the error of ctx when it ends first.
func (s *Server) WaitRequests(ctx context.Context, n int) error {
	return s.wait(ctx, func(c Counts) bool { return c.Requests >= n })
}

func (s *Server) wait(ctx context.Context, enough func(Counts) bool) error {
	for {
		s.mu.Lock()
		counts, changed := s.counts, s.changed
		s.mu.Unlock()
		if enough(counts) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("eventstest: %d requests, %d events: %w", counts.Requests, counts.Unique, ctx.Err())
		}
	}
}

// Counts returns the totals.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts
}

// Requests returns every request received so far, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Request, len(s.requests))
	for i, r := range s.requests {
		all[i] = *r
	}
	return all
}
