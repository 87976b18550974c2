package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/eventgen/eventgen/auditlog/query"
	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/httpaudit"
	"github.com/eventgen/eventgen/runtime"
)

// facts are what the audit trail has to know of a request.
type facts struct {
	method, route string
	status        int64
	result, code  string
	user, person  string // person is the distinct_id, unless that is the event's own id
	ip, agent     string
}

// String leaves out what is the same for all.
func (f facts) String() string {
	pieces := []string{fmt.Sprint(f.status), f.route, f.code, f.user, f.ip}
	return strings.Join(slices.DeleteFunc(pieces, func(s string) bool { return s == "" }), " ")
}

// facts are what has to be known of the request, by the policy of events.yaml: user and address in the clear.
func (r request) facts() facts {
	f := facts{
		method: r.method, route: r.route, status: int64(r.status), result: httpaudit.Success, code: r.code,
		user: r.who.id, person: r.who.id, ip: r.who.ip, agent: browser,
	}
	if r.failed() {
		f.result = httpaudit.Failure
	}
	return f
}

func rowFacts(r *query.Record) facts {
	return facts{r.Method, r.Route, r.Status, r.Result, r.ErrorCode, r.User, person(r.DistinctID, r.UUID), r.IP, r.UserAgent}
}

func eventFacts(e eventstest.Event) facts {
	p := e.Properties()
	text := func(name string) string { s, _ := p[name].(string); return s }
	status, _ := p["statusCode"].(float64)
	return facts{
		text("method"), text("route"), int64(status), text("result"), text("errorCode"),
		text("userId"), person(e.DistinctID, e.UUID), text("ip"), text("userAgent"),
	}
}

func person(distinctID, uuid string) string {
	if distinctID == uuid {
		return ""
	}
	return distinctID
}

// checkTrail judges that table and PostHog have each request once and as it was, and the sign-up.
func checkTrail(list []request, rows []*query.Record, arrived []eventstest.Event) error {
	table, posthog := map[string][]facts{}, map[string][]facts{}
	for _, row := range rows {
		table[row.RequestID] = append(table[row.RequestID], rowFacts(row))
	}
	for _, e := range arrived {
		id, _ := e.Properties()["requestId"].(string)
		posthog[id] = append(posthog[id], eventFacts(e))
	}
	return errors.Join(
		checkOnce("the table", list, table), checkOnce("PostHog", list, posthog), checkSignUp(rows, arrived),
	)
}

// checkOnce judges what one sink has, by the ids of the requests.
func checkOnce(sink string, list []request, got map[string][]facts) error {
	var errs []error
	for _, r := range list {
		switch found := got[r.id]; {
		case len(found) != 1:
			errs = append(errs, fmt.Errorf("%s has %s %d times", sink, r.id, len(found)))
		case found[0] != r.facts():
			errs = append(errs, fmt.Errorf("%s has %s as %#v, want %#v", sink, r.id, found[0], r.facts()))
		}
	}
	total := 0
	for _, found := range got {
		total += len(found)
	}
	if want := len(list) + 1; total != want { // the sign-up has no request id
		errs = append(errs, fmt.Errorf("%s has %d events, want %d", sink, total, want))
	}
	return errors.Join(errs...)
}

// checkSignUp judges that the sign-up is there once, with the pseudonym of the e-mail address, which is the same everywhere.
func checkSignUp(rows []*query.Record, arrived []eventstest.Event) error {
	var emails []string
	for _, row := range rows {
		if row.Event == "user_signed_up" {
			emails = append(emails, propertyOf(row.Properties, "email"))
		}
	}
	for _, e := range arrived {
		if e.Name == "user_signed_up" {
			email, _ := e.Properties()["email"].(string)
			emails = append(emails, email)
		}
	}
	if len(emails) != 2 || emails[0] != emails[1] || !strings.HasPrefix(emails[0], "h1.demo.") {
		return fmt.Errorf("the e-mail address of the sign-up is %q, want its pseudonym in the table and at PostHog", emails)
	}
	return nil
}

// checkSinks judges the counters of the audit client: both sinks have everything.
func checkSinks(stats runtime.Stats) error {
	if len(stats.Sinks) != 2 || stats.Rejected.Total() != 0 {
		return fmt.Errorf("%d sinks, rejected %d", len(stats.Sinks), stats.Rejected.Total())
	}
	least := slices.MinFunc(stats.Sinks, func(a, b runtime.SinkStats) int { return cmp.Compare(a.Delivered, b.Delivered) })
	if least.Delivered != stats.Accepted {
		return fmt.Errorf("accepted %d, delivered to %s %d", stats.Accepted, least.Name, least.Delivered)
	}
	return nil
}
