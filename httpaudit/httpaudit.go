// Package httpaudit records who asked an HTTP service for what, and how it ended: one [Request] for each request, for any
// net/http handler. It imports the standard library only.
//
// # Usage
//
// [Middleware] goes around everything else, and calls a function of yours that stores the request. Handlers say who and why
// through the context, wherever they know it:
//
//	audit := httpaudit.Middleware(record, httpaudit.TrustedProxies(netip.MustParsePrefix("10.0.0.0/8")))
//	server := &http.Server{Handler: audit(mux)}
//	…
//	httpaudit.SetUser(ctx, user.ID, user.Role)
//	httpaudit.SetErrorCode(ctx, "out_of_stock")
//
// With a generated event package, this is the function. The event of a request without a user belongs to no person and
// goes under its own id:
//
//	func record(c *runtime.Client) func(context.Context, httpaudit.Request) error {
//		return func(ctx context.Context, r httpaudit.Request) error {
//			result, err := events.ParseAPIRequestResult(r.Result)
//			if err != nil {
//				return err
//			}
//			e := events.APIRequest{
//				RequestID: r.RequestID, UserID: classified(r.UserID), UserRole: text(r.UserRole), OrgID: text(r.OrgID),
//				Method: r.Method, Path: r.Path, Route: text(r.Route),
//				StatusCode: int64(r.Status), Result: result, ErrorCode: text(r.ErrorCode),
//				DurationMs: float64(r.Duration) / float64(time.Millisecond), UserAgent: classified(r.UserAgent),
//				IP: classified(r.IP), SampleWeight: runtime.Float(r.SampleWeight),
//			}
//			if r.UserID != "" {
//				err = events.TrackAPIRequest(ctx, c, r.UserID, e)
//			}
//			if r.UserID == "" || errors.Is(err, runtime.ErrDistinctID) { // nobody, or a name for nobody such as "guest"
//				err = events.TrackAPIRequest(ctx, c, "", e, runtime.WithoutPersonProfile())
//			}
//			return err
//		}
//	}
//
// where text and classified make a runtime.Opt that is unset if the string is empty; examples/httpaudit has all of it.
//
// # Routes
//
// The route is the pattern that http.ServeMux wrote into the request. A handler in between that copies the request hides it:
// see [WithMux], and [Nested] for a mux inside a mux. Other routers say it themselves, in one line that belongs into a
// middleware of theirs:
//
//	defer func() { httpaudit.SetRoute(r.Context(), chi.RouteContext(r.Context()).RoutePattern()) }() // chi; around next
//	httpaudit.SetRoute(c.Request.Context(), c.FullPath())                                            // gin
//	httpaudit.SetRoute(c.Request().Context(), c.Path())                                              // echo
//
// chi needs no line if the middleware is used with r.Use and no later middleware copies the request.
//
// # What is never recorded
//
// Bodies, queries, cookies, and headers other than User-Agent. Paths only with [WithRawPath].
//
// # Policy
//
// Without configuration every request is recorded. [WithRules] excludes and samples for all destinations, [Select] for one.
// Where rules sample, every count must be a sum of [Request.SampleWeight]. The trace id decides what is in the sample, so
// that all services choose the same requests; a client can choose its trace id, and with it whether its successes are in
// the sample. Do not sample what such a client must not hide.
//
// # Limits
//
// To handlers and clients the wrapped handler is the bare one, with three exceptions: the X-Request-ID header of the response,
// Unwrap of the response writer, and http.MaxBytesReader, which recognises only net/http's own writer and therefore does not
// announce that the connection closes. A request whose client went away before its response began is a failure, 499, even
// if the handler did not notice; one whose response had begun is a failure if writing failed. It is net/http that says so, by
// cancelling the context: it takes a client that closes its sending side for one that left, and a context that the service
// itself cancels looks the same unless it is cancelled with a cause.
//
// The middleware sees what happens inside of it. Below http.TimeoutHandler it records what the handler did, not the 503 that
// the client got: put it outside. Where a wrapper around the middleware hides http.Hijacker or http.Flusher behind an Unwrap,
// http.ResponseController goes past the middleware too, and a hijack is recorded as a 200. httputil.ReverseProxy adds the headers
// of the answer to those of the response, so an X-Request-ID of the service behind it comes second, unless ModifyResponse
// deletes it.
//
// # Concurrency
//
// Everything is safe for concurrent use. Contexts and response writers may be kept beyond the handler as far as net/http
// allows it: nothing is reused for other requests.
package httpaudit

//go:generate go run writers_generate.go
