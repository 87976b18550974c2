package posthogsink

import (
	"context"
	"net/http"
	"sync/atomic"
)

// leash ties the requests of posthog-go to the Send that they belong to, which posthog-go knows nothing of: a Send that
// gives up takes its requests with it, so that they neither overlap with those of the next Send nor hold up Close.
type leash struct {
	next    http.RoundTripper
	sending atomic.Pointer[context.Context]
}

// hold ties the requests that follow to ctx.
func (l *leash) hold(ctx context.Context) { l.sending.Store(&ctx) }

// RoundTrip sends a request whose response has no body to read any more; see observer.
func (l *leash) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel()
	if sending := l.sending.Load(); sending != nil {
		defer context.AfterFunc(*sending, cancel)()
	}
	return l.next.RoundTrip(req.WithContext(ctx))
}
