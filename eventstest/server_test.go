package eventstest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eventgen/eventgen/eventstest"
)

const (
	key  = "phc_test"
	uuid = "0190a7b2-0000-7000-8000-000000000001"
	at   = "2025-03-01T10:00:00.000001Z"
)

// event returns one event's JSON; its uuid ends in n.
func event(n int) string {
	return fmt.Sprintf(`{"event":"signed_up","distinct_id":"u1","uuid":"0190a7b2-0000-7000-8000-%012d",`+
		`"timestamp":"2025-03-01T10:00:00.%06dZ","properties":{"n":%d}}`, n, n, n)
}

func batch(events ...string) string {
	return `{"api_key":"` + key + `","batch":[` + strings.Join(events, ",") + `]}`
}

func pack(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// newClient returns a client with connections of its own, which follows no redirects.
func newClient(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func post(t *testing.T, client *http.Client, url, body string) (*http.Response, string) {
	t.Helper()
	resp, err := client.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

func TestServerIngests(t *testing.T) {
	t.Parallel()
	big := func(n int) string {
		return `{"event":"e","distinct_id":"u","properties":{"s":"` + strings.Repeat("x", n) + `"}}`
	}
	single := strings.Replace(event(1), "{", `{"api_key":"`+key+`",`, 1)
	with := func(old, text string) string { return batch(event(2), strings.Replace(event(1), old, text, 1)) }
	tests := []struct {
		name   string
		path   string
		body   string
		status int
		stored int
	}{
		{"batch", "/batch/", batch(event(1), event(2)), 200, 2},
		{"no slash", "/batch", batch(event(1)), 200, 1},
		{"token", "/batch/", strings.Replace(batch(event(1)), "api_key", "token", 1), 200, 1},
		{"single event", "/i/v0/e/", single, 200, 1},
		{"single event on /batch", "/batch/", single, 200, 1},
		{"batch on /e", "/e/", batch(event(1)), 200, 1},
		{"array", "/capture/", "[" + single + "," + single + "]", 200, 2},
		{"token in properties", "/e", strings.Replace(event(1), `{"n"`, `{"token":"phc_x","n"`, 1), 200, 1},
		{"gzip by magic", "/batch/", pack(t, batch(event(1))), 200, 1},
		{"gzip by query", "/batch/?compression=gzip", pack(t, batch(event(1))), 200, 1},
		{"gzip that is none", "/batch/?compression=gzip", batch(event(1)), 400, 0},
		{"gzip cut off", "/batch/", pack(t, batch(event(1)))[:40], 400, 0},
		{"gzip bomb", "/e/", pack(t, big(3<<20)), 413, 0},
		{"unknown path", "/decide", batch(event(1)), 404, 0},
		{"empty body", "/batch/", "", 400, 0},
		{"not JSON", "/batch/", batch(event(1))[1:], 400, 0},
		{"empty batch", "/batch/", batch(), 400, 0},
		{"no key", "/batch/", strings.Replace(batch(event(1)), key, "", 1), 401, 0},
		{"personal key", "/batch/", strings.Replace(batch(event(1)), key, "phx_x", 1), 401, 0},
		{"bad uuid", "/batch/", with(`"uuid":"0190`, `"uuid":"x190`), 400, 0},
		{"empty uuid", "/batch/", with(event(1)[38:92], `,"uuid":""`), 400, 0},
		{"empty name", "/batch/", with("signed_up", ""), 400, 0},
		{"no distinct_id", "/batch/", with(`"distinct_id":"u1",`, ""), 400, 0},
		{"empty distinct_id", "/batch/", with(`"u1"`, `""`), 400, 0},
		{"properties no object", "/batch/", with(`{"n":1}`, `[]`), 400, 0},
		{"distinct_id in properties", "/batch/", with(`"distinct_id":"u1","uuid"`, `"properties":{"distinct_id":"u"},"x"`), 200, 2},
		{"event at its limit", "/batch/", batch(big(1_000_000 - len(big(0)))), 200, 1},
		{"event over its limit", "/batch/", batch(event(1), big(1_000_001-len(big(0)))), 413, 0},
		{"body over 2 MB", "/capture/", batch(big(900_000), big(900_000), big(900_000)), 413, 0},
		{"the same on /batch/", "/batch/", batch(big(900_000), big(900_000), big(900_000)), 200, 3},
		{"body over 20 MB", "/batch/", batch(event(1)) + strings.Repeat(" ", 21<<20), 413, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := eventstest.NewServer(t)
			resp, body := post(t, newClient(t), s.URL()+test.path, test.body)
			if resp.StatusCode != test.status {
				t.Errorf("status %d %q, want %d", resp.StatusCode, body, test.status)
			}
			if test.status == 200 && body != `{"status":1}` {
				t.Errorf("body %q", body)
			}
			if got := len(s.Events()); got != test.stored {
				t.Errorf("stored %d events, want %d", got, test.stored)
			}
			if got := s.Requests(); len(got) != 1 || got[0].Status != test.status || got[0].Bytes != len(test.body) {
				t.Errorf("requests %+v, want one with status %d and %d bytes", got, test.status, len(test.body))
			}
		})
	}
}

func TestServerStoresWhatPostHogWould(t *testing.T) {
	t.Parallel()
	const upper = "0190A7B2-0000-7000-8000-00000000000A"
	now := time.Now()
	tests := []struct {
		name  string
		event string
		check func(eventstest.Event) error
	}{
		{"long distinct_id", `{"event":"e","distinct_id":"` + strings.Repeat("é", 250) + `"}`, func(e eventstest.Event) error {
			return want(e.DistinctID, strings.Repeat("é", 200))
		}},
		{"number as distinct_id", `{"event":"e","distinct_id":17}`, func(e eventstest.Event) error {
			return want(e.DistinctID, "17")
		}},
		{"upper-case uuid", `{"event":"e","distinct_id":"u","uuid":"` + upper + `"}`, func(e eventstest.Event) error {
			return errors.Join(want(e.UUID, strings.ToLower(upper)), want(strings.Contains(string(e.Raw), upper), true))
		}},
		{"uuid forms", `{"event":"e","distinct_id":"u","uuid":"urn:uuid:{0190A7B20000700080000000000000AA}"}`, nil},
		{"short uuid", `{"event":"e","distinct_id":"u","uuid":"0190a7b2000070008000000000000001"}`, func(e eventstest.Event) error {
			return want(e.UUID, uuid)
		}},
		{"no uuid", `{"event":"e","distinct_id":"u"}`, func(e eventstest.Event) error {
			return want(len(e.UUID), 36)
		}},
		{"time", `{"event":"e","distinct_id":"u","timestamp":"2025-03-01T11:00:00.000001+01:00"}`, func(e eventstest.Event) error {
			return want(e.Timestamp.Format(time.RFC3339Nano), at)
		}},
		{"no time", `{"event":"e","distinct_id":"u","timestamp":"yesterday"}`, func(e eventstest.Event) error {
			return want(e.Timestamp.Before(now), false)
		}},
		{"future", `{"event":"e","distinct_id":"u","timestamp":"2999-01-01T00:00:00Z"}`, func(e eventstest.Event) error {
			return want(e.Timestamp.Before(now.Add(time.Hour)), true)
		}},
		{"set beside properties", `{"event":"$identify","distinct_id":"u","$set":{"plan":"pro"}}`, func(e eventstest.Event) error {
			set, _ := e.Properties()["$set"].(map[string]any)
			return want(set["plan"], any("pro"))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := eventstest.NewServer(t)
			resp, body := post(t, newClient(t), s.URL()+"/batch/", batch(test.event))
			if test.check == nil {
				if resp.StatusCode != 400 {
					t.Fatalf("status %d, want 400", resp.StatusCode)
				}
				return
			}
			if resp.StatusCode != 200 || len(s.Events()) != 1 {
				t.Fatalf("status %d %q", resp.StatusCode, body)
			}
			if err := test.check(s.Events()[0]); err != nil {
				t.Error(err)
			}
		})
	}
}

func want[T comparable](got, want T) error {
	if got != want {
		return fmt.Errorf("got %v, want %v", got, want)
	}
	return nil
}

func TestServerCorrectsClockSkew(t *testing.T) {
	t.Parallel()
	s := eventstest.NewServer(t)
	body := strings.Replace(batch(event(1)), "{", `{"sent_at":"2025-03-01T10:00:05Z",`, 1)
	post(t, newClient(t), s.URL()+"/batch/", body)
	if age := time.Since(s.Events()[0].Timestamp); age < 5*time.Second || age > time.Minute {
		t.Errorf("event is %v old, want the 5 s between it and sent_at", age)
	}
}

func TestServerKnowsItsKey(t *testing.T) {
	t.Parallel()
	s := eventstest.NewServer(t, eventstest.WithProjectKey(key))
	client := newClient(t)
	for text, status := range map[string]int{key: 200, "phc_other": 401} {
		resp, _ := post(t, client, s.URL()+"/batch/", strings.Replace(batch(event(1)), key, text, 1))
		if resp.StatusCode != status {
			t.Errorf("%s: status %d, want %d", text, resp.StatusCode, status)
		}
	}
}

func TestServerMergesDuplicates(t *testing.T) {
	t.Parallel()
	s := eventstest.NewServer(t)
	client := newClient(t)
	later := strings.Replace(event(1), ".000001Z", ".000009Z", 1)
	for _, body := range []string{batch(event(1), event(2)), batch(event(2), later), batch(event(1))} {
		post(t, client, s.URL()+"/batch/", body)
	}
	if got := len(s.Events()); got != 5 {
		t.Errorf("%d events, want 5", got)
	}
	var raw []string
	for _, e := range s.Unique() {
		raw = append(raw, string(e.Raw))
	}
	if got, want := strings.Join(raw, "\n"), strings.Join([]string{event(1), event(2), later}, "\n"); got != want {
		t.Errorf("unique events\n%s\nwant\n%s", got, want)
	}
	if got := s.Counts(); got != (eventstest.Counts{Connections: 1, Requests: 3, Stored: 5, Unique: 3}) {
		t.Errorf("counts %+v", got)
	}
}

func TestServerRefusesPoison(t *testing.T) {
	t.Parallel()
	s := eventstest.NewServer(t, eventstest.WithPoison(func(e eventstest.Event) bool { return e.Properties()["n"] == 2.0 }))
	client := newClient(t)
	for body, status := range map[string]int{batch(event(1), event(2)): 400, batch(event(1), event(3)): 200} {
		if resp, _ := post(t, client, s.URL()+"/batch/", body); resp.StatusCode != status {
			t.Errorf("%s: status %d, want %d", body, resp.StatusCode, status)
		}
	}
}

func TestServerFollowsItsScript(t *testing.T) {
	t.Parallel()
	s := eventstest.NewServer(t)
	s.Handle(func(r eventstest.Request) eventstest.Reply {
		if len(r.Events) > 1 {
			return eventstest.Reply{Status: 413}
		}
		return eventstest.Reply{}
	})
	s.Script(
		eventstest.Reply{Status: 503, RetryAfter: "86400"},
		eventstest.Reply{Status: 200, Body: eventstest.QuotaLimited},
		eventstest.Reply{Status: 302, Location: "https://example.com/"},
		eventstest.Reply{Status: 502, Stored: true, Delay: time.Millisecond},
	)
	client := newClient(t)
	tests := []struct {
		body, reply string
		status      int
		header      [2]string
		stored      int
	}{
		{batch(event(1)), "transient error, please retry", 503, [2]string{"Retry-After", "86400"}, 0},
		{batch(event(1)), `{"status":1,"quota_limited":["events"]}`, 200, [2]string{"Content-Type", "application/json"}, 0},
		{batch(event(1)), "Found", 302, [2]string{"Location", "https://example.com/"}, 0},
		{batch(event(1)), "Bad Gateway", 502, [2]string{"Content-Type", "text/plain; charset=utf-8"}, 1},
		{batch(event(1), event(2)), "maximum event size exceeded", 413, [2]string{"Content-Length", "27"}, 1},
		{batch(event(2)), `{"status":1}`, 200, [2]string{"Content-Length", "12"}, 2},
	}
	for i, test := range tests {
		resp, body := post(t, client, s.URL()+"/batch/", test.body)
		if resp.StatusCode != test.status || body != test.reply || resp.Header.Get(test.header[0]) != test.header[1] {
			t.Errorf("%d: %d %q %v", i, resp.StatusCode, body, resp.Header)
		}
		if got := len(s.Events()); got != test.stored {
			t.Errorf("%d: %d events stored, want %d", i, got, test.stored)
		}
	}
}

func TestServerBreaksConnections(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]eventstest.Fault{
		"request": eventstest.ResetRequest, "answer": eventstest.ResetAnswer, "reply": eventstest.ResetReply,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := eventstest.NewServer(t)
			s.Script(eventstest.Reply{Fault: fault, Stored: true})
			resp, err := newClient(t).Post(s.URL()+"/batch/", "", strings.NewReader(batch(event(1))))
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				resp.Body.Close()
			}
			if err == nil {
				t.Fatal("no error")
			}
			if stored := len(s.Events()); (stored == 1) != (fault != eventstest.ResetRequest) {
				t.Errorf("%d events stored", stored)
			}
		})
	}
}

