// Package httpaudit compares package httpaudit with what else is used for the purpose: go-chi/httplog, OpenTelemetry's
// otelhttp, and felixge/httpsnoop, which is the response writer that many middlewares build on.
//
// TestProbes asks all of them what they make of awkward requests and prints a table with -v; ours has to be right each time.
// BenchmarkOverhead measures them in one run:
//
//	go test -v -run TestProbes ./httpaudit
//	go test -run '^$' -bench . -benchmem ./httpaudit
package httpaudit
