package auditlog

import (
	"context"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/auditlog/query"
	"github.com/eventgen/eventgen/runtime"
)

// feed sends batch after batch, and as the sender does, the same one again until it is delivered.
type feed struct {
	*Store

	t         *testing.T
	place     string // where complete reads
	size      int    // of a batch
	delivered int    // messages
}

// newFeed opens a store at a place.
func newFeed(t *testing.T, place string) *feed {
	t.Helper()
	return &feed{Store: open(t, place, Options{}), t: t, place: place, size: 50}
}

// reopen opens a store as the next process would.
func (f *feed) reopen(place string) error {
	s, err := Open(f.t.Context(), place, Options{})
	if err != nil {
		return err
	}
	f.t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			f.t.Error(err)
		}
	})
	f.Store = s
	return nil
}

func (f *feed) next() runtime.Batch { return requests(1+f.delivered, f.size) }

// goesOn delivers the next batch.
func (f *feed) goesOn() {
	f.t.Helper()
	send(f.t, f.Store, f.next())
	f.delivered += f.size
}

// refusal is what the sender must be told.
type refusal struct {
	failure runtime.Failure
	reason  string
	text    string // part of the error
}

// down is what the sender must be told about a database that may be back later.
func down(text string) refusal { return refusal{runtime.Temporary, "database", text} }

// denied is what it must be told where somebody has to act.
func denied(text string) refusal { return refusal{runtime.Paused, "database_denied", text} }

// stops sends the next batch, which must be refused, twice, for the sender comes again.
func (f *feed) stops(want refusal) {
	f.t.Helper()
	for range 2 {
		f.stopsOnce(want)
	}
}

func (f *feed) stopsOnce(want refusal) {
	f.t.Helper()
	e := failure(f.t, f.Store, f.next())
	if e.Failure != want.failure || e.Reason != want.reason {
		f.t.Errorf("failure %d, reason %s, want %d, %s: %v", e.Failure, e.Reason, want.failure, want.reason, e)
	}
	clearly(f.t, e, want.text)
}

// complete expects each message once, and a log that verifies.
func (f *feed) complete() {
	f.t.Helper()
	audit, err := query.Open(f.t.Context(), f.place)
	if err != nil {
		f.t.Fatal(err)
	}
	defer audit.Close()
	found := map[string]int{}
	err = audit.Records(f.t.Context(), query.Filter{Event: "api_request"}, func(r *query.Record) error {
		found[r.UUID]++
		return nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
	for n := range f.delivered {
		if uuid := request(1 + n).UUID.String(); found[uuid] != 1 {
			f.t.Fatalf("message %d is there %d times", 1+n, found[uuid])
		}
	}
	if len(found) != f.delivered {
		f.t.Fatalf("%d messages, of which %d were delivered", len(found), f.delivered)
	}
	verified(f.t, open(f.t, f.place, Options{ReadOnly: true}), VerifyOptions{})
}

// password stands in URLs of tests.
const password = "Pa55word"

// clearly expects an error that is one line, says what is wrong, and holds nothing of events and no password.
func clearly(t testing.TB, err error, want string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want %q", want)
		return
	}
	text := err.Error()
	if !strings.Contains(text, want) {
		t.Errorf("%q does not say %q", text, want)
	}
	for _, secret := range []string{"\n", "user_", "203.0.113", "Mozilla", password} {
		if strings.Contains(text, secret) {
			t.Errorf("%q has %q in it", text, secret)
		}
	}
}