func TestServerHangsUntilTheClientLeaves(t *testing.T) {
	t.Parallel()
	s := eventstest.NewServer(t)
	s.Script(eventstest.Reply{Fault: eventstest.Hang}, eventstest.Reply{Delay: time.Hour})
	for i := range 2 {
		ctx, cancel := context.WithCancel(context.Background())
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+"/batch/", strings.NewReader(batch(event(1))))
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		client := newClient(t)
		go func() {
			_, err := client.Do(req)
			ended <- err
		}()
		if err := s.WaitRequests(context.Background(), i+1); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want canceled", err)
		}
	}
}

func TestServerCloseReleasesHangingRequests(t *testing.T) {
	t.Parallel()
	s, err := eventstest.Start()
	if err != nil {
		t.Fatal(err)
	}
	s.Handle(func(eventstest.Request) eventstest.Reply { return eventstest.Reply{Fault: eventstest.Hang} })
	var clients sync.WaitGroup
	for range 3 {
		client := newClient(t)
		clients.Go(func() {
			if _, err := client.Post(s.URL()+"/batch/", "", strings.NewReader(batch(event(1)))); err == nil {
				t.Error("a hanging request was answered")
			}
		})
	}
	if err := s.WaitRequests(context.Background(), 3); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	clients.Wait()
}

