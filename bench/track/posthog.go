package track

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/eventgen/eventgen/bench/measure"
	"github.com/eventgen/eventgen/bench/workload"
)

var background = context.Background()

// enqueue is posthog-go with a transport that answers at once.
func enqueue(k workload.Kind) func() (*measure.Run, error) {
	return func() (*measure.Run, error) {
		client, err := workload.NewPostHog("http://127.0.0.1:1", 0, nowhere{})
		if err != nil {
			return nil, err
		}
		return &measure.Run{
			Do: func(n int) error {
				for range n {
					if err := client.Track(k.Event, k.Cleaned()); err != nil {
						return err
					}
				}
				return nil
			},
			Settle: client.Flush, Note: client.Note, Close: client.Close,
		}, nil
	}
}

// nowhere answers each request as PostHog does, without a network.
type nowhere struct{}

func (nowhere) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body) // cannot fail: it is in memory
		_ = r.Body.Close()
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(`{"status":1}`)),
	}, nil
}
