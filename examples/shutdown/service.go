package main

import (
	"context"
	"net/http"
	"time"

	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/httpaudit"
	"github.com/eventgen/eventgen/runtime"
)

// service starts trials, and has every request audited.
func service(c *clients) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /trials", func(w http.ResponseWriter, r *http.Request) {
		trial := events.NewTrialStarted(r.FormValue("org"), events.TrialStartedPlanPro, 14)
		if err := events.TrackTrialStarted(r.Context(), c.events, "user_42", trial); err != nil {
			// Usually an event is not worth a failed request. This service tells, so that its test can hold it to its word.
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
	return httpaudit.Middleware(record(c.audit))(mux)
}

// record tracks an api_request event with the least that one has. The whole function is in examples/httpaudit.
func record(audit *runtime.Client) func(context.Context, httpaudit.Request) error {
	return func(ctx context.Context, r httpaudit.Request) error {
		result, err := events.ParseAPIRequestResult(r.Result)
		if err != nil {
			return err
		}
		return events.TrackAPIRequest(ctx, audit, "", events.APIRequest{
			RequestID: r.RequestID, Method: r.Method, Path: r.Path, StatusCode: int64(r.Status), Result: result,
			DurationMs: float64(r.Duration) / float64(time.Millisecond),
		}, runtime.WithoutPersonProfile())
	}
}
