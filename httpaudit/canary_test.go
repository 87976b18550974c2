package httpaudit_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/httpaudit"
)

// TestCanary puts a secret wherever a client can put one, but into the few fields that are recorded, and looks for it in
// everything that record gets.
func TestCanary(t *testing.T) {
	t.Parallel()
	const canary = "c4n4ry"
	h := mux(map[string]http.Handler{
		"/users/{id}":      http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _ = r.ParseForm(); _, _ = w.Write([]byte(canary)) }),
		"/files/{path...}": http.HandlerFunc(nothing),
		"/slash/{id}/":     http.HandlerFunc(nothing),
		"/api/":            http.StripPrefix("/api", httpaudit.Nested(mux(map[string]http.Handler{"/{id}": http.HandlerFunc(nothing)}))),
		"/panic/{id}":      http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(canary) }),
	})
	for _, method := range []string{"GET", "POST", "HEAD", "CONNECT", "OPTIONS"} {
		for _, path := range []string{
			"/users/c4n4ry", "/files/a/c4n4ry", "/slash/c4n4ry", "/api/c4n4ry", "/panic/c4n4ry", "/c4n4ry", "/users/x;c4n4ry",
			"//users/c4n4ry", "/users/../c4n4ry", "/users/%63%34n4ry", "/api/x/../c4n4ry",
		} {
			r := httptest.NewRequest(method, "http://c4n4ry:c4n4ry@c4n4ry.example"+path+"?token=c4n4ry#c4n4ry", strings.NewReader("password="+canary))
			for _, header := range []string{
				"Authorization", "Cookie", "Referer", "X-Api-Key", "X-Request-Id", "X-Forwarded-For", "Forwarded", "Traceparent",
				"Tracestate", "Origin", "X-Original-Url", "Content-Type",
			} {
				r.Header.Set(header, canary)
			}
			for _, behind := range []http.Handler{h, copying(h), refusing(h), masking(h)} {
				var n notes
				func() {
					defer func() { _ = recover() }()
					audit := httpaudit.Middleware(n.record, httpaudit.WithMux(h), httpaudit.WithRules(httpaudit.Rule{Action: httpaudit.Sample, Rate: 1}))
					audit(behind).ServeHTTP(httptest.NewRecorder(), r.Clone(r.Context()))
				}()
				if seen := fmt.Sprintf("%+v %#v", n.one(t), n.one(t)); strings.Contains(seen, canary) {
					t.Errorf("%s %s: %s", method, path, seen)
				}
			}
		}
	}
}

// TestContextShowsNothing: what formats a context, such as a log line, does not show the request.
func TestContextShowsNothing(t *testing.T) {
	t.Parallel()
	_, _ = serve(t, func(_ http.ResponseWriter, r *http.Request) {
		if s := fmt.Sprintf("%v %s", r.Context(), r.Context()); strings.Contains(s, "c4n4ry") {
			t.Error(s)
		}
	}, get("/c4n4ry?token=c4n4ry"))
}
