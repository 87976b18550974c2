// Command posthog is hello with one event of the reference registry, on its way to PostHog.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	client, err := posthogsink.Open(os.LookupEnv, events.Registry())
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
