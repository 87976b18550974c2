package httpaudit

import (
	"context"
	"net/http"
)

// middleware is what all requests share. It does not change after Middleware has returned, but for the counts.
type middleware struct {
	record  func(context.Context, Request) error
	trusted proxies
	rules   rules
	mux     *http.ServeMux
	rawPath bool
	stats   *Stats
}

// Middleware returns a function that wraps a handler so that record is called once for each request, after the handler has
// returned and on its goroutine, also when it panics. The context is that of the request, and may be cancelled; with it,
// [Select] finds the trace. An error or panic of record is counted in [Stats] and otherwise ignored: clients notice nothing.
// Record must not wait for anything slow, because net/http keeps the end of the response until it has returned.
//
// Without options every request is recorded. To the handler and the client the wrapped handler is the bare one, but for the
// X-Request-ID header of the response and for Unwrap of the response writer. It costs two allocations.
func Middleware(record func(context.Context, Request) error, opts ...Option) func(http.Handler) http.Handler {
	m := &middleware{record: record, stats: new(Stats)}
	for _, o := range opts {
		if o.apply != nil {
			o.apply(m)
		}
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if m.rules.skips(r.Method, r.URL.Path) {
				m.stats.Excluded.Add(1)
				next.ServeHTTP(w, r)
				return
			}
			m.serve(next, w, r)
		})
	}
}

func (m *middleware) serve(next http.Handler, w http.ResponseWriter, r *http.Request) {
	x := m.begin(w, r)
	defer x.end()
	next.ServeHTTP(x.writer(), x.request)
	x.returned = true
}

// deliver hands q on unless a rule leaves it out.
func (m *middleware) deliver(x *exchange, q Request) {
	if !m.rules.decide(&q, x.path, x.trace) {
		m.stats.LeftOut.Add(1)
		return
	}
	count := &m.stats.Failed
	defer func() {
		_ = recover() // the handler is done, so a panic of record may get no further
		count.Add(1)
	}()
	if m.record(requestContext{x}, q) == nil {
		count = &m.stats.Recorded
	}
}
