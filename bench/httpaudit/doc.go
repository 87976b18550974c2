// Package httpaudit compares package httpaudit with what else is used for the purpose: go-chi/httplog, OpenTelemetry's
// otelhttp, and felixge/httpsnoop, which is the response writer that many middlewares build on.
//
// TestProbes asks all of them what they make of awkward requests and prints a table with -v; ours has to be right each time.
// Comparisons measures them in one run, and TestOverhead gates the targets:
//
//	go test -v -run TestProbes ./httpaudit
//	go run ./cmd/bench -only middleware
package httpaudit
