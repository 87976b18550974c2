package httpaudit

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// exchange is one request from its arrival to its end. The garbage collector frees it: were it pooled, a handler that keeps its
// context or its response writer after it has returned would hold those of somebody else's request.
//
// Fields of the first group are set once, before the handler runs.
type exchange struct {
	shared    *middleware
	parent    context.Context     // that of the request as it came
	original  http.ResponseWriter // the writer as it came
	arrived   *http.Request       // the request as it came
	request   *http.Request       // the copy for the handler
	start     time.Time
	id        string
	idText    uuidText  // what id points to if it is our own
	idHeader  [1]string // the value in the response's header
	ip        string
	userAgent string
	path      string // as the client sent it, decoded
	rawPath   string // escaped; empty unless asked for
	pattern   string // of a mux in front of the middleware
	base      string // template of what was stripped from the path before the middleware
	trace     trace

	status atomic.Int32 // what was sent; 0 before
	bytes  atomic.Int64
	gone   atomic.Bool // the client left before it had the response

	returned bool // the handler returned, without panic or runtime.Goexit

	mu    sync.Mutex // guards what follows: handlers may go on in other goroutines
	said  said
	level level // of the innermost mux that Nested has entered
}

// said is what handlers told through the context.
type said struct {
	user, role, org string
	code            string
	route           string
	nested          string // route found by Nested
}

func (m *middleware) begin(w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{
		shared: m, parent: r.Context(), original: w, arrived: r, start: time.Now(), path: r.URL.Path, pattern: r.Pattern,
	}
	peer, text := peerOf(r.RemoteAddr)
	x.ip = m.trusted.clientIP(peer, text, r.Header)
	if values := r.Header["User-Agent"]; len(values) > 0 {
		x.userAgent = values[0]
	}
	if m.rawPath {
		x.rawPath = r.URL.EscapedPath()
	}
	x.trace = traceOf(r.Header)
	x.level = entryLevel(r)
	x.base = x.level.base
	x.identify(r.Header, m.trusted.trust(peer))
	if r.Trailer == nil && len(r.TransferEncoding) > 0 {
		r.Trailer = http.Header{} // where the server puts trailers that were not announced, so that the copy sees them
	}
	x.request = r.WithContext(requestContext{x})
	return x
}

// identify settles the id of the request and tells it to the client.
func (x *exchange) identify(h http.Header, trusted bool) {
	if trusted {
		x.id = sentRequestID(h)
	}
	if x.id == "" {
		x.idText.write(x.start)
		x.id = unsafe.String(&x.idText[0], len(x.idText)) //nolint:gosec // written once, just before; saves an allocation
	}
	x.idHeader[0] = x.id
	x.original.Header()[requestIDHeader] = x.idHeader[:1:1]
}

// giveBack writes into the request that came what handlers have written into their copy: the server removes the files of a
// MultipartForm that it can see, and what is around the middleware may look at the rest.
func (x *exchange) giveBack() {
	x.arrived.Pattern = x.request.Pattern
	x.arrived.Form, x.arrived.PostForm = x.request.Form, x.request.PostForm
	x.arrived.MultipartForm = x.request.MultipartForm
}
