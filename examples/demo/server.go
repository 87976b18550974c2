package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

var loopback = netip.MustParsePrefix("127.0.0.0/8")

// server serves HTTP on a loopback port.
type server struct {
	http   http.Server
	url    string
	served chan error
}

// serve starts a server, whose owner must stop it. It keeps panics of handlers to itself: the audit trail has them.
func serve(ctx context.Context, handler http.Handler) (*server, error) {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{url: "http://" + listener.Addr().String(), served: make(chan error, 1)}
	s.http.Handler, s.http.ReadHeaderTimeout = handler, patience
	s.http.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	go func() { s.served <- s.http.Serve(listener) }()
	return s, nil
}

// stop takes no more requests and waits for those under way.
func (s *server) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
