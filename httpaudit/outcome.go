package httpaudit

import (
	"context"
	"net/http"
	"time"
)

// outcome is how a request ended.
type outcome struct {
	status int
	code   string // empty unless the request ended in one of the ways of the Code constants
}

// end is deferred around the handler. It records whatever happened, and lets a panic go on with the value that it had.
func (x *exchange) end() {
	x.giveBack()
	if x.returned {
		x.finish(x.answered())
		return
	}
	v := recover() // nil after runtime.Goexit, which goes on by itself
	x.finish(x.broken(v))
	if v != nil {
		panic(v) //nolint:forbidigo // the handler's own
	}
}

// answered is the outcome of a handler that returned.
func (x *exchange) answered() outcome {
	status := int(x.status.Load())
	switch {
	case status == http.StatusSwitchingProtocols:
		return outcome{status: status}
	case x.gone.Load() || status == 0 && x.left():
		return outcome{status: statusClientClosed, code: CodeClientClosed}
	case status == 0:
		return outcome{status: http.StatusOK} // as net/http sends it
	default:
		return outcome{status: min(status, 599)} // net/http takes up to 999
	}
}

// broken is the outcome of a handler that ended with a panic, or with runtime.Goexit if v is nil.
func (x *exchange) broken(v any) outcome {
	switch v {
	case nil:
		return outcome{status: http.StatusInternalServerError, code: CodeGoexit}
	case http.ErrAbortHandler:
		status := int(x.status.Load())
		if status == 0 {
			status = statusNoResponse
		}
		return outcome{status: min(status, 599), code: CodeAborted}
	default:
		return outcome{status: http.StatusInternalServerError, code: CodePanic}
	}
}

// left reports whether the client is gone; net/http then cancels the context, without a cause. A deadline is no client that
// left, and neither is a service that stops and says so by the cause, as signal.NotifyContext does.
func (x *exchange) left() bool {
	return x.parent.Err() == context.Canceled && context.Cause(x.parent) == context.Canceled //nolint:errorlint // a signal.NotifyContext has a cause that Is Canceled
}

// finish records the request. What handlers say from now on comes too late.
func (x *exchange) finish(o outcome) {
	duration := time.Since(x.start)
	x.mu.Lock()
	s := x.said
	x.mu.Unlock()

	q := Request{
		RequestID: x.id, UserID: clean(s.user, maxUserID), UserRole: clean(s.role, maxRole), OrgID: clean(s.org, maxOrgID),
		Method: clean(x.arrived.Method, maxMethod), Route: clean(x.route(s), maxPath),
		Status: o.status, Result: Success, ErrorCode: clean(s.code, maxErrorCode), Duration: max(duration, 0),
		UserAgent: clean(x.userAgent, maxUserAgent), IP: x.ip, BytesWritten: x.bytes.Load(), SampleWeight: 1,
	}
	if o.code != "" {
		q.ErrorCode = o.code
	}
	if o.code != "" || o.status >= http.StatusBadRequest {
		q.Result = Failure
	}
	x.finishPath(&q)
	x.shared.deliver(x, q)
}

// finishPath fills in what depends on the request line.
func (x *exchange) finishPath(q *Request) {
	q.Path = q.Route
	if x.rawPath != "" {
		q.Path = clean(x.rawPath, maxPath)
	}
	switch q.Method {
	case "":
		q.Method = http.MethodGet // as net/http has it
	case http.MethodHead:
		q.BytesWritten = 0
	}
}
