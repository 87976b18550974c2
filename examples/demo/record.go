package main

import (
	"context"
	"errors"
	"time"

	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/httpaudit"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// record returns what httpaudit.Middleware calls for each request: it tracks an api_request event.
func record(c *runtime.Client) func(context.Context, httpaudit.Request) error {
	return func(ctx context.Context, r httpaudit.Request) error {
		result, err := events.ParseAPIRequestResult(r.Result)
		if err != nil {
			return err
		}
		e := events.APIRequest{
			RequestID: r.RequestID, UserID: classified(r.UserID), UserRole: text(r.UserRole), OrgID: text(r.OrgID),
			Method: r.Method, Path: r.Path, Route: text(r.Route),
			StatusCode: int64(r.Status), Result: result, ErrorCode: text(r.ErrorCode),
			DurationMs: float64(r.Duration) / float64(time.Millisecond), UserAgent: classified(r.UserAgent),
			IP: classified(r.IP), SampleWeight: runtime.Float(r.SampleWeight),
		}
		if r.UserID != "" {
			err = events.TrackAPIRequest(ctx, c, r.UserID, e)
		}
		if r.UserID == "" || errors.Is(err, runtime.ErrDistinctID) { // nobody, or a name for nobody such as "guest"
			err = events.TrackAPIRequest(ctx, c, "", e, runtime.WithoutPersonProfile()) // under the event's own id
		}
		return err
	}
}

// text leaves out what is empty.
func text(s string) runtime.Opt[string] {
	if s == "" {
		return runtime.Opt[string]{}
	}
	return runtime.Some(s)
}

// classified is text for personal data.
func classified(s string) runtime.Opt[redact.String] {
	if s == "" {
		return runtime.Opt[redact.String]{}
	}
	return runtime.Some(redact.Raw(s))
}
