package httpaudit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/eventgen/eventgen/httpaudit"
	"github.com/felixge/httpsnoop"
	"github.com/go-chi/httplog/v3"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// seen is what a subject recorded.
type seen struct {
	records   int
	status    int
	ip, route string
	text      string // all of it, to search for what should not be there
}

// subject is one of the libraries, ready for one request.
type subject struct {
	wrap     func(http.Handler) http.Handler
	read     func() seen
	ip       bool // it records an address
	route    bool // it records a route
	anything bool // it records text
}

// subjects makes the libraries by name. The mux is for those that can be told of one.
var subjects = map[string]func(mux *http.ServeMux) subject{
	"ours": ours, "httplog": chi, "otelhttp": otel, "httpsnoop": snoop,
}

func ours(mux *http.ServeMux) subject {
	var list []httpaudit.Request
	record := func(_ context.Context, r httpaudit.Request) error { list = append(list, r); return nil }
	return subject{
		wrap: httpaudit.Middleware(record, httpaudit.WithMux(mux)), ip: true, route: true, anything: true,
		read: func() seen {
			s := seen{records: len(list), text: fmt.Sprintf("%+v", list)}
			for _, r := range list {
				s.status, s.ip, s.route = r.Status, r.IP, r.Route
			}
			return s
		},
	}
}

func chi(*http.ServeMux) subject {
	var out bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&out, nil))
	return subject{
		wrap: httplog.RequestLogger(logger, &httplog.Options{Schema: httplog.SchemaECS}), ip: true, anything: true,
		read: func() seen {
			s := seen{text: out.String()}
			for line := json.NewDecoder(bytes.NewReader(out.Bytes())); ; s.records++ {
				var fields map[string]any
				if line.Decode(&fields) != nil {
					return s
				}
				status, _ := fields["http.response.status_code"].(float64)
				s.status = int(status)
				s.ip, _ = fields["client.ip"].(string)
			}
		},
	}
}

func otel(*http.ServeMux) subject {
	spans, reader := tracetest.NewSpanRecorder(), metric.NewManualReader()
	traces := trace.NewTracerProvider(trace.WithSpanProcessor(spans))
	meters := metric.NewMeterProvider(metric.WithReader(reader))
	return subject{
		wrap: otelhttp.NewMiddleware("request", otelhttp.WithTracerProvider(traces), otelhttp.WithMeterProvider(meters)),
		ip:   true, route: true, anything: true,
		read: func() seen {
			s := points(reader)
			for _, span := range spans.Ended() {
				s.text += fmt.Sprint(span.Name(), span.Attributes(), span.Status(), span.Events())
				for _, a := range span.Attributes() {
					switch a.Key {
					case "http.response.status_code":
						s.status = int(a.Value.AsInt64())
					case "client.address":
						s.ip = a.Value.AsString()
					case "http.route":
						s.route = a.Value.AsString()
					}
				}
			}
			return s
		},
	}
}

// points counts the requests in the metric http.server.request.duration, and takes the route from it.
func points(reader *metric.ManualReader) (s seen) {
	var all metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &all); err != nil {
		return seen{records: -1}
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			s.text += fmt.Sprint(m.Data)
			histogram, ok := m.Data.(metricdata.Histogram[float64])
			for i := 0; ok && m.Name == "http.server.request.duration" && i < len(histogram.DataPoints); i++ {
				s.records += int(histogram.DataPoints[i].Count)
				route, _ := histogram.DataPoints[i].Attributes.Value("http.route")
				s.route = route.AsString()
			}
		}
	}
	return s
}

func snoop(*http.ServeMux) subject {
	var s seen
	return subject{
		wrap: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var m httpsnoop.Metrics
				defer func() { s.records, s.status = s.records+1, m.Code }()
				m.CaptureMetrics(w, func(w http.ResponseWriter) { next.ServeHTTP(w, r) })
			})
		},
		read: func() seen { return s },
	}
}

// quiet is a logger that formats and writes to nowhere.
