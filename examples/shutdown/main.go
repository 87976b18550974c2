// Command shutdown is a service that loses no event when it is told to stop. What matters is the order: first the server, so
// that no handler is left that could track, then the clients, each with a context that the signal has not ended.
//
//	curl -X POST "http://127.0.0.1:8080/trials?org=org_42"
//
// With EVENTS_SPOOL_DIR set, what PostHog does not take before the deadline stays on disk for the next start. Without it, Close
// says how many events were lost.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Together these stay below the 30 seconds that Kubernetes grants before it kills; docker stop grants 10 unless told otherwise.
const (
	drainTimeout = 15 * time.Second // for requests under way
	closeTimeout = 5 * time.Second  // for events
)

func main() {
	if err := run(os.LookupEnv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:forbidigo // this is main
	}
}

func run(lookup func(string) (string, bool), out io.Writer) error {
	signalled, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	clients, err := openClients(lookup)
	if err != nil {
		return err
	}
	addr, ok := lookup("ADDR")
	if !ok {
		addr = "127.0.0.1:8080"
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(signalled, "tcp", addr)
	if err != nil {
		return errors.Join(err, clients.close())
	}
	server := &http.Server{Handler: service(clients), ReadHeaderTimeout: 5 * time.Second}
	fmt.Fprintln(out, "listening on", listener.Addr())
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err = <-failed: // without a signal
	case <-signalled.Done():
		stop() // a second signal ends the process at once
	}
	return errors.Join(err, shutDown(server), clients.close())
}

// shutDown stops listening and waits for the handlers that are at work. Those that take too long are cut off: what they track
// from then on is refused with ErrClosed, and counted.
func shutDown(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}
