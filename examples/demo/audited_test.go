package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/auditlog"
	"github.com/eventgen/eventgen/auditlog/query"
	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/runtime"
)

// TestAudited judges that the search for what must not be in the table would find it: addresses may be there, and are found.
func TestAudited(t *testing.T) {
	t.Parallel()
	d := &demo{out: io.Discard, folder: t.TempDir(), posthog: eventstest.NewServer(t, eventstest.WithProjectKey(projectKey))}
	if err := d.audited(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := checkFolder(d.folder, []string{ada.ip}); err == nil {
		t.Error("the table has addresses, and the search does not find one")
	}
	if err := checkSent(d.posthog.Requests(), []string{ada.ip}); err == nil {
		t.Error("the audit trail at PostHog has addresses, and the search does not find one")
	}
	if err := checkFolder(t.TempDir(), nil); err == nil {
		t.Error("a folder without files is no finding")
	}
}

// TestAsk judges that an answer which is not the one expected is told.
func TestAsk(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-ID", r.Header.Get("X-Request-ID"))
	}))
	defer server.Close()
	for _, r := range requests(visits) {
		silent := r.status == http.StatusOK || r.status == 499 // who has left sees nothing
		if err := ask(t.Context(), server.URL, []request{r}); (err == nil) != silent {
			t.Errorf("%s %s, want %d: %v", r.method, r.path, r.status, err)
		}
	}
}

// TestTrailVerdict judges that each check of table and PostHog can fail.
func TestTrailVerdict(t *testing.T) {
	t.Parallel()
	list := requests(visits)
	if err := checkTrail(list, rowsOf(t, list), eventsOf(t, list)); err != nil {
		t.Fatal(err)
	}
	changed := func(change func(*query.Record)) error {
		rows := rowsOf(t, list)
		change(rows[len(rows)-2])
		return checkTrail(list, rows, eventsOf(t, list))
	}
	rows, arrived := rowsOf(t, list), eventsOf(t, list)
	twoSinks := []runtime.SinkStats{{Name: "a", Delivered: 2}, {Name: "b", Delivered: 1}}
	leak := []eventstest.Event{{Name: "x", Raw: []byte(canary)}}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"row lost":     {checkTrail(list, rows[1:], arrived), "the table has request-01 0 times"},
		"row doubled":  {checkTrail(list, append(rows, rows[0]), arrived), "the table has request-01 2 times"},
		"row of none":  {checkTrail(list[1:], rows, arrived), "the table has 29 events, want 28"},
		"event lost":   {checkTrail(list, rows, arrived[1:]), "PostHog has request-01 0 times"},
		"event again":  {checkTrail(list, rows, append(arrived, arrived[0])), "PostHog has request-01 2 times"},
		"no sign-up":   {checkTrail(list, rows[:len(rows)-1], arrived), "the e-mail address"},
		"status":       {changed(func(r *query.Record) { r.Status = 200 }), "the table has request-28 as"},
		"route":        {changed(func(r *query.Record) { r.Route = "/reports/2026" }), "the table has request-28 as"},
		"no user":      {changed(func(r *query.Record) { r.User = "" }), "the table has request-28 as"},
		"another":      {changed(func(r *query.Record) { r.DistinctID = ben.id }), "the table has request-28 as"},
		"no address":   {changed(func(r *query.Record) { r.IP = "203.0.113.0" }), "the table has request-28 as"},
		"e-mail":       {checkSignUp(signUp(`{"email":"ben@example.org"}`), arrived), "the e-mail address"},
		"e-mails":      {checkSignUp(signUp(`{"email":"h1.demo.b"}`), arrived), "the e-mail address"},
		"no e-mail":    {checkSignUp(signUp(`{`), arrived), "the e-mail address"},
		"one sink":     {checkSinks(runtime.Stats{Sinks: make([]runtime.SinkStats, 1)}), "1 sinks"},
		"refused":      {checkSinks(runtime.Stats{Sinks: twoSinks, Rejected: runtime.Counts{"x": 1}}), "rejected 1"},
		"in one sink":  {checkSinks(runtime.Stats{Accepted: 2, Sinks: twoSinks}), "accepted 2, delivered to b 1"},
		"canary sent":  {checkSent([]eventstest.Request{{Events: leak}}, unaudited), "x shows"},
		"not verified": {checkReport(&auditlog.Report{Problems: []auditlog.Problem{{Reason: auditlog.Altered}}}, 1), "altered"},
		"too few":      {checkReport(&auditlog.Report{Rows: 2, Covered: 2}, 1), "2 rows, want 3"},
		"not covered":  {checkReport(&auditlog.Report{Rows: 3}, 1), "0 covered"},
		"gap":          {checkReport(&auditlog.Report{Rows: 3, Covered: 3, Missing: map[string]uint64{"x": 1}}, 1), "missing map[x:1]"},
		"no end":       {checkReport(&auditlog.Report{Rows: 3, Covered: 3, Open: []string{"w"}}, 1), "open [w]"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%s: error = %v, want %q", name, c.err, c.want)
		}
	}
}

