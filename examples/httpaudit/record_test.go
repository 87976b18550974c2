package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/httpaudit"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

func TestRecord(t *testing.T) {
	t.Parallel()
	client, rec := eventstest.New(t, events.Registry())
	h := httpaudit.Middleware(record(client))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		httpaudit.SetUser(r.Context(), "user_7", "admin")
		httpaudit.SetOrg(r.Context(), "org_1")
		httpaudit.SetErrorCode(r.Context(), "gone")
		httpaudit.SetRoute(r.Context(), "/x/{id}")
		w.WriteHeader(http.StatusGone)
	}))
	r := httptest.NewRequest(http.MethodPut, "/x/7?token=secret", http.NoBody)
	r.Header.Set("User-Agent", "curl")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	got := eventstest.One[events.APIRequest](t, rec)
	want := events.APIRequest{
		RequestID: w.Header().Get("X-Request-ID"), UserID: runtime.Some(redact.Raw("user_7")), UserRole: runtime.Some("admin"),
		OrgID: runtime.Some("org_1"), Method: "PUT", Path: "/x/{id}", Route: runtime.Some("/x/{id}"), StatusCode: 410,
		Result: events.APIRequestResultFailure, ErrorCode: runtime.Some("gone"), DurationMs: got.DurationMs,
		UserAgent: runtime.Some(redact.Raw("curl")), IP: runtime.Some(redact.Raw("192.0.2.1")), SampleWeight: runtime.Float(1),
	}
	eventstest.Want(t, rec, want)
	if got.DurationMs <= 0 {
		t.Errorf("it took %v ms", got.DurationMs)
	}
}

// TestNobody: requests without a user, and those of users whose name stands for nobody, must not become one person.
func TestNobody(t *testing.T) {
	t.Parallel()
	for user, want := range map[string]string{"": "", "guest": "", "null": "", "user_7": "user_7"} {
		client, rec := eventstest.New(t, events.Registry(), eventstest.Lenient())
		err := record(client)(t.Context(), httpaudit.Request{
			RequestID: "r", UserID: user, Method: "GET", Path: "/", Status: 200, Result: httpaudit.Success, SampleWeight: 1,
		})
		if err != nil {
			t.Fatal(err)
		}
		sent := rec.Sent()
		if len(sent) != 1 {
			t.Fatalf("%q: sent %d events", user, len(sent))
		}
		if id := sent[0].UUID.String(); want == "" {
			want = id
		}
		if sent[0].DistinctID != want {
			t.Errorf("%q goes under %q, want %q", user, sent[0].DistinctID, want)
		}
		if personless := bytes.Contains(sent[0].Properties, []byte(`"$process_person_profile":false`)); personless == (user == "user_7") {
			t.Errorf("%q: %s", user, sent[0].Properties)
		}
	}
}

func TestRecordTellsItsError(t *testing.T) {
	t.Parallel()
	client, _ := eventstest.New(t, events.Registry(), eventstest.Lenient())
	var invalid *runtime.ValidationError
	if err := record(client)(t.Context(), httpaudit.Request{Result: httpaudit.Success}); !errors.As(err, &invalid) {
		t.Errorf("got %v", err)
	}
	if err := record(client)(t.Context(), httpaudit.Request{}); err == nil {
		t.Error("no result, no error")
	}
}

// FuzzRecord sends what net/http takes from the wire through the middleware into a client that refuses what is invalid: as many
// events as requests have to come out. The client fails the test at the first event that it refuses, but for the names that
// stand for nobody.
func FuzzRecord(f *testing.F) {
	f.Add("GET /users/7?token=x HTTP/1.1\r\nHost: h\r\nUser-Agent: curl\r\nX-Forwarded-For: 1.2.3.4, 10.0.0.1\r\n\r\n", "10.0.0.1:1", "u", "e", 200)
	f.Add("POST http://u:p@h/%ff%00 HTTP/1.0\r\nX-Request-Id: a\r\n\r\n", "[::ffff:1.2.3.4%lo]:1", "guest", "\x00", 99)
	f.Add("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "@", "\xff", strings.Repeat("ü", 500), 999)
	f.Add("BREW /"+strings.Repeat("ä", 2000)+" HTTP/1.1\r\nHost: h\r\nUser-Agent: \xff\xfe\r\n\r\n", "fe80::1%x", strings.Repeat("u", 201), "", -1)
	f.Fuzz(func(t *testing.T, wire, remote, user, code string, status int) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(wire)))
		if err != nil {
			t.Skip()
		}
		r.RemoteAddr = remote
		client, rec := eventstest.New(t, events.Registry(), eventstest.Lenient())
		var failed error
		audit := httpaudit.Middleware(func(ctx context.Context, q httpaudit.Request) error {
			failed = record(client)(ctx, q)
			return failed
		}, httpaudit.WithRawPath(), httpaudit.TrustedProxies(netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")))
		func() {
			defer func() { _ = recover() }() // net/http panics for some statuses
			audit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				httpaudit.SetUser(r.Context(), user, code)
				httpaudit.SetOrg(r.Context(), user)
				httpaudit.SetErrorCode(r.Context(), code)
				w.WriteHeader(status)
			})).ServeHTTP(httptest.NewRecorder(), r)
		}()
		if failed != nil || len(rec.Sent()) != 1 {
			t.Fatalf("%d events, %v", len(rec.Sent()), failed)
		}
		if err := eventstest.One[events.APIRequest](t, rec).Validate(); err != nil {
			t.Error(err)
		}
	})
}

// TestReadme follows the README's section in a registry that has nothing but what the section says to copy.
func TestReadme(t *testing.T) {
	t.Parallel()
	readme, registry := read(t, "../../README.md"), read(t, "../../events.yaml")
	_, code, _ := strings.Cut(read(t, "record.go"), "func record(")
	functions, rest, ok := strings.Cut(code, "// text leaves out what is empty.")
	if !ok || !strings.Contains(readme, functions) {
		t.Error("the README's function record is not that of record.go")
	}
	for _, line := range strings.Split(rest, "\n") {
		if !strings.HasPrefix(line, "//") && !strings.Contains(readme, line) {
			t.Errorf("the README does not have %q", line)
		}
	}
	_, event, _ := strings.Cut(registry, "\n  api_request:")
	event, _, _ = strings.Cut(event, "\n\n")
	for _, category := range regexp.MustCompile(`pii: (user[a-z._]*)`).FindAllStringSubmatch(event, -1) {
		if !strings.Contains(readme, "`"+category[1]+"`") || !strings.Contains(registry, "\n  "+category[1]+": {") {
			t.Errorf("the README does not say to copy %s", category[1])
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestRun(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	environment := func(name string) (string, bool) {
		value, ok := map[string]string{"EVENTS_LOG": "never"}[name]
		return value, ok
	}
	if err := run(environment, &out); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"200 GET /users/7", "409 POST /orders", "404 GET /wp-login.php"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("no %q in\n%s", line, out.String())
		}
	}
}
