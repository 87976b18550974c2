// Package routers shows how routers other than http.ServeMux tell package httpaudit which route answered. Each function is the
// one line that a service adds; the middleware itself goes around the router:
//
//	server := &http.Server{Handler: httpaudit.Middleware(record)(router)}
//
// It is a module of its own, so that these routers do not become dependencies of the other examples.
package routers

import (
	"net/http"

	"github.com/eventgen/eventgen/httpaudit"
	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/labstack/echo/v4"
)

// Chi is for r.Use. chi knows the route when the handler has returned.
func Chi(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { httpaudit.SetRoute(r.Context(), chi.RouteContext(r.Context()).RoutePattern()) }()
		next.ServeHTTP(w, r)
	})
}

// Gin is for engine.Use.
func Gin(c *gin.Context) {
	httpaudit.SetRoute(c.Request.Context(), c.FullPath())
}

// Echo is for e.Use.
func Echo(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		httpaudit.SetRoute(c.Request().Context(), c.Path())
		return next(c)
	}
}
