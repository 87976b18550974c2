package query_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/block"
	"github.com/eventgen/eventgen/auditlog/internal/fill"
	"github.com/eventgen/eventgen/auditlog/query"
)

// target is how long a question may take on a million rows; the test allows half as much again for a slow quarter of an hour of a
// shared host, and judges the best of five.
const target = 100 * time.Millisecond

// TestMillion measures the three questions of section 1 of the design on a million rows. It takes minutes, most of them to
// fill the databases, and so runs only where EVENTGEN_FAULT is set. EVENTGEN_MILLION names an SQLite file to keep.
func TestMillion(t *testing.T) {
	if os.Getenv("EVENTGEN_FAULT") == "" {
		t.Skip("takes minutes: set EVENTGEN_FAULT=1")
	}
	place := os.Getenv("EVENTGEN_MILLION")
	if place == "" {
		place = filepath.Join(t.TempDir(), "audit.db")
	}
	t.Run("sqlite", func(t *testing.T) { million(t, place) })
	t.Run("postgres", func(t *testing.T) { million(t, postgres.Database(t)) })
}

func million(t *testing.T, place string) {
	db := writable(t, place)
	rows := 0
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM audit_logs").Scan(&rows); err != nil {
		t.Fatal(err)
	}
	if rows == 0 {
		if err := fill.Insert(t.Context(), db, fill.Million(noon)); err != nil {
			t.Fatal(err)
		}
	}
	if err := block.Fold(t.Context(), db, 0, block.Step); err != nil { // as a running store does
		t.Fatal(err)
	}
	log := open(t, place)
	all := query.Filter{Event: "api_request"}
	hour, day := all, all
	hour.From, day.From = noon.Add(-time.Hour), noon.Add(-24*time.Hour)
	one := all
	one.User = "user_00000"
	count := func(f query.Filter, by query.Dimension, order query.Order) func() error {
		return func() error {
			_, err := log.Count(t.Context(), query.Question{Filter: f, By: by, Order: order, Limit: 20, Seen: order == ""})
			return err
		}
	}
	for _, question := range []struct {
		name string
		ask  func() error
	}{
		{"failures in the last hour: the list", func() error { _, err := log.Failures(t.Context(), hour, 50); return err }},
		{"failures in the last hour: by status", count(hour, query.Status, query.ByFailures)},
		{"top 20 routes by 5xx rate, all", count(all, query.Route, query.ByErrorRate)},
		{"top 20 routes by 5xx rate, 24 h", count(day, query.Route, query.ByErrorRate)},
		{"top 20 routes by p95, all", count(all, query.Route, query.ByP95)},
		{"requests by user, all", count(all, query.User, "")},
		{"requests by user, 24 h", count(day, query.User, "")},
		{"requests of one user", count(one, query.User, "")},
		{"requests of one user by route", count(one, query.Route, "")},
	} {
		best := time.Hour
		for range 5 {
			start := time.Now()
			if err := question.ask(); err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(start))
		}
		t.Logf("%6.1f ms  %s", float64(best.Microseconds())/1000, question.name)
		if best > target*3/2 {
			t.Errorf("%s takes %v", question.name, best)
		}
	}
}
