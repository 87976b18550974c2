// Package metrics serves the counters of clients to Prometheus, in its text format, version 0.0.4. It needs no library of
// Prometheus and keeps no state: each request reads [runtime.Client.Stats] once for each client.
//
// Serve it where only your monitoring gets at it, for example on a server of its own that listens on the loopback interface
// or on the pod's metrics port:
//
//	server := &http.Server{
//		Addr:              "127.0.0.1:9464",
//		Handler:           metrics.Handler(map[string]metrics.Source{"events": client, "audit": audit}),
//		ReadHeaderTimeout: 5 * time.Second,
//	}
//
// Label values are names of clients and sinks and the fixed reasons that package runtime counts by; nothing of an event is
// among them. docs/operations.md explains each metric and suggests alerts.
package metrics
