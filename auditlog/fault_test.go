package auditlog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/database"
	"github.com/eventgen/eventgen/auditlog/internal/pgtest"
	"github.com/eventgen/eventgen/runtime"
)

// failure returns what the sender is told about a batch that must fail.
func failure(t *testing.T, s *Store, b runtime.Batch) *runtime.SendError {
	t.Helper()
	_, err := s.Send(t.Context(), b)
	var e *runtime.SendError
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a SendError", err)
	}
	return e
}

func TestADatabaseThatIsDownIsTemporary(t *testing.T) {
	t.Parallel()
	var server pgtest.Server
	place := server.Database(t)
	defer server.Stop()
	s, err := Open(t.Context(), place, Options{})
	if err != nil {
		t.Fatal(err)
	}
	send(t, s, requests(1, 10))
	server.Stop()
	for range 3 {
		if e := failure(t, s, requests(11, 10)); e.Failure != runtime.Temporary || e.Reason != "database" {
			t.Errorf("got %v", e)
		}
	}
	if err := s.Close(t.Context()); err == nil {
		t.Error("Close could not end the chain and says nothing")
	}
	if _, err := Open(t.Context(), place, Options{}); err == nil || strings.Contains(err.Error(), "no audit log") {
		t.Errorf("got %v", err)
	}
}

func TestBrokenConnectionsHeal(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Database(t), Options{})
	admin := open(t, postgres.Database(t), Options{})
	for n := range 20 {
		if err := deliver(t.Context(), s, requests(1+n*10, 10)); err != nil {
			t.Fatal(err)
		}
		_, err := admin.db.ExecContext(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
			databaseName(t, s))
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := deliver(t.Context(), s, requests(1000, 10)); err != nil {
		t.Fatal(err)
	}
	if r := verified(t, s, VerifyOptions{}); r.Rows != 211 || r.Chains != 1 {
		t.Errorf("got %+v", r)
	}
}

func databaseName(t *testing.T, s *Store) string {
	t.Helper()
	for {
		var name string
		err := s.db.QueryRowContext(t.Context(), "SELECT current_database()").Scan(&name)
		if err == nil {
			return name
		}
		if t.Context().Err() != nil {
			t.Fatal(err)
		}
	}
}

func TestALockedFileIsTemporary(t *testing.T) {
	t.Parallel()
	place := filepath.Join(t.TempDir(), "audit.db")
	s := open(t, place, Options{})
	send(t, s, requests(1, 10))
	other := open(t, place, Options{})
	tx, err := other.db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = s.Send(ctx, requests(11, 10))
	var e *runtime.SendError
	if !errors.As(err, &e) || e.Failure != runtime.Temporary {
		t.Errorf("got %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	send(t, s, requests(11, 10))
	verified(t, s, VerifyOptions{})
}

func TestMissingTablesPause(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s := open(t, place, Options{})
		if _, err := s.db.ExecContext(t.Context(), "ALTER TABLE audit_logs RENAME TO gone"); err != nil {
			t.Fatal(err)
		}
		if e := failure(t, s, requests(1, 1)); e.Failure != runtime.Paused || e.Reason != "database_denied" {
			t.Errorf("got %v", e)
		}
		if _, err := s.db.ExecContext(t.Context(), "ALTER TABLE gone RENAME TO audit_logs"); err != nil {
			t.Fatal(err)
		}
		send(t, s, requests(1, 1))
	})
}

// TestWhatTheDatabaseRefusesIsPoisoned adds a constraint as an administrator might: the sender then looks for the message.
func TestWhatTheDatabaseRefusesIsPoisoned(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Database(t), Options{})
	if _, err := s.db.ExecContext(t.Context(), "ALTER TABLE audit_logs ADD CHECK (user_id <> 'user_5')"); err != nil {
		t.Fatal(err)
	}
	e := failure(t, s, requests(1, 10))
	if e.Failure != runtime.Poisoned || e.Reason != "constraint" || strings.Contains(e.Error(), "user_5") {
		t.Errorf("got %v", e)
	}
	send(t, s, requests(6, 10))
	if r := verified(t, s, VerifyOptions{}); r.Rows != 11 {
		t.Errorf("got %+v", r)
	}
}

func TestOpenAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		var wg sync.WaitGroup
		for n := range 8 {
			wg.Go(func() {
				s, err := Open(t.Context(), place, Options{})
				if err != nil {
					t.Error(err)
					return
				}
				if err := errors.Join(deliver(t.Context(), s, requests(1+n*10, 10)), s.Close(t.Context())); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if r := verified(t, open(t, place, Options{ReadOnly: true}), VerifyOptions{}); r.Chains != 8 || r.Rows != 96 {
			t.Errorf("got %+v", r)
		}
	})
}

func TestMigration(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		// A log that version 1 has written: without the tables of version 2.
		s := open(t, place, Options{})
		send(t, s, requests(1, 200))
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		db, err := database.Open(t.Context(), place, database.Write)
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{"DROP TABLE audit_blocks", "DROP TABLE audit_columns", "UPDATE audit_schema SET version = 1"} {
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), place, Options{ReadOnly: true}); err == nil || !strings.Contains(err.Error(), "version 1") {
			t.Errorf("got %v", err)
		}
		s = open(t, place, Options{})
		if n := number64(t, s, "SELECT sum(requests) FROM audit_blocks"); n != 200 {
			t.Errorf("%d rows in blocks", n)
		}
		verified(t, s, VerifyOptions{})
		if _, err := s.db.ExecContext(t.Context(), "UPDATE audit_schema SET version = 99"); err != nil {
			t.Fatal(err)
		}
		for _, readOnly := range []bool{true, false} {
			if _, err := Open(t.Context(), place, Options{ReadOnly: readOnly}); err == nil || !strings.Contains(err.Error(), "newer") {
				t.Errorf("got %v", err)
			}
		}
	})
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	odd := filepath.Join(dir, "a b?c#d%20.db")
	send(t, open(t, odd, Options{}), requests(1, 1))
	info, err := os.Stat(odd)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v", info, err)
	}
	for _, bad := range []string{"", dir, filepath.Join(dir, "none", "audit.db"), "postgres://user:SECRET@host:port/db"} {
		if _, err := Open(t.Context(), bad, Options{}); err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), text, Options{}); err == nil {
		t.Error("a text file was opened")
	}
}

// TestAPanicIsTheMessages panics where rows are made, in a goroutine of Send and within its transaction: the sender is told to look for
// the message, nothing is written, and the next batch does not wait for a lock that nobody holds.
func TestAPanicIsTheMessages(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s := open(t, place, Options{})
		send(t, s, requests(1, 5))
		good := s.mapping
		s.mapping = mapping{"userId": {propertyColumns}}
		if e := failure(t, s, requests(1001, 25)); e.Failure != runtime.Poisoned || e.Reason != "panic" {
			t.Errorf("got %v", e)
		}
		s.mapping = good
		send(t, s, requests(1001, 25))
		if n := number64(t, s, "SELECT count(*) FROM audit_logs WHERE kind = 'event'"); n != 30 {
			t.Errorf("%d rows, want 30", n)
		}
		verified(t, s, VerifyOptions{})
	})
}
