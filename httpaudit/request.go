package httpaudit

import "time"

// The values of [Request.Result].
const (
	Success = "success" // a status below 400
	Failure = "failure" // a status of 400 or more, and whatever has an error code of this package
)

// The error codes that this package sets itself. They win over what a handler said with [SetErrorCode].
const (
	CodePanic        = "panic"         // the handler panicked; the status is 500
	CodeGoexit       = "goexit"        // the handler ended its goroutine; the status is 500
	CodeAborted      = "aborted"       // the handler panicked with http.ErrAbortHandler; the status is what was sent, else 444
	CodeClientClosed = "client_closed" // the client left before it had the response; the status is 499
)

// The statuses of requests that ended without a response. Nothing of the kind is ever sent.
const (
	statusNoResponse   = 444
	statusClientClosed = 499
)

// Unmatched is the route of a request for which no route is known, so that paths that somebody made up do not become
// routes.
const Unmatched = "(unmatched)"

// Request is what is recorded of one request, after it was answered. Whatever the client sent, it makes a valid api_request
// event: text is UTF-8 without NUL, and cut, at the boundary of a character, to the lengths below. Bodies, query strings,
// cookies and headers other than User-Agent are never in it.
type Request struct {
	RequestID    string        // 1 to 128 bytes; also in the X-Request-ID header of the response
	UserID       string        // as told by SetUser, at most 200 bytes; empty for nobody
	UserRole     string        // as told by SetUser, at most 64 bytes
	OrgID        string        // as told by SetOrg, at most 200 bytes
	Method       string        // 1 to 32 bytes
	Route        string        // template such as "/users/{id}", or Unmatched; 1 to 1024 bytes
	Path         string        // Route, or the escaped path if WithRawPath asked for it; 1 to 1024 bytes
	Status       int           // 100 to 599
	Result       string        // Success or Failure
	ErrorCode    string        // as told by SetErrorCode, or one of the Code constants; at most 128 bytes
	Duration     time.Duration // from the call of the handler to its return
	UserAgent    string        // at most 256 bytes
	IP           string        // address of the client, without port and zone; empty if unknown
	BytesWritten int64         // body bytes that the server took from the handler; none for HEAD and after a hijack
	SampleWeight float64       // how many requests this one stands for, at least 1; counts are sums of it
}

// The lengths in bytes to which text is cut.
const (
	maxUserID    = 200
	maxRole      = 64
	maxOrgID     = 200
	maxMethod    = 32
	maxPath      = 1024
	maxErrorCode = 128
	maxUserAgent = 256
)
