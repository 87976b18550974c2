package httpaudit

import (
	"context"
	"time"
)

// SetUser says who made the request, and in which role. It may be called anywhere below the middleware with the request's
// context or one derived from it; of several calls the last counts, and those after the handler has returned count for nothing.
// So do calls with other contexts.
func SetUser(ctx context.Context, id, role string) {
	if x := exchangeOf(ctx); x != nil {
		x.note(func(s *said) { s.user, s.role = id, role })
	}
}

// SetOrg says for which organisation the request was made; see [SetUser].
func SetOrg(ctx context.Context, id string) {
	if x := exchangeOf(ctx); x != nil {
		x.note(func(s *said) { s.org = id })
	}
}

// SetErrorCode says why the request failed, in the application's terms; see [SetUser]. It does not make a failure of a
// request: the status does.
func SetErrorCode(ctx context.Context, code string) {
	if x := exchangeOf(ctx); x != nil {
		x.note(func(s *said) { s.code = code })
	}
}

// SetRoute says which route answered, for routers other than http.ServeMux; see [SetUser]. It wins over every other source.
// An empty template says nothing.
func SetRoute(ctx context.Context, template string) {
	if x := exchangeOf(ctx); x != nil && template != "" {
		x.note(func(s *said) { s.route = template })
	}
}

// RequestID returns the id of the request to which ctx belongs, for logs and for calls of other services. It is empty for
// other contexts, and for requests that a rule excluded before the handler ran.
func RequestID(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.id
	}
	return ""
}

func (x *exchange) note(change func(*said)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	change(&x.said)
}

// exchangeKey is the key under which a requestContext returns its exchange.
type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// requestContext is the context of a request that is being audited. It is one pointer, so that it fits into an interface
// without allocation.
type requestContext struct{ x *exchange }

// Deadline is that of the request.
func (c requestContext) Deadline() (time.Time, bool) { return c.x.parent.Deadline() }

// Done is that of the request.
func (c requestContext) Done() <-chan struct{} { return c.x.parent.Done() }

// Err is that of the request.
func (c requestContext) Err() error { return c.x.parent.Err() }

// Value is that of the request, but for exchangeKey.
func (c requestContext) Value(key any) any {
	if key == (exchangeKey{}) {
		return c.x
	}
	return c.x.parent.Value(key)
}

// String names the context without showing the request.
func (c requestContext) String() string { return "httpaudit.Context" }
