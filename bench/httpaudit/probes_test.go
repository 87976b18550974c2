package httpaudit

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/eventgen/eventgen/httpaudit"
)

// notApplicable is the verdict about a subject that does not record what the probe is about.
const notApplicable = "–"

// probe is one awkward request. It returns what is wrong with what s makes of it, or "".
type probe struct {
	name string
	ask  func(s subject) string
}

// probes are those of the incumbents' observed defects, and the requirements that came with them.
func probes(mux *http.ServeMux) []probe {
	return []probe{
		{"panic is a 500, and goes on with its value", func(s subject) string { return broken(s, "the value", 500) }},
		{"http.ErrAbortHandler is recorded, and no 500", func(s subject) string { return broken(s, http.ErrAbortHandler, 0) }},
		{"runtime.Goexit is recorded", func(s subject) string {
			return count(ask(s, func(http.ResponseWriter, *http.Request) { runtime.Goexit() }, get("/")))
		}},
		{"forged X-Forwarded-For", func(s subject) string {
			r := get("/")
			r.Header.Set("X-Forwarded-For", "6.6.6.6, 10.0.0.1")
			return address(s, ask(s, nothing, r))
		}},
		{"address without port", func(s subject) string { return address(s, ask(s, nothing, get("/"))) }},
		{"no query anywhere", func(s subject) string {
			if got := ask(s, nothing, get("/reset?token=SECRET")); strings.Contains(got.text, "SECRET") {
				return "the token is in it"
			}
			return applies(s.anything)
		}},
		{"client gone before the response is a 499", clientGone},
		{"hijack is a 101", func(s subject) string {
			got := asked(s, func(w http.ResponseWriter, _ *http.Request) { _, _, _ = w.(http.Hijacker).Hijack() }, hijackable{httptest.NewRecorder()})
			return status(got, 101)
		}},
		{"interfaces kept on HTTP/1.1", func(s subject) string { return interfaces(s, false) }},
		{"interfaces kept on HTTP/2", func(s subject) string { return interfaces(s, true) }},
		{"early hints are not the status", func(s subject) string { return status(ask(s, write(103, 404), get("/")), 404) }},
		{"the first status counts", func(s subject) string { return status(ask(s, write(201, 500), get("/")), 201) }},
		{"route of a mux", func(s subject) string { return route(s, ask(s, mux.ServeHTTP, get("/users/7")), "/users/{id}") }},
		{"route behind a copied request", func(s subject) string {
			return route(s, ask(s, copied(mux).ServeHTTP, get("/users/7")), "/users/{id}")
		}},
		{"route of a mux in a mux", func(s subject) string {
			root := http.NewServeMux()
			root.Handle("/api/", http.StripPrefix("/api", httpaudit.Nested(mux)))
			return route(s, ask(s, root.ServeHTTP, get("/api/users/7")), "/api/users/{id}")
		}},
		{"a path that nobody knows is no route", func(s subject) string {
			got := ask(s, mux.ServeHTTP, get("/wp-login.php"))
			if strings.Contains(got.route, "wp-login") {
				return got.route
			}
			return applies(s.route)
		}},
	}
}

func TestProbes(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{id}", nothing)
	names := []string{"ours", "httplog", "otelhttp", "httpsnoop"}
	var out strings.Builder
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "probe\t"+strings.Join(names, "\t"))
	for _, p := range probes(mux) {
		fmt.Fprint(table, p.name)
		for _, name := range names {
			wrong := p.ask(subjects[name](mux))
			if name == "ours" && wrong != "" {
				t.Errorf("%s: %s", p.name, wrong)
			}
			fmt.Fprint(table, "\t"+verdict(wrong))
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush()
	t.Log("\n" + out.String())
}

func verdict(wrong string) string {
	switch wrong {
	case "":
		return "right"
	case notApplicable:
		return notApplicable
	default:
		return "wrong: " + wrong
	}
}

func applies(does bool) string {
	if !does {
		return notApplicable
	}
	return ""
}

func status(got seen, want int) string {
	if wrong := count(got); wrong != "" {
		return wrong
	}
	if got.status != want {
		return fmt.Sprint(got.status)
	}
	return ""
}

func count(got seen) string {
	if got.records != 1 {
		return fmt.Sprintf("%d records", got.records)
	}
	return ""
}

func address(s subject, got seen) string {
	if s.ip && got.ip != "203.0.113.7" {
		return fmt.Sprintf("%q", got.ip)
	}
	return applies(s.ip)
}

func route(s subject, got seen, want string) string {
	if s.route && got.route != want {
		return fmt.Sprintf("%q", got.route)
	}
	return applies(s.route)
}

// broken wants one record, with the status if it is not 0 and else without 500, and the panic to go on.
func broken(s subject, value any, want int) string {
	var passed any
	_ = ask(subject{wrap: func(next http.Handler) http.Handler {
		h := s.wrap(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() { passed = recover() }()
			h.ServeHTTP(w, r)
		})
	}, read: s.read}, func(http.ResponseWriter, *http.Request) { panic(value) }, get("/"))
	got := s.read()
	switch {
	case passed != value:
		return "the panic is gone"
	case want == 0 && (got.records != 1 || got.status == 500 || got.status == 200):
		return fmt.Sprintf("%d records, status %d", got.records, got.status)
	case want != 0:
		return status(got, want)
	}
	return ""
}

