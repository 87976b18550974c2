package posthogsink

import (
	"io"
	"net/http"
	"time"
)

// maxReply bounds what is read of a reply. PostHog's are a dozen bytes; a stranger's need not be read to the end.
const maxReply = 1 << 20

// observer is the RoundTripper between a transport and the network. It lets a response through only if PostHog has the
// events and turns every other one into a *runtime.SendError. That bends the rule of http.RoundTripper that a response is
// no error, for three reasons: http.Client would follow a redirect, as a GET without a body whose 200 then passes for
// success; posthog-go would ignore a quota limit, sleep for as long as Retry-After says, and keep the status to itself,
// whereas an error reaches the callback of each message; and both transports share one judgement.
//
// It reads the body to its end and closes it, so that the connection is used again.
type observer struct {
	next  http.RoundTripper
	judge judge
}

// newObserver returns an observer for a completed config and a function that releases the connections it owns.
func newObserver(c Config) (o *observer, release func()) {
	if c.HTTP != nil {
		return &observer{next: c.HTTP, judge: newJudge(c)}, func() {}
	}
	pool := newPool(c.Timeout)
	return &observer{next: pool, judge: newJudge(c)}, pool.CloseIdleConnections
}

// RoundTrip returns a response without a body, or a *runtime.SendError, or the error of the network.
func (o *observer) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := o.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	reply, err := drain(resp.Body)
	if failure := o.judge.status(resp, time.Now()); failure != nil {
		return nil, failure // the status stands, whatever became of the body
	}
	if err != nil {
		return nil, err // a quota limit may be in the part that is missing
	}
	if failure := o.judge.accepted(resp, reply); failure != nil {
		return nil, failure
	}
	resp.Body = http.NoBody
	return resp, nil
}

func drain(body io.ReadCloser) ([]byte, error) {
	reply, err := io.ReadAll(io.LimitReader(body, maxReply))
	if closed := body.Close(); err == nil {
		err = closed
	}
	return reply, err
}
