package httpaudit_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/eventgen/eventgen/httpaudit"
)

func TestRules(t *testing.T) {
	t.Parallel()
	exclude := func(r httpaudit.Rule) httpaudit.Rule { r.Action = httpaudit.Exclude; return r }
	all := exclude(httpaudit.Rule{})
	routes := mux(map[string]http.Handler{
		"/users/{id}": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			httpaudit.SetUser(r.Context(), "u", "admin")
			w.WriteHeader(404)
		}),
		"/": http.HandlerFunc(nothing),
	})
	for name, test := range map[string]struct {
		rules   []httpaudit.Rule
		request string
		kept    bool
	}{
		"no rule":                       {nil, "GET /", true},
		"no condition":                  {[]httpaudit.Rule{all}, "GET /", false},
		"method":                        {[]httpaudit.Rule{exclude(httpaudit.Rule{Method: "GET"})}, "GET /", false},
		"other method":                  {[]httpaudit.Rule{exclude(httpaudit.Rule{Method: "GET"})}, "POST /", true},
		"path":                          {[]httpaudit.Rule{exclude(httpaudit.Rule{Route: "/healthz"})}, "GET /healthz", false},
		"longer path":                   {[]httpaudit.Rule{exclude(httpaudit.Rule{Route: "/healthz"})}, "GET /healthz/x", true},
		"prefix":                        {[]httpaudit.Rule{exclude(httpaudit.Rule{Route: "/debug/"})}, "GET /debug/pprof", false},
		"prefix itself":                 {[]httpaudit.Rule{exclude(httpaudit.Rule{Route: "/debug/"})}, "GET /debug/", false},
		"not below the prefix":          {[]httpaudit.Rule{exclude(httpaudit.Rule{Route: "/debug/"})}, "GET /debugger", true},
		"dots":                          {[]httpaudit.Rule{exclude(httpaudit.Rule{Route: "/debug/"})}, "GET /debug/../users/7", true},
		"template":                      {[]httpaudit.Rule{exclude(httpaudit.Rule{Route: "/users/{id}"})}, "GET /users/7", false},
		"template as path":              {[]httpaudit.Rule{exclude(httpaudit.Rule{Route: "/users/{id}"})}, "GET /orgs/7", true},
		"role":                          {[]httpaudit.Rule{exclude(httpaudit.Rule{Role: "admin"})}, "GET /users/7", false},
		"other role":                    {[]httpaudit.Rule{exclude(httpaudit.Rule{Role: "admin"})}, "GET /", true},
		"status":                        {[]httpaudit.Rule{exclude(httpaudit.Rule{MinStatus: 404, MaxStatus: 404})}, "GET /users/7", false},
		"lower status":                  {[]httpaudit.Rule{exclude(httpaudit.Rule{MinStatus: 404})}, "GET /", true},
		"higher status":                 {[]httpaudit.Rule{exclude(httpaudit.Rule{MaxStatus: 299})}, "GET /users/7", true},
		"first wins, known beforehand":  {[]httpaudit.Rule{{Method: "GET"}, all}, "GET /", true},
		"first wins, known by template": {[]httpaudit.Rule{{Route: "/users/{id}"}, exclude(httpaudit.Rule{Route: "/users/"})}, "GET /users/7", true},
		"first wins, known by status":   {[]httpaudit.Rule{{MinStatus: 400}, all}, "GET /users/7", true},
		"second, first by status":       {[]httpaudit.Rule{{MinStatus: 400}, all}, "GET /", false},
		"second, first by method":       {[]httpaudit.Rule{{Method: "POST"}, all}, "GET /", false},
		"second, first excludes too":    {[]httpaudit.Rule{exclude(httpaudit.Rule{Role: "x"}), all}, "GET /", false},
		"keep after exclude by role":    {[]httpaudit.Rule{exclude(httpaudit.Rule{Role: "x"}), {Method: "GET"}, all}, "GET /", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			method, path := cutSpace(test.request)
			r := httptest.NewRequest(method, "/", http.NoBody)
			r.URL.Path = path
			var n notes
			var stats httpaudit.Stats
			audit := httpaudit.Middleware(n.record, httpaudit.WithRules(test.rules...), httpaudit.WithStats(&stats))
			audit(routes).ServeHTTP(httptest.NewRecorder(), r)
			if kept := len(n.list) == 1; kept != test.kept {
				t.Errorf("kept: %v, want %v", kept, test.kept)
			}
			left := stats.Excluded.Load() + stats.LeftOut.Load()
			if stats.Recorded.Load()+left != 1 || (left == 0) != test.kept {
				t.Errorf("recorded %d, left out %d", stats.Recorded.Load(), left)
			}
		})
	}
}

// TestExcludedRequestIsUntouched wants no trace of the middleware in requests that are excluded by their path.
func TestExcludedRequestIsUntouched(t *testing.T) {
	t.Parallel()
	w, r := httptest.NewRecorder(), get("/healthz")
	h := httpaudit.Middleware(new(notes).record, httpaudit.WithRules(httpaudit.Rule{Route: "/healthz", Action: httpaudit.Exclude}))
	h(http.HandlerFunc(func(seen http.ResponseWriter, got *http.Request) {
		if seen != http.ResponseWriter(w) || got != r || httpaudit.RequestID(got.Context()) != "" {
			t.Error("the request is not the original")
		}
	})).ServeHTTP(w, r)
	if len(w.Header()) != 0 {
		t.Errorf("header %v", w.Header())
	}
}