// clientGone has a client that leaves while a handler works, which then returns.
func clientGone(s subject) string {
	ctx, leave := context.WithCancel(context.Background())
	defer leave()
	return status(ask(s, func(http.ResponseWriter, *http.Request) { leave() }, get("/").WithContext(ctx)), 499)
}

// interfaces compares what a handler can do with the writer of a real server, with and without the subject.
func interfaces(s subject, http2 bool) string {
	var bare, wrapped []string
	collect := func(into *[]string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { *into = abilities(w) })
	}
	serve(collect(&bare), http2)
	serve(s.wrap(collect(&wrapped)), http2)
	var wrong []string
	for _, name := range bare {
		if !slices.Contains(wrapped, name) {
			wrong = append(wrong, "no "+name)
		}
	}
	for _, name := range wrapped {
		if !slices.Contains(bare, name) {
			wrong = append(wrong, "a false "+name)
		}
	}
	return strings.Join(wrong, ", ")
}

func serve(h http.Handler, http2 bool) {
	server := httptest.NewUnstartedServer(h)
	server.EnableHTTP2 = http2
	server.StartTLS()
	defer server.Close()
	if resp, err := server.Client().Get(server.URL); err == nil {
		_ = resp.Body.Close()
	}
}

func abilities(w http.ResponseWriter) (names []string) {
	add := func(name string, ok bool) {
		if ok {
			names = append(names, name)
		}
	}
	_, ok := w.(http.Flusher)
	add("Flusher", ok)
	_, ok = w.(interface{ FlushError() error })
	add("FlushError", ok)
	_, ok = w.(http.Hijacker)
	add("Hijacker", ok)
	_, ok = w.(io.ReaderFrom)
	add("ReaderFrom", ok)
	_, ok = w.(http.Pusher)
	add("Pusher", ok)
	_, ok = w.(io.StringWriter)
	add("StringWriter", ok)
	_, ok = w.(interface{ CloseNotify() <-chan bool })
	add("CloseNotifier", ok)
	return names
}

// ask lets h answer r behind the subject, and returns what it recorded.
func ask(s subject, h http.HandlerFunc, r *http.Request) seen {
	return answered(s, h, httptest.NewRecorder(), r)
}

func asked(s subject, h http.HandlerFunc, w http.ResponseWriter) seen {
	return answered(s, h, w, get("/"))
}

// answered uses a goroutine of its own, since some handlers end theirs.
func answered(s subject, h http.HandlerFunc, w http.ResponseWriter, r *http.Request) seen {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		s.wrap(h).ServeHTTP(w, r)
	}()
	<-done
	return s.read()
}

func get(target string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
	r.RemoteAddr = "203.0.113.7:4711"
	return r
}

func nothing(http.ResponseWriter, *http.Request) {}

func write(codes ...int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for _, code := range codes {
			w.WriteHeader(code)
		}
	}
}

// copied stands for every handler that hands on a copy of the request.
func copied(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		type key struct{}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, 1)))
	})
}

type hijackable struct{ http.ResponseWriter }

func (hijackable) Hijack() (net.Conn, *bufio.ReadWriter, error) { return nil, nil, nil }
