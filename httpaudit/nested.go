package httpaudit

import "net/http"

// Nested goes around a mux inside a mux, so that the route is that of both:
//
//	api.HandleFunc("GET /users/{id}", user)
//	root.Handle("/api/", http.StripPrefix("/api", httpaudit.Nested(api))) // GET /api/users/7 has the route /api/users/{id}
//
// It is needed below everything that copies the request, as http.StripPrefix does; otherwise the route is that of the outer
// mux, "/api/". It may be nested in turn. It changes nothing for the handlers and costs two small allocations.
func Nested(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := exchangeOf(r.Context())
		if x == nil {
			mux.ServeHTTP(w, r)
			return
		}
		outer := r.Pattern
		base := x.descend(outer, r.URL.Path)
		defer func() {
			if inner := truePattern(r, r.Pattern); inner != "" && inner != outer {
				x.noteNested(base + template(inner))
			}
		}()
		mux.ServeHTTP(w, r)
	})
}

// descend enters a mux that is reached through pattern, and returns the template of what is stripped from its paths.
func (x *exchange) descend(pattern, path string) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.level = x.level.below(pattern, path)
	return x.level.base
}

// noteNested notes the route of a nested mux. The innermost returns first and wins.
func (x *exchange) noteNested(route string) {
	x.note(func(s *said) {
		if s.nested == "" {
			s.nested = route
		}
	})
}