func TestServerWaits(t *testing.T) {
	t.Parallel()
	s := eventstest.NewServer(t)
	waited := make(chan error, 1)
	go func() { waited <- s.Wait(context.Background(), 2) }()
	client := newClient(t)
	for _, body := range []string{batch(event(1)), batch(event(1)), batch(event(2))} {
		post(t, client, s.URL()+"/batch/", body)
	}
	if err := <-waited; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := s.Wait(ctx, 3); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "3 requests, 2 events") {
		t.Errorf("error %v, want the deadline and the counts", err)
	}
}

func TestServerOnlyCounts(t *testing.T) {
	t.Parallel()
	s := eventstest.NewServer(t, eventstest.WithoutRecord())
	post(t, newClient(t), s.URL()+"/batch/", batch(event(1), event(2)))
	if len(s.Events())+len(s.Unique())+len(s.Requests()) != 0 {
		t.Error("something was recorded")
	}
	if got := s.Counts(); got != (eventstest.Counts{Connections: 1, Requests: 1, Stored: 2}) {
		t.Errorf("counts %+v", got)
	}
}

// TestServerLeavesNoGoroutine is not parallel: it looks at the goroutines of the whole process.
func TestServerLeavesNoGoroutine(t *testing.T) {
	s, err := eventstest.Start()
	if err != nil {
		t.Fatal(err)
	}
	s.Script(eventstest.Reply{Fault: eventstest.ResetReply})
	client := newClient(t)
	for range 3 {
		if resp, err := client.Post(s.URL()+"/batch/", "", strings.NewReader(batch(event(1)))); err == nil {
			resp.Body.Close()
		}
	}
	client.CloseIdleConnections()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(5 * time.Second)
	for {
		var stacks bytes.Buffer
		if err := pprof.Lookup("goroutine").WriteTo(&stacks, 1); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(stacks.String(), "net/http.(*conn).serve") && !strings.Contains(stacks.String(), "eventstest.(*") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("goroutines left:\n%s", stacks.String())
		}
	}
}

func ExampleStart() {
	server, err := eventstest.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()

	body := strings.NewReader(`{"api_key":"phc_demo","batch":[{"event":"signed_up","distinct_id":"u1","properties":{"plan":"pro"}}]}`)
	if _, err := http.Post(server.URL()+"/batch/", "application/json", body); err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range server.Events() {
		fmt.Println(e.Name, e.DistinctID, e.Properties()["plan"])
	}
	// Output: signed_up u1 pro
}
