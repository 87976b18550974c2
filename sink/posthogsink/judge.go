package posthogsink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/posthog/posthog-go"

	"github.com/eventgen/eventgen/runtime"
)

// The reasons that are no HTTP status. They become labels of the statistics.
const (
	reasonRedirect    = "redirect"
	reasonQuota       = "quota_limited"
	reasonNotPostHog  = "not_posthog"
	reasonNetwork     = "network"
	reasonTimeout     = "timeout"
	reasonCanceled    = "canceled"
	reasonClosed      = "closed"
	reasonNoAck       = "no_ack"
	reasonQueueFull   = "queue_full"
	reasonTooLarge    = "too_large"
	reasonInvalid     = "invalid"
	reasonUnencodable = "unencodable"
)

// judge decides what a response of PostHog means for the events that were sent.
type judge struct {
	hints hints
}

func newJudge(c Config) judge { return judge{hints: newHints(c)} }

// status judges by the status line and the headers alone; nil means 2xx.
func (j judge) status(resp *http.Response, now time.Time) *runtime.SendError {
	code := resp.StatusCode
	if code >= 200 && code < 300 {
		return nil
	}
	failure := &runtime.SendError{
		Failure:    failureOfStatus(code),
		Status:     code,
		RetryAfter: retryAfter(resp.Header.Get("Retry-After"), now),
		Reason:     "http_" + strconv.Itoa(code),
		Err:        j.hints.forStatus(code),
	}
	if code >= 300 && code < 400 {
		failure.Reason = reasonRedirect
		failure.Err = j.hints.forRedirect(resp.Header.Get("Location"))
	}
	return failure
}

// failureOfStatus sorts the statuses. Those that only a change of configuration can cure pause and keep the events: beside
// the ones that PostHog sends, 405 and 407 and redirects, which mean that it was not PostHog that answered.
func failureOfStatus(code int) runtime.Failure {
	switch {
	case code == http.StatusRequestTimeout, code == http.StatusTooManyRequests, code < 300, code >= 500:
		return runtime.Temporary
	case code < 400:
		return runtime.Paused
	}
	switch code {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound,
		http.StatusMethodNotAllowed, http.StatusProxyAuthRequired:
		return runtime.Paused
	case http.StatusRequestEntityTooLarge:
		return runtime.TooLarge
	}
	return runtime.Poisoned
}

// accepted judges a 2xx by its body; nil means that PostHog has the events.
func (j judge) accepted(resp *http.Response, body []byte) *runtime.SendError {
	failure := &runtime.SendError{Failure: runtime.Paused, Status: resp.StatusCode}
	switch {
	case quotaLimited(body):
		failure.Reason, failure.Err = reasonQuota, j.hints.forQuota()
	case isPage(resp.Header.Get("Content-Type"), body):
		failure.Reason, failure.Err = reasonNotPostHog, j.hints.forPage()
	default:
		return nil
	}
	return failure
}

// quotaLimited finds the list of resources over quota with which PostHog says that it dropped the events. A reply that
// speaks of it but cannot be read is taken to say so.
func quotaLimited(body []byte) bool {
	if !bytes.Contains(body, []byte(`"quota_limited"`)) {
		return false
	}
	var reply struct {
		Resources []json.RawMessage `json:"quota_limited"`
	}
	return json.Unmarshal(body, &reply) != nil || len(reply.Resources) > 0
}

// isPage recognises a web page: of a captive portal, or of an application that answers 200 to every path.
func isPage(contentType string, body []byte) bool {
	return strings.HasPrefix(contentType, "text/html") || bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("<"))
}

// maxRetryAfter keeps absurd answers within the range of a duration. How long to honour it is up to the sender.
const maxRetryAfter = 24 * time.Hour

// retryAfter reads a Retry-After header in either form; 0 means that there is none, or none that can be read.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		return clamp(time.Duration(seconds) * time.Second)
	}
	if at, err := http.ParseTime(value); err == nil {
		return clamp(at.Sub(now))
	}
	return 0
}

func clamp(d time.Duration) time.Duration { return min(max(d, 0), maxRetryAfter) }

// failureOf sorts an error that a transport met. What is neither ours nor the network's comes from posthog-go itself, which
// could not encode some message: bisection finds it.
func failureOf(err error) *runtime.SendError {
	var failure *runtime.SendError
	var network net.Error
	var request *url.Error
	switch {
	case errors.As(err, &failure):
		return failure
	case errors.Is(err, context.Canceled):
		return &runtime.SendError{Reason: reasonCanceled, Err: err}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return &runtime.SendError{Reason: reasonTimeout, Err: err}
	case errors.Is(err, posthog.ErrClosed):
		return &runtime.SendError{Reason: reasonClosed, Err: err}
	case errors.Is(err, posthog.ErrQueueFull), errors.Is(err, posthog.ErrTooManyRequests):
		return &runtime.SendError{Reason: reasonQueueFull, Err: err}
	case errors.As(err, &request), errors.As(err, &network):
		return &runtime.SendError{Reason: reasonNetwork, Err: err}
	}
	return &runtime.SendError{Failure: runtime.Poisoned, Reason: reasonUnencodable}
}
