package main

import (
	"net/http"
	"strings"

	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/httpaudit"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// api is the HTTP side of the service.
type api struct {
	audit *runtime.Client
}

// handler has every request audited. This machine plays the proxy in front of the service: the address of the client is read
// from X-Forwarded-For, and the id of the request from X-Request-ID.
func (a api) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /announcements", a.ok)
	mux.HandleFunc("GET /announcements/{id}", a.announcement)
	mux.HandleFunc("POST /signups", a.signUp)
	mux.HandleFunc("POST /agents/{id}/publish", a.publish)
	mux.HandleFunc("POST /payments/{id}", a.pay)
	mux.HandleFunc("GET /invoices/{month}", a.invoice)
	mux.HandleFunc("GET /reports/{year}", a.report)
	return httpaudit.Middleware(record(a.audit), httpaudit.TrustedProxies(loopback))(authenticate(mux))
}

// authenticate stands for the service's own.
func authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, _, ok := r.BasicAuth(); ok {
			httpaudit.SetUser(r.Context(), user, "member")
			httpaudit.SetOrg(r.Context(), acme)
		}
		next.ServeHTTP(w, r)
	})
}

// fail answers that the request failed, and tells the audit trail why.
func fail(w http.ResponseWriter, r *http.Request, status int, code string) {
	httpaudit.SetErrorCode(r.Context(), code)
	http.Error(w, code, status)
}

func (a api) ok(http.ResponseWriter, *http.Request) {}

func (a api) announcement(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("id") != announcement {
		fail(w, r, http.StatusNotFound, "not_found")
	}
}

// signUp audits what happened besides the request. Any event of the registry may go into the audit trail.
func (a api) signUp(w http.ResponseWriter, r *http.Request) {
	user, _, _ := r.BasicAuth()
	_ = events.TrackUserSignedUp(r.Context(), a.audit, user, events.UserSignedUp{
		Method: events.UserSignedUpMethodPassword,
		Email:  runtime.Some(redact.Raw(r.FormValue("email"))),
	})
	w.WriteHeader(http.StatusCreated)
}

func (a api) publish(w http.ResponseWriter, r *http.Request) {
	fail(w, r, http.StatusForbidden, "not_owner")
}

func (a api) pay(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("id") == first.id {
		fail(w, r, http.StatusBadGateway, "provider_down")
		return
	}
	w.WriteHeader(http.StatusCreated)
}

// invoice has a bug: it takes for granted that there is a month.
func (a api) invoice(w http.ResponseWriter, r *http.Request) {
	yearAndMonth := strings.Split(r.PathValue("month"), "-")
	w.Header().Set("Etag", yearAndMonth[1])
}

// report takes longer than any client waits.
func (a api) report(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
