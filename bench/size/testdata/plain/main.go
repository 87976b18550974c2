// Command plain is hello with posthog-go alone.
package main

import (
	"log/slog"
	"os"

	"github.com/posthog/posthog-go"
)

func main() {
	logger := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	client, err := posthog.NewWithConfig(os.Getenv("POSTHOG_API_KEY"), posthog.Config{})
	if err != nil {
		logger.Error(err.Error())
		return
	}
	err = client.Enqueue(posthog.Capture{
		DistinctId: "user_1", Event: "trial_started", Properties: posthog.NewProperties().Set("plan", "pro"),
	})
	logger.Info("hello", "err", err, "closed", client.Close())
}
