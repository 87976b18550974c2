package metrics_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/eventgen/eventgen/metrics"
	"github.com/eventgen/eventgen/runtime"
)

func ExampleHandler() {
	client, err := runtime.New(&runtime.Registry{}, runtime.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close(context.Background())
	handler := metrics.Handler(map[string]metrics.Source{"events": client})

	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for lines := bufio.NewScanner(w.Body); lines.Scan(); {
		if strings.Contains(lines.Text(), "accepted") {
			fmt.Println(lines.Text())
		}
	}
	// Output:
	// # HELP eventgen_events_accepted_total Events that were accepted: each is on its way to every sink.
	// # TYPE eventgen_events_accepted_total counter
	// eventgen_events_accepted_total{client="events"} 0
}
