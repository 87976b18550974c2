package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// TestDemo is not parallel, because the folder for temporary files is the environment's.
func TestDemo(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Setenv("TMP", folder) // where it is called so
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var out bytes.Buffer
	if err := run(ctx, &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	text := out.String()
	for _, line := range []string{
		`mode="sending to http://127.0.0.1:`,
		"  TrackUserSignedUp user_ada                               │ user_signed_up user_ada\n",
		`  Method: google, Email: "ada@example.com",              │   "method": "google",`,
		`│   "$set": {"email": "h1.demo.`,
		"│ $groupidentify $organization_org_acme\n",
		`│   "ip": "203.0.113.0", "$process_person_profile": false`,
		`returns: runtime: invalid event "trial_started": trial_days: maximum (at most 365)`,
		"its events wait: 5 queued",
		"and 3 failed requests PostHog is back",
		"accepted 19, rejected 1 (invalid 1)\n",
		"accepted 19 = delivered 19 + dead-lettered 0 + dropped 0 + queued 0\n",
		"Every accepted event arrived, once and unchanged",
		"and 3 events stay, redacted.",
		`msg="events: sink closed" sink=posthog delivered=0 dead_lettered=0 dropped=0 kept=3`,
		"folder=…/spool/events recovered=3\n",
		"  6 × GET /announcements                                   │ 200 /announcements 192.0.2.44\n",
		"│ 404 /announcements/{id} not_found 192.0.2.44\n",
		"│ 500 /invoices/{month} panic user_ben 198.51.100.23\n",
		"│ 499 /reports/{year} client_closed user_ada 203.0.113.77\n",
		"28 requests and a sign-up: 29 rows in the table, 29 events at PostHog.",
		"auditlog --db audit.db failures --since 1h\n",
		"  502     POST    /payments/{id}        provider_down  user_ben  request-22\n",
		"auditlog --db audit.db top --by 5xx-rate --limit 20\n",
		"  /payments/{id}        5         2         2    40.00 %\n",
		"auditlog --db audit.db by user\n",
		"  (none)    8         2         0\n",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("the output lacks %q:\n%s", line, text)
		}
	}
	if last := "verify: ok, 31 rows in 1 chain, 31 of them covered by the signed checkpoint\n"; !strings.HasSuffix(text, last) {
		t.Errorf("the output does not end with %q:\n%s", last, text)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("files are left: %v, %v", left, err)
	}
	tracked, _, _ := strings.Cut(text, "Every request audited") // from there on addresses are kept
	for line := range strings.Lines(tracked) {
		_, received, _ := strings.Cut(line, "│")
		if strings.Contains(received, ada.email) || strings.Contains(received, ada.name) || strings.Contains(received, ada.ip) {
			t.Errorf("personal data was received: %s", line)
		}
	}
}

// TestInterrupted judges that the demo ends when it is told to, and says why.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want one that wraps %v", err, context.Canceled)
	}
}

