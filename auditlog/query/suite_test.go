package query_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/database"
	"github.com/eventgen/eventgen/auditlog/internal/fill"
	"github.com/eventgen/eventgen/auditlog/internal/pgtest"
	"github.com/eventgen/eventgen/auditlog/query"
)

// postgres is the server of this package's tests.
var postgres pgtest.Server

func TestMain(m *testing.M) {
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

// writable opens a database for writing.
func writable(t testing.TB, place string) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), place, database.Write)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// open opens a log for reading.
func open(t testing.TB, place string) *query.Log {
	t.Helper()
	l, err := query.Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

var noon = time.Date(2026, 7, 31, 12, 0, 0, 0, time.UTC)

// some is a log with all that a question must not stumble over.
func some(rows int, seed uint64) fill.Shape {
	const span = 10 * 24 * time.Hour
	return fill.Shape{Rows: rows, Writers: 3, Routes: 20, Users: 300, From: noon.Add(-span), Span: span, Seed: seed, Late: true}
}

// rowsOf returns the rows of a shape.
func rowsOf(t testing.TB, s fill.Shape) []fill.Row {
	t.Helper()
	var rows []fill.Row
	if err := s.Each(func(r *fill.Row) error {
		rows = append(rows, *r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return rows
}