// TestAnswers judges that a wrong answer is told.
func TestAnswers(t *testing.T) {
	t.Parallel()
	list := requests([]visit{
		{times: 2, status: 200, route: "/a"}, {times: 1, status: 404, route: "/a"}, {times: 1, status: 502, route: "/b"},
	})
	byRoute := func(r request) string { return r.route }
	good := []query.Count{{Value: "/a", Requests: 3, Failures: 1}, {Value: "/b", Requests: 1, Failures: 1, Errors: 1}}
	if err := checkAnswer("top", query.Answer{Counts: good}, list, byRoute); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*query.Count){
		"value":    func(c *query.Count) { c.Value = "/c" },
		"requests": func(c *query.Count) { c.Requests++ },
		"failures": func(c *query.Count) { c.Failures-- },
		"errors":   func(c *query.Count) { c.Errors++ },
	} {
		counts := slices.Clone(good)
		change(&counts[1])
		if err := checkAnswer("top", query.Answer{Counts: counts}, list, byRoute); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	last, other := &query.Record{RequestID: "request-04"}, &query.Record{RequestID: "request-03"}
	if err := checkFailures(list, []*query.Record{last, other}); err != nil {
		t.Error(err)
	}
	for _, found := range [][]*query.Record{{other, last}, {last}, {last, other, other}} {
		if err := checkFailures(list, found); err == nil {
			t.Errorf("%d failures: no error", len(found))
		}
	}
}

// TestRecordIsThatOfTheExample keeps the glue of the demo the same as that of examples/httpaudit, which the README shows.
func TestRecordIsThatOfTheExample(t *testing.T) {
	t.Parallel()
	ours, err := os.ReadFile("record.go")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile(filepath.Join("..", "httpaudit", "record.go"))
	if err != nil || !bytes.Equal(ours, theirs) {
		t.Errorf("record.go is not ../httpaudit/record.go (%v)", err)
	}
}

// rowsOf returns what the table has of the requests, and of a sign-up.
func rowsOf(t *testing.T, list []request) []*query.Record {
	t.Helper()
	var rows []*query.Record
	for _, r := range list {
		f := r.facts()
		row := &query.Record{
			UUID: "uuid of " + r.id, RequestID: r.id, Method: f.method, Route: f.route, Status: f.status, Result: f.result,
			ErrorCode: f.code, User: f.user, DistinctID: f.person, IP: f.ip, UserAgent: f.agent,
		}
		if f.person == "" {
			row.DistinctID = row.UUID
		}
		rows = append(rows, row)
	}
	return append(rows, signUp(`{"email":"h1.demo.a"}`)...)
}

func signUp(properties string) []*query.Record {
	return []*query.Record{{Event: "user_signed_up", Properties: []byte(properties)}}
}

// eventsOf returns what PostHog has of the same.
func eventsOf(t *testing.T, list []request) []eventstest.Event {
	t.Helper()
	var arrived []eventstest.Event
	for _, row := range rowsOf(t, list) {
		properties := map[string]any{
			"requestId": row.RequestID, "method": row.Method, "route": row.Route, "statusCode": row.Status, "result": row.Result,
			"errorCode": row.ErrorCode, "userId": row.User, "ip": row.IP, "userAgent": row.UserAgent,
		}
		if row.Event != "" {
			properties = map[string]any{"email": "h1.demo.a"}
		}
		raw, err := json.Marshal(map[string]any{"properties": properties})
		if err != nil {
			t.Fatal(err)
		}
		arrived = append(arrived, eventstest.Event{Name: row.Event, DistinctID: row.DistinctID, UUID: row.UUID, Raw: raw})
	}
	return arrived
}
