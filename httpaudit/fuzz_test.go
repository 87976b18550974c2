package httpaudit_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/eventgen/eventgen/httpaudit"
)

// FuzzRequest feeds what net/http takes from the wire: each request has to become one valid record.
func FuzzRequest(f *testing.F) {
	f.Add("GET /users/7?token=x HTTP/1.1\r\nHost: example.com\r\nUser-Agent: curl\r\nX-Forwarded-For: 1.2.3.4, 10.0.0.1\r\n\r\n", "10.0.0.1:1", "u", "e")
	f.Add("POST http://u:p@h/%ff%00 HTTP/1.0\r\nX-Request-Id: a\r\nTraceparent: 00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01\r\n\r\n", "[::1%lo]:1", "\xff", "\x00")
	f.Add("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "@", "", strings.Repeat("ü", 500))
	f.Add("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", "", "x", "y")
	f.Add("BREW /"+strings.Repeat("ä", 2000)+" HTTP/1.1\r\nHost: h\r\nUser-Agent: \xff\xfe\r\nUser-Agent: b\r\n\r\n", "::1", "u", "e")
	h := mux(map[string]http.Handler{"/users/{id}": http.HandlerFunc(nothing), "/": http.HandlerFunc(nothing)})
	f.Fuzz(func(t *testing.T, wire, remote, user, code string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(wire)))
		if err != nil {
			t.Skip()
		}
		r.RemoteAddr = remote
		for _, opts := range [][]httpaudit.Option{{proxies()}, {proxies(), httpaudit.WithRawPath(), httpaudit.WithMux(h)}} {
			var n notes
			httpaudit.Middleware(n.record, opts...)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				httpaudit.SetUser(r.Context(), user, code)
				httpaudit.SetOrg(r.Context(), code)
				httpaudit.SetErrorCode(r.Context(), code)
				copying(h).ServeHTTP(w, r)
			})).ServeHTTP(httptest.NewRecorder(), r)
			valid(t, n.one(t))
		}
	})
}

// valid asks of q what events.yaml asks of an api_request.
func valid(t *testing.T, q httpaudit.Request) {
	t.Helper()
	for name, text := range map[string]struct {
		value    string
		min, max int
	}{
		"request id": {q.RequestID, 1, 128}, "user": {q.UserID, 0, 200}, "role": {q.UserRole, 0, 64}, "org": {q.OrgID, 0, 200},
		"method": {q.Method, 1, 32}, "route": {q.Route, 1, 1024}, "path": {q.Path, 1, 1024}, "code": {q.ErrorCode, 0, 128},
		"user agent": {q.UserAgent, 0, 256}, "ip": {q.IP, 0, 45},
	} {
		if !utf8.ValidString(text.value) || strings.Contains(text.value, "\x00") || len(text.value) < text.min || len(text.value) > text.max {
			t.Errorf("%s is %q", name, text.value)
		}
	}
	if a, err := netip.ParseAddr(q.IP); q.IP != "" && (err != nil || a.Zone() != "" || a.Is4In6()) {
		t.Errorf("ip is %q: %v", q.IP, err)
	}
	if strings.Contains(q.Path, "?") || q.Status < 100 || q.Status > 599 || q.Duration < 0 || q.SampleWeight < 1 || q.BytesWritten < 0 {
		t.Errorf("got %+v", q)
	}
	if (q.Result == httpaudit.Success) != (q.Status < 400) {
		t.Errorf("%d is a %s", q.Status, q.Result)
	}
}
