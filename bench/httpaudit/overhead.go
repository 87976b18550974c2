package httpaudit

import (
	"context"
	"io"
	"log/slog"
	"net/http"

	"github.com/felixge/httpsnoop"
	"github.com/go-chi/httplog/v3"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/trace"

	"github.com/eventgen/eventgen/bench/measure"
	"github.com/eventgen/eventgen/httpaudit"
)

const (
	bare     = "floor: bare handler"
	excluded = "httpaudit, excluded route"
	recorded = "httpaudit, recorded"
	sampled  = "httpaudit, sampled out"
	snooping = "httpsnoop"
)

// Comparisons returns the comparison of what a middleware adds to a handler that answers "ok". The record function does
// nothing: tracking is compared elsewhere.
func Comparisons() []measure.Comparison {
	c := measure.Comparison{Name: "middleware", Unit: "request", Floor: []string{bare}, Targets: []measure.Target{
		{What: "recorded / httpsnoop alone", Of: []string{recorded}, Over: []string{snooping}, Limit: 3},
		{What: "sampled out / httpsnoop alone", Of: []string{sampled}, Over: []string{snooping}, Limit: 3},
		{What: "excluded, ns over the bare handler", Of: []string{excluded}, Less: []string{bare}, Limit: 60},
		allocations("recorded", recorded, 2.5),
		allocations("excluded", excluded, 0.5),
	}}
	for _, each := range contenders() {
		c.Cases = append(c.Cases, measure.Case{Name: each.name, Open: serving(each.handler)})
	}
	return []measure.Comparison{c}
}

func allocations(what, name string, limit float64) measure.Target {
	return measure.Target{
		What: "allocations of " + what + " over the bare handler", Metric: measure.Allocs,
		Of: []string{name}, Less: []string{bare}, Limit: limit,
	}
}

func serving(h http.Handler) func() (*measure.Run, error) {
	return func() (*measure.Run, error) {
		var w http.ResponseWriter = writer{header: http.Header{}}
		r, err := request()
		if err != nil {
			return nil, err
		}
		return &measure.Run{Do: func(n int) error {
			for range n {
				h.ServeHTTP(w, r)
			}
			return nil
		}}, nil
	}
}

func request() (*http.Request, error) {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://example.com/healthz", http.NoBody)
	if err != nil {
		return nil, err
	}
	r.RemoteAddr = "203.0.113.7:4711"
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
	return r, nil
}

func quiet() *slog.Logger { return slog.New(slog.NewJSONHandler(io.Discard, nil)) }

// writer is a response writer with what those of HTTP/2 offer, and without a response.
type writer struct {
	header http.Header
	http.Pusher
}

func (w writer) Header() http.Header               { return w.header }
func (w writer) Write(b []byte) (int, error)       { return len(b), nil }
func (w writer) WriteString(s string) (int, error) { return len(s), nil }
func (w writer) WriteHeader(int)                   {}
func (w writer) Flush()                            {}
func (w writer) FlushError() error                 { return nil }
func (w writer) CloseNotify() <-chan bool          { return nil }

var body = []byte("ok")

func answer(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body)
}

// contenders are the handlers whose costs are compared, in the order in which they are shown.
func contenders() []struct {
	name    string
	handler http.Handler
} {
	h := http.HandlerFunc(answer)
	record := func(context.Context, httpaudit.Request) error { return nil }
	rule := func(r httpaudit.Rule) httpaudit.Option { return httpaudit.WithRules(r) }
	traces := trace.NewTracerProvider(trace.WithSampler(trace.NeverSample()))
	meters := metric.NewMeterProvider(metric.WithReader(metric.NewManualReader()))
	return []struct {
		name    string
		handler http.Handler
	}{
		{bare, h},
		{excluded, httpaudit.Middleware(record, rule(httpaudit.Rule{Route: "/healthz", Action: httpaudit.Exclude}))(h)},
		{sampled, httpaudit.Middleware(record, rule(httpaudit.Rule{Action: httpaudit.Sample}))(h)},
		{recorded, httpaudit.Middleware(record)(h)},
		{snooping, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { httpsnoop.CaptureMetrics(h, w, r) })},
		{"httplog", httplog.RequestLogger(quiet(), &httplog.Options{Schema: httplog.SchemaECS})(h)},
		{"otelhttp, not sampled", otelhttp.NewHandler(h, "x", otelhttp.WithTracerProvider(traces), otelhttp.WithMeterProvider(meters))},
	}
}
