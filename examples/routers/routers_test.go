package routers_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/eventgen/eventgen/examples/routers"
	"github.com/eventgen/eventgen/httpaudit"
	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/labstack/echo/v4"
)

// throughChi also has a middleware that copies the request, and a router in a router.
func throughChi() http.Handler {
	r := chi.NewRouter()
	r.Use(routers.Chi, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, r.WithContext(r.Context())) })
	})
	r.Route("/api", func(r chi.Router) {
		r.Get("/users/{id}", func(w http.ResponseWriter, r *http.Request) {
			httpaudit.SetUser(r.Context(), "user_7", "")
			_, _ = io.WriteString(w, "hello")
		})
		r.Get("/panic/{id}", func(http.ResponseWriter, *http.Request) { panic("x") })
	})
	return r
}

func throughGin() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.Use(routers.Gin)
	e.GET("/api/users/:id", func(c *gin.Context) {
		httpaudit.SetUser(c.Request.Context(), "user_7", "")
		c.String(http.StatusOK, "hello")
	})
	e.GET("/api/panic/:id", func(*gin.Context) { panic("x") })
	return e
}

func throughEcho() http.Handler {
	e := echo.New()
	e.Use(routers.Echo)
	e.GET("/api/users/:id", func(c echo.Context) error {
		httpaudit.SetUser(c.Request().Context(), "user_7", "")
		return c.String(http.StatusOK, "hello")
	})
	e.GET("/api/panic/:id", func(echo.Context) error { panic("x") })
	return e
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		router http.Handler
		users  string
		panics string
	}{
		"chi":  {throughChi(), "/api/users/{id}", "/api/panic/{id}"},
		"gin":  {throughGin(), "/api/users/:id", "/api/panic/:id"},
		"echo": {throughEcho(), "/api/users/:id", "/api/panic/:id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if q := ask(t, test.router, "/api/users/7"); q.Route != test.users || q.Status != 200 || q.UserID != "user_7" || q.BytesWritten != 5 {
				t.Errorf("got %+v", q)
			}
			if q := ask(t, test.router, "/api/panic/7"); q.Route != test.panics || q.Status != 500 || q.ErrorCode != httpaudit.CodePanic {
				t.Errorf("got %+v", q)
			}
			if q := ask(t, test.router, "/wp-login.php"); q.Route != httpaudit.Unmatched || q.Status != 404 {
				t.Errorf("got %+v", q)
			}
		})
	}
}

// TestChiByItself has the middleware inside chi, where no further line is needed.
func TestChiByItself(t *testing.T) {
	t.Parallel()
	var got httpaudit.Request
	r := chi.NewRouter()
	r.Use(httpaudit.Middleware(func(_ context.Context, q httpaudit.Request) error { got = q; return nil }))
	r.Get("/users/{id}", func(http.ResponseWriter, *http.Request) {})
	r.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/users/7", http.NoBody))
	if got.Route != "/users/{id}" {
		t.Errorf("got %+v", got)
	}
}

// TestGinStreams needs http.CloseNotifier, which gin asks of the response writer.
func TestGinStreams(t *testing.T) {
	t.Parallel()
	e := gin.New()
	e.GET("/stream", func(c *gin.Context) {
		n := 0
		c.Stream(func(w io.Writer) bool { n++; _, _ = io.WriteString(w, "x"); return n < 3 })
	})
	over := make(chan httpaudit.Request, 1)
	server := httptest.NewServer(httpaudit.Middleware(func(_ context.Context, q httpaudit.Request) error { over <- q; return nil })(e))
	defer server.Close()
	resp, err := server.Client().Get(server.URL + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); string(body) != "xxx" || err != nil {
		t.Errorf("got %q, %v", body, err)
	}
	if q := <-over; q.Status != 200 || q.BytesWritten != 3 {
		t.Errorf("got %+v", q)
	}
}

// ask sends one request through the middleware and the router, and returns what was recorded.
func ask(t *testing.T, router http.Handler, path string) httpaudit.Request {
	t.Helper()
	var got []httpaudit.Request
	audit := httpaudit.Middleware(func(_ context.Context, q httpaudit.Request) error { got = append(got, q); return nil })
	func() {
		defer func() { _ = recover() }()
		audit(router).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, http.NoBody))
	}()
	if len(got) != 1 {
		t.Fatalf("recorded %d requests", len(got))
	}
	return got[0]
}
