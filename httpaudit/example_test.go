package httpaudit_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/eventgen/eventgen/httpaudit"
)

// show stands for a function that stores the request.
func show(_ context.Context, r httpaudit.Request) error {
	fmt.Println(r.Method, r.Path, r.Status, r.Result, r.ErrorCode, r.UserID, r.SampleWeight)
	return nil
}

func Example() {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		httpaudit.SetUser(r.Context(), "user_7", "buyer")
		httpaudit.SetErrorCode(r.Context(), "out_of_stock")
		http.Error(w, "out of stock", http.StatusConflict)
	})
	handler := httpaudit.Middleware(show)(mux) // for http.Server

	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/orders/42?coupon=secret", http.NoBody))
	// Output: POST /orders/{id} 409 failure out_of_stock user_7 1
}

func ExampleWithRules() {
	audit := httpaudit.Middleware(show, httpaudit.WithRules(
		httpaudit.Rule{Route: "/healthz", Action: httpaudit.Exclude},
		httpaudit.Rule{Role: "admin"}, // whatever admins do is kept
		httpaudit.Rule{Method: "GET", Action: httpaudit.Sample, Rate: 0.05},
	))
	handler := audit(http.NotFoundHandler())
	for _, path := range []string{"/healthz", "/nothing"} {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, http.NoBody))
	}
	// Output: GET (unmatched) 404 failure   1
}

func ExampleSelect() {
	table := func(_ context.Context, r httpaudit.Request) error { fmt.Println("table:", r.Status); return nil }
	failures := httpaudit.Select(show, httpaudit.Rule{MaxStatus: 399, Action: httpaudit.Exclude})
	audit := httpaudit.Middleware(func(ctx context.Context, r httpaudit.Request) error {
		return errors.Join(table(ctx, r), failures(ctx, r))
	})
	handler := audit(http.RedirectHandler("/", http.StatusFound))
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", http.NoBody))
	// Output: table: 302
}

func ExampleNested() {
	api := http.NewServeMux()
	api.HandleFunc("GET /users/{id}", func(http.ResponseWriter, *http.Request) {})
	root := http.NewServeMux()
	root.Handle("/api/", http.StripPrefix("/api", httpaudit.Nested(api)))

	handler := httpaudit.Middleware(show)(root)
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/api/users/7", http.NoBody))
	// Output: GET /api/users/{id} 200 success   1
}
