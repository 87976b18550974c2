// Command memory is hello with one event of the reference registry, on its way to standard output.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/jsonlsink"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	client, err := runtime.New(events.Registry(), runtime.Config{}, runtime.WithSink(runtime.PostHog, jsonlsink.New(os.Stdout)))
	if err != nil {
		logger.Error(err.Error())
		return
	}
	ctx := context.Background()
	err = events.TrackTrialStarted(ctx, client, "user_1", events.TrialStarted{
		OrgID: "org_1", Plan: events.TrialStartedPlanPro, TrialDays: 14,
	})
	logger.Info("hello", "err", err, "closed", client.Close(ctx))
}
