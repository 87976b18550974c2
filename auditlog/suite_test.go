package auditlog

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/database"
	"github.com/eventgen/eventgen/auditlog/internal/pgtest"
	"github.com/eventgen/eventgen/runtime"
)

// postgres is the server of this package's tests.
var postgres pgtest.Server

func TestMain(m *testing.M) {
	if place := os.Getenv(childPlace); place != "" {
		writeUntilKilled(place)
		return
	}
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

// onBoth runs a test on an empty database of each kind.
func onBoth(t *testing.T, test func(t *testing.T, place string)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, filepath.Join(t.TempDir(), "audit.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, postgres.Database(t))
	})
}

// open opens a store that is closed when the test ends.
func open(t testing.TB, place string, options Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), place, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// requests returns messages number from to from+n-1.
func requests(from, n int) runtime.Batch {
	b := runtime.Batch{Attempt: 1}
	for i := range n {
		b.Messages = append(b.Messages, request(from+i))
	}
	return b
}

// send sends a batch that must be delivered as a whole.
func send(t testing.TB, s *Store, b runtime.Batch) {
	t.Helper()
	verdicts, err := s.Send(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range verdicts {
		if v.Outcome != runtime.Delivered {
			t.Fatalf("message %d: %+v", i, v)
		}
	}
}

// verified verifies and expects no problem.
func verified(t testing.TB, s *Store, o VerifyOptions) Report {
	t.Helper()
	r := verify(t, s, o)
	if !r.OK() {
		t.Fatalf("not ok: %v", r.Problems)
	}
	return r
}

func verify(t testing.TB, s *Store, o VerifyOptions) Report {
	t.Helper()
	r, err := s.Verify(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// number returns the result of a query for one number.
func number64(t testing.TB, s *Store, query string, args ...any) int64 {
	t.Helper()
	var n int64
	if err := s.db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// clock is a clock that tests set.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (c *clock) advance(d time.Duration) { c.at = c.at.Add(d) }

// seq is the SQL expression for the place of a row in its chain.
var seq = fmt.Sprintf("(id & %d)", int64(database.MaxSeq))
