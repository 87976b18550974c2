package httpaudit_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/eventgen/eventgen/httpaudit"
)

// copying stands for every handler that hands on a copy of the request.
func copying(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		type key struct{}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, 1)))
	})
}

// refusing stands for what answers before the mux is asked, such as an authentication.
func refusing(http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
}

// masking stands for what answers something else than the mux said.
func masking(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(httptest.NewRecorder(), r)
		w.WriteHeader(http.StatusTeapot)
	})
}

func mux(routes map[string]http.Handler) *http.ServeMux {
	m := http.NewServeMux()
	for pattern, h := range routes {
		m.Handle(pattern, h)
	}
	return m
}

func TestRoute(t *testing.T) {
	t.Parallel()
	end := http.HandlerFunc(nothing)
	users := mux(map[string]http.Handler{"GET /users/{id}": end, "POST example.com/users/": end, "/{$}": end, "CONNECT /hop/{id}/": end})
	nested := func(prefix string, h http.Handler) http.Handler {
		return http.StripPrefix(prefix, httpaudit.Nested(h))
	}
	for name, test := range map[string]struct {
		handler http.Handler
		request string
		route   string
		opts    []httpaudit.Option
	}{
		"mux":                   {users, "GET /users/7", "/users/{id}", nil},
		"host and method":       {users, "POST /users/7", "/users/", nil},
		"end":                   {users, "GET /", "/{$}", nil},
		"no route":              {users, "GET /wp-login.php", httpaudit.Unmatched, nil},
		"wrong method":          {users, "DELETE /users/7", httpaudit.Unmatched, nil},
		"no mux":                {end, "GET /users/7", httpaudit.Unmatched, nil},
		"redirect of CONNECT":   {users, "CONNECT /hop/secret", httpaudit.Unmatched, nil},
		"CONNECT":               {users, "CONNECT /hop/7/", "/hop/{id}/", nil},
		"CONNECT, refused":      {refusing(users), "CONNECT /hop/secret", httpaudit.Unmatched, []httpaudit.Option{httpaudit.WithMux(users)}},
		"CONNECT, ends in %2F":  {users, "CONNECT /hop/secret%2F", httpaudit.Unmatched, nil},
		"CONNECT, not clean":    {mux(map[string]http.Handler{"/{a}/{b}/": end}), "CONNECT /./secret", httpaudit.Unmatched, nil},
		"CONNECT, other status": {masking(users), "CONNECT /hop/secret", httpaudit.Unmatched, nil},
		"CONNECT, Nested": {
			mux(map[string]http.Handler{"/api/": masking(nested("/api", users))}), "CONNECT /api/hop/secret", "/api/", nil,
		},
		"copied":                 {copying(users), "GET /users/7", httpaudit.Unmatched, nil},
		"copied, WithMux":        {copying(users), "GET /users/7", "/users/{id}", []httpaudit.Option{httpaudit.WithMux(users)}},
		"copied, Nested":         {copying(httpaudit.Nested(users)), "GET /users/7", "/users/{id}", nil},
		"timeout":                {http.TimeoutHandler(httpaudit.Nested(users), time.Hour, ""), "GET /users/7", "/users/{id}", nil},
		"mux in mux":             {mux(map[string]http.Handler{"/users/": users}), "GET /users/7", "/users/{id}", nil},
		"mux in mux, Nested":     {mux(map[string]http.Handler{"/users/": httpaudit.Nested(users)}), "GET /users/7", "/users/{id}", nil},
		"stripped":               {mux(map[string]http.Handler{"/api/": http.StripPrefix("/api", users)}), "GET /api/users/7", "/api/", nil},
		"stripped, Nested":       {mux(map[string]http.Handler{"/api/": nested("/api", users)}), "GET /api/users/7", "/api/users/{id}", nil},
		"stripped, not found":    {mux(map[string]http.Handler{"/api/": nested("/api", users)}), "GET /api/x", "/api/", nil},
		"stripped, rest":         {mux(map[string]http.Handler{"/api/{rest...}": nested("/api", users)}), "GET /api/users/7", "/api/users/{id}", nil},
		"stripped below the top": {mux(map[string]http.Handler{"/": nested("/api", users)}), "GET /api/users/7", "/*/users/{id}", nil},
		"stripped by half": {
			mux(map[string]http.Handler{"/api/v1/": nested("/api", mux(map[string]http.Handler{"/v1/users/{id}": end}))}),
			"GET /api/v1/users/7", "/api/v1/users/{id}", nil,
		},
		"three muxes": {
			mux(map[string]http.Handler{"/a/": nested("/a", mux(map[string]http.Handler{"/b/": nested("/b", users)}))}),
			"GET /a/b/users/7", "/a/b/users/{id}", nil,
		},
		"parameter in the prefix": {
			mux(map[string]http.Handler{"/orgs/{org}/": nested("/orgs/acme", users)}),
			"GET /orgs/acme/users/7", "/orgs/{org}/users/{id}", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			method, target := cutSpace(test.request)
			var n notes
			w := httptest.NewRecorder()
			r := httptest.NewRequest(method, "/", http.NoBody)
			u, err := url.ParseRequestURI(target)
			if err != nil {
				t.Fatal(err)
			}
			r.URL, r.RequestURI = u, target
			httpaudit.Middleware(n.record, test.opts...)(test.handler).ServeHTTP(w, r)
			if q := n.one(t); q.Route != test.route || q.Path != test.route {
				t.Errorf("route %q, path %q, want %q (status %d)", q.Route, q.Path, test.route, q.Status)
			}
		})
	}
}

func cutSpace(s string) (before, after string) {
	for i := range s {
		if s[i] == ' ' {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// TestRouteBehindAMux has the middleware below muxes, not around them.
func TestRouteBehindAMux(t *testing.T) {
	t.Parallel()
	var n notes
	audit := httpaudit.Middleware(n.record)
	end := http.HandlerFunc(nothing)
	root := mux(map[string]http.Handler{
		"GET /leaf/{id}": audit(end),
		"/cut/{id}":      http.StripPrefix("/cut", audit(end)),
		"/api/":          http.StripPrefix("/api", audit(mux(map[string]http.Handler{"/users/{id}": end}))),
		"/deep/": http.StripPrefix("/deep", audit(mux(map[string]http.Handler{
			"/v1/": http.StripPrefix("/v1", httpaudit.Nested(mux(map[string]http.Handler{"/users/{id}": end}))),
		}))),
	})
	for target, want := range map[string]string{
		"/leaf/7": "/leaf/{id}", "/cut/7": "/cut/{id}", "/api/users/7?x=/": "/api/users/{id}", "/deep/v1/users/7": "/deep/v1/users/{id}",
		"http://u:p@example.com/api/users/7?x=/": "/api/users/{id}", // as proxies are asked
	} {
		n = notes{}
		root.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, target, http.NoBody))
		if q := n.one(t); q.Route != want {
			t.Errorf("%s: route %q, want %q", target, q.Route, want)
		}
	}
}

func TestRawPath(t *testing.T) {
	t.Parallel()
	users := mux(map[string]http.Handler{"/users/{id}": http.HandlerFunc(nothing)})
	for target, want := range map[string]string{
		"/users/7?token=x":           "/users/7",
		"/users/a%2Fb%3Fc":           "/users/a%2Fb%3Fc",
		"http://u:p@host/users/7?q#": "/users/7",
	} {
		q, _ := serve(t, users.ServeHTTP, get(target), httpaudit.WithRawPath())
		if q.Path != want || q.Route != "/users/{id}" {
			t.Errorf("%s: path %q, route %q", target, q.Path, q.Route)
		}
	}
}
