package query_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/auditlog"
	"github.com/eventgen/eventgen/auditlog/internal/database"
	"github.com/eventgen/eventgen/auditlog/internal/fill"
	"github.com/eventgen/eventgen/auditlog/query"
	"github.com/eventgen/eventgen/runtime"
)

// TestFailuresAgreeWithTheRows compares the list with one made from the rows.
func TestFailuresAgreeWithTheRows(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		shape := some(5_000, 11)
		if err := fill.Insert(t.Context(), writable(t, place), shape); err != nil {
			t.Fatal(err)
		}
		log := open(t, place)
		for _, f := range []query.Filter{
			{}, {From: noon.Add(-24 * time.Hour)}, {To: noon.Add(-24 * time.Hour), Event: "api_request"}, {User: "user_00001"},
		} {
			for _, limit := range []int{0, 1, 50} {
				got, err := log.Failures(t.Context(), f, limit)
				if err != nil {
					t.Fatal(err)
				}
				want := failuresOf(rowsOf(t, shape), f, limit)
				if !slices.Equal(places(got), want) {
					t.Fatalf("%+v, limit %d: got %d rows %.200v, want %d rows %.200v", f, limit, len(got), places(got), len(want), want)
				}
			}
		}
	})
}

func failuresOf(rows []fill.Row, f query.Filter, limit int) []string {
	rows = slices.DeleteFunc(rows, func(r fill.Row) bool {
		return r.Result != "failure" || r.Status == 0 || r.Kind != "event" || f.User != "" && r.User != f.User ||
			f.Event != "" && r.Event != f.Event ||
			!f.From.IsZero() && r.Time < f.From.UnixMicro() || !f.To.IsZero() && r.Time >= f.To.UnixMicro()
	})
	slices.SortFunc(rows, func(a, b fill.Row) int {
		return -cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Writer, b.Writer), cmp.Compare(a.Seq, b.Seq))
	})
	if limit > 0 {
		rows = rows[:min(limit, len(rows))]
	}
	var all []string
	for _, r := range rows {
		all = append(all, fmt.Sprint(r.Writer, " ", r.Seq))
	}
	return all
}

func places(records []*query.Record) []string {
	var all []string
	for _, r := range records {
		all = append(all, fmt.Sprint(r.Writer, " ", r.Seq))
	}
	return all
}

func TestRecordsComeInOrderAndStopOnError(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		shape := some(3_000, 12)
		if err := fill.Insert(t.Context(), writable(t, place), shape); err != nil {
			t.Fatal(err)
		}
		log := open(t, place)
		n, last := 0, time.Time{}
		err := log.Records(t.Context(), query.Filter{}, func(r *query.Record) error {
			if r.Time.Before(last) {
				t.Fatalf("row %d is older than the one before", n)
			}
			n, last = n+1, r.Time
			return nil
		})
		if err != nil || n != shape.Rows {
			t.Errorf("got %d rows of %d, %v", n, shape.Rows, err)
		}
		enough := errors.New("enough")
		if err := log.Records(t.Context(), query.Filter{}, func(*query.Record) error { return enough }); !errors.Is(err, enough) {
			t.Errorf("the function's error is not returned: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		err = log.Records(ctx, query.Filter{}, func(*query.Record) error { cancel(); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled context gives %v", err)
		}
	})
}

// message is number n of an ordinary client.
func message(n int) runtime.Message {
	var id runtime.UUID
	id[0], id[6], id[8], id[14], id[15] = 1, 0x70, 0x80, byte(n>>8), byte(n)
	return runtime.Message{
		UUID: id, Event: "api_request", DistinctID: "user_1", Timestamp: noon.Add(time.Duration(n) * time.Second),
		Properties: fmt.Appendf(nil, `{"requestId":"r%d","userId":"user_1","method":"GET","route":"/a","statusCode":%d,"result":"failure"}`, n, 500+n%2),
	}
}

func send(t *testing.T, s *auditlog.Store, from, n int) {
	t.Helper()
	b := runtime.Batch{Attempt: 1}
	for i := range n {
		b.Messages = append(b.Messages, message(from+i))
	}
	if _, err := s.Send(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

// TestTailFollows reads what a store writes, gap records included.
func TestTailFollows(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s, err := auditlog.Open(t.Context(), place, auditlog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		send(t, s, 0, 5)
		log := open(t, place)
		requests := query.Filter{Event: "api_request"}
		tail, last, err := log.Tail(t.Context(), requests, 3)
		if err != nil || len(last) != 3 || last[0].RequestID != "r2" || last[2].RequestID != "r4" {
			t.Fatalf("the last three are %v, %v", last, err)
		}
		next := func() (ids []string) {
			if err := tail.Next(t.Context(), func(r *query.Record) error { ids = append(ids, r.RequestID); return nil }); err != nil {
				t.Fatal(err)
			}
			return ids
		}
		if got := next(); got != nil {
			t.Errorf("got %v, and nothing was written", got)
		}
		send(t, s, 5, 2)
		if got := next(); !slices.Equal(got, []string{"r5", "r6"}) {
			t.Errorf("got %v", got)
		}
		if err := s.RecordGap(t.Context(), "proxy_down", 7); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		gaps, err := log.Gaps(t.Context(), query.Filter{User: "nobody", Event: "none"})
		if err != nil || len(gaps) != 1 || gaps[0].Missing["proxy_down"] != 7 {
			t.Errorf("gaps are %+v, %v", gaps, err)
		}
		if gaps, err = log.Gaps(t.Context(), query.Filter{To: noon}); err != nil || len(gaps) != 0 {
			t.Errorf("there are gaps before the first: %+v, %v", gaps, err)
		}
		if err := log.Check(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestOpenCreatesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		for range 2 {
			if _, err := query.Open(t.Context(), place); !errors.Is(err, database.ErrMissing) {
				t.Errorf("got %v", err)
			}
		}
		if _, err := os.Stat(place); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the file is there: %v", err)
		}
	})
}

// TestPlans holds the lists to their indexes: a plan without one reads a million rows.
func TestPlans(t *testing.T) {
	t.Parallel()
	place := t.TempDir() + "/audit.db"
	db := writable(t, place)
	if err := fill.Insert(t.Context(), db, some(2_000, 13)); err != nil {
		t.Fatal(err)
	}
	for condition, index := range map[string]string{
		"timestamp_us >= 1 AND timestamp_us < 2 AND event = 'x' AND result = 'failure' AND kind = 'event' AND status IS NOT NULL": "audit_logs_failures",
		"timestamp_us >= 1 AND timestamp_us < 2 AND user_id = 'x'":                                                                "audit_logs_time",
		"timestamp_us >= 1 AND timestamp_us < 2":                                                                                  "audit_logs_time",
		"timestamp_us >= 1 AND timestamp_us < 2 AND kind = 'gap' AND kind <> 'event'":                                             "audit_logs_acts",
	} {
		var id, parent, unused int
		var detail string
		row := db.QueryRowContext(t.Context(), "EXPLAIN QUERY PLAN SELECT hash FROM audit_logs WHERE "+condition+
			" ORDER BY timestamp_us DESC, id DESC LIMIT 10")
		if err := row.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(strings.Fields(detail), index) {
			t.Errorf("%s\nis planned as %q, want %s", condition, detail, index)
		}
	}
}
