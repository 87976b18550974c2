package runtime_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/eventgen/eventgen/runtime"
)

// printer is a sink that prints.
type printer struct{}

func (printer) Name() string                { return "printer" }
func (printer) Close(context.Context) error { return nil }

func (printer) Send(_ context.Context, batch runtime.Batch) ([]runtime.Verdict, error) {
	for _, m := range batch.Messages {
		fmt.Printf("%s %s %s\n", m.Event, m.DistinctID, m.Properties)
	}
	return nil, nil
}

// anything stands for schemacheck, which validates by JSON Schema.
type anything struct{}

func (anything) Validate(string, map[string]any) error { return nil }

// registry stands for events.Registry of a generated package.
func registry() *runtime.Registry {
	return &runtime.Registry{Package: "events", Events: []*runtime.Event{{
		Name: "signed_up",
		Object: runtime.Object{Properties: []runtime.Property{
			{Name: "plan", Required: true, Value: runtime.Value{Type: runtime.String}},
		}},
	}}}
}

func ExampleNew() {
	client, err := runtime.New(registry(), runtime.Config{BatchSize: 100},
		runtime.WithSink(runtime.PostHog, printer{}), runtime.WithSchemas(anything{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	err = client.TrackMap(ctx, "user_123", "signed_up", map[string]any{"plan": "pro"}, runtime.WithGroup("organization", "org_42"))
	fmt.Println("accepted:", err == nil)

	stop, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	fmt.Println("closed:", client.Close(stop) == nil)
	// Output:
	// accepted: true
	// signed_up user_123 {"plan":"pro","$groups":{"organization":"org_42"},"$geoip_disable":true}
	// closed: true
}

func ExampleClient_Stats() {
	client, err := runtime.New(registry(), runtime.Config{},
		runtime.WithSink(runtime.PostHog, printer{}), runtime.WithSchemas(anything{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	_ = client.TrackMap(ctx, "user_123", "signed_up", map[string]any{"plan": "pro"})
	_ = client.TrackMap(ctx, "user_123", "signed_out", nil) // is not declared
	_ = client.Close(ctx)

	stats := client.Stats()
	sink, _ := stats.Sink("printer")
	fmt.Println(stats.Accepted, stats.Rejected, sink.Delivered, sink.Queued)
	// Output:
	// signed_up user_123 {"plan":"pro","$geoip_disable":true}
	// 1 map[invalid:1] 1 0
}

func ExampleNewLogSink() {
	varying := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "timestamp" || a.Key == "uuid" {
			return slog.Attr{}
		}
		return a
	}
	logger := slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: varying}))
	client, err := runtime.New(registry(), runtime.Config{},
		runtime.WithSink(runtime.Log, runtime.NewLogSink(logger)), runtime.WithSchemas(anything{}))
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	_ = client.TrackMap(ctx, "user_123", "signed_up", map[string]any{"plan": "pro"})
	_ = client.Close(ctx)
	// Output:
	// {"level":"INFO","msg":"event","event":"signed_up","distinct_id":"user_123","properties":{"plan":"pro","$geoip_disable":true}}
}
