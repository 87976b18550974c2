package httpaudit

import (
	"net/http"
	"net/netip"
)

// Option changes what [Middleware] does. The zero value changes nothing.
type Option struct{ apply func(*middleware) }

// TrustedProxies names the networks of the proxies in front of the service. From them, and from nobody else, the request id
// in X-Request-ID is taken over and the client's address is read from X-Forwarded-For, right to left up to the first
// address that is none of theirs. Without it nobody is trusted. Name no network that clients are in.
func TrustedProxies(prefixes ...netip.Prefix) Option {
	trusted := newProxies(prefixes)
	return Option{func(m *middleware) { m.trusted = append(m.trusted, trusted...) }}
}

// WithRules leaves requests out, or samples them, for all destinations at once; [Select] does it for one. The first rule that
// matches decides, and requests that none matches are recorded. Repeated options add rules at the end.
func WithRules(list ...Rule) Option {
	added := newRules(list)
	return Option{func(m *middleware) { m.rules = append(m.rules, added...) }}
}

// WithMux names the mux that is asked for the route of a request when neither the request nor a handler tells it, which
// happens when a handler between the middleware and the mux has copied the request, as http.TimeoutHandler and every
// use of Request.WithContext do. It costs another match, for such requests only.
func WithMux(mux *http.ServeMux) Option {
	return Option{func(m *middleware) { m.mux = mux }}
}

// WithRawPath puts the escaped path into [Request.Path], as the client sent it, instead of the route. Paths hold what people
// put there, such as names and tokens.
func WithRawPath() Option {
	return Option{func(m *middleware) { m.rawPath = true }}
}

// WithStats counts in s. Without it, or if s is nil, nobody sees the counts.
func WithStats(s *Stats) Option {
	if s == nil {
		return Option{}
	}
	return Option{func(m *middleware) { m.stats = s }}
}