// TestVerdict judges that each check can fail.
func TestVerdict(t *testing.T) {
	t.Parallel()
	good, arrived := sample(t)
	if err := checkDelivery(good, arrived); err != nil {
		t.Fatal(err)
	}
	stats := runtime.Stats{Accepted: 1, Rejected: runtime.Counts{"invalid": 1}}
	sink := runtime.SinkStats{Delivered: 1, Failures: runtime.Counts{"http_503": failures}}
	if err := checkCounts(stats, sink, 1); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"lost":       {checkDelivery(good, nil), "did not arrive"},
		"renamed":    {checkDelivery(good, changed(arrived, func(e *eventstest.Event) { e.Name = "x" })), "changed its name"},
		"reassigned": {checkDelivery(good, changed(arrived, func(e *eventstest.Event) { e.DistinctID = "x" })), "changed its name"},
		"restamped": {checkDelivery(good, changed(arrived, func(e *eventstest.Event) {
			e.Timestamp = e.Timestamp.Add(time.Microsecond)
		})), "changed its time stamp"},
		"edited": {checkDelivery(good, changed(arrived, func(e *eventstest.Event) {
			e.Raw = []byte(`{"properties":{"n":2,"$lib":"x"}}`)
		})), "changed its properties"},
		"extended": {checkDelivery(good, changed(arrived, func(e *eventstest.Event) {
			e.Raw = []byte(`{"properties":{"n":1,"m":1}}`)
		})), "changed its properties"},
		"queued":       {checkCounts(stats, runtime.SinkStats{Queued: 1, Failures: sink.Failures}, 1), "delivered: 0, want 1"},
		"uncounted":    {checkCounts(stats, runtime.SinkStats{Failures: sink.Failures}, 1), "accounted for: 0, want 1"},
		"doubled":      {checkCounts(stats, sink, 2), "received: 2, want 1"},
		"no outage":    {checkCounts(stats, runtime.SinkStats{Delivered: 1}, 1), "failed attempts: 0, want 3"},
		"no mistake":   {checkCounts(runtime.Stats{Accepted: 1}, sink, 1), "rejected: 0, want 1"},
		"leaked":       {checkPrivacy([]eventstest.Request{{Events: []eventstest.Event{{Name: "x", Raw: []byte(ada.ip)}}}}, ""), "x shows"},
		"leaked to us": {checkPrivacy(nil, "to "+ben.email), "the log shows"},
		"not kept":     {checkRestart(3, runtime.SinkStats{Queued: 2}, runtime.SinkStats{Recovered: 3, Delivered: 3}), "kept 2"},
		"delivered to nobody": {
			checkRestart(3, runtime.SinkStats{Queued: 3, Delivered: 1}, runtime.SinkStats{Recovered: 3, Delivered: 3}), "delivered 1",
		},
		"not recovered": {
			checkRestart(3, runtime.SinkStats{Queued: 3}, runtime.SinkStats{Recovered: 2, Delivered: 2}), "recovered 2",
		},
		"kept for good": {
			checkRestart(3, runtime.SinkStats{Queued: 3}, runtime.SinkStats{Recovered: 3, Queued: 3}), "still queued 3",
		},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%s: error = %v, want %q", name, c.err, c.want)
		}
	}
}

// sample returns a call and the event as it arrives, with a property that the library has added.
func sample(t *testing.T) ([]runtime.Recorded, []eventstest.Event) {
	t.Helper()
	m := runtime.Message{Event: "ping", DistinctID: "u1", Timestamp: time.Now().UTC(), Properties: []byte(`{"n":1}`)}
	e := eventstest.Event{
		Name: m.Event, DistinctID: m.DistinctID, UUID: m.UUID.String(), Timestamp: m.Timestamp,
		Raw: []byte(`{"properties":{"n":1,"$lib":"x"}}`),
	}
	call := runtime.Recorded{Event: m.Event, Messages: map[redact.Destination]runtime.Message{redact.PostHog: m}}
	return []runtime.Recorded{call}, []eventstest.Event{e}
}

// changed returns a copy of the only event with a change.
func changed(arrived []eventstest.Event, change func(*eventstest.Event)) []eventstest.Event {
	e := arrived[0]
	change(&e)
	return []eventstest.Event{e}
}

func TestTable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	writeTable(&out, [2]string{"called", "received by PostHog"}, [][2]cell{
		{{title: "Track é"}, {title: "ping", pieces: []string{`"a": 1`, `"b": "` + strings.Repeat("é", 49) + `"`, `"c": 2`}}},
	})
	rule := strings.Repeat("─", columnWidth)
	want := "  called" + strings.Repeat(" ", 50) + " │ received by PostHog\n" +
		"  " + rule + "─┼─" + rule + "\n" +
		"  Track é" + strings.Repeat(" ", 49) + " │ ping\n" +
		"  " + strings.Repeat(" ", 56) + " │   \"a\": 1,\n" +
		"  " + strings.Repeat(" ", 56) + " │   \"b\": \"" + strings.Repeat("é", 49) + "\",\n" +
		"  " + strings.Repeat(" ", 56) + " │   \"c\": 2\n"
	if out.String() != want {
		t.Errorf("table:\n%s\nwant:\n%s", &out, want)
	}
}
