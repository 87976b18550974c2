package auditlog

import (
	"context"
	"database/sql"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/pgtest"
)

// moments are the messages of Send's transaction.
func moments() []string { return []string{"begin", "copy audit_logs", "PGCOPY", "commit"} }

// on returns a handler that seals the fate of the first message which contains a text, after it has done something.
func on(text string, fate pgtest.Fate, do func() error) pgtest.Handler {
	return func(_ byte, body string) pgtest.Fate {
		if !strings.Contains(strings.ToLower(body), strings.ToLower(text)) {
			return pgtest.Pass
		}
		if do != nil && do() != nil {
			return pgtest.Pass // and the test misses its fault
		}
		return fate
	}
}

// TestLostConnections breaks the connection at each moment of Send, before the server got the message, and before its answer came.
func TestLostConnections(t *testing.T) {
	t.Parallel()
	place := postgres.Database(t)
	proxy := pgtest.NewProxy(t, place)
	f := newFeed(t, proxy.URL("postgres", password))
	f.goesOn()
	for _, fate := range []pgtest.Fate{pgtest.Cut, pgtest.Deaf} {
		for _, moment := range moments() {
			proxy.Handle(on(moment, fate, nil))
			f.stopsOnce(down(""))
			f.goesOn()
		}
	}
	f.place = place
	f.complete()
	if r := verified(t, f.Store, VerifyOptions{}); r.Chains != 1 {
		t.Errorf("got %+v", r)
	}
}

// TestAServerThatDoesNotAnswer: Send, Verify and Close end in their time, and what the server did not hear is delivered once.
func TestAServerThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	place := postgres.Database(t)
	proxy := pgtest.NewProxy(t, place)
	// The server gives up transactions whose client is silent; without the setting in the URL, after a minute.
	f := newFeed(t, proxy.URL("postgres", password)+"&idle_in_transaction_session_timeout=300")
	f.goesOn()
	for _, moment := range moments() {
		proxy.Handle(on(moment, pgtest.Hang, nil))
		f.patience = 50 * time.Millisecond
		f.stopsOnce(down("deadline exceeded"))
		proxy.Handle(nil)
		f.patience = time.Minute
		f.recovers()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	proxy.Handle(on("audit_logs", pgtest.Hang, nil))
	_, err := f.Verify(ctx, VerifyOptions{})
	clearly(t, err, "auditlog: verify: ")
	f.place = place
	f.complete()
	end, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	proxy.Handle(on("commit", pgtest.Hang, nil))
	clearly(t, f.Close(end), "auditlog: close: ")
	f.complete()
}

// recovers delivers the next batch, if need be after some attempts.
func (f *feed) recovers() {
	f.t.Helper()
	if err := deliver(f.t.Context(), f.Store, f.next()); err != nil {
		f.t.Fatal(err)
	}
	f.delivered += f.size
}

// TestWritersAreGivenUp: a transaction that nobody continues must not keep what is sent again waiting.
func TestWritersAreGivenUp(t *testing.T) {
	t.Parallel()
	place := postgres.Database(t)
	for parameters, want := range map[string]string{"": "1min", "&idle_in_transaction_session_timeout=7000": "7s"} {
		tx, err := open(t, place+parameters, Options{}).db.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var limit string
		if err := tx.QueryRowContext(t.Context(), "SHOW idle_in_transaction_session_timeout").Scan(&limit); err != nil || limit != want {
			t.Errorf("limit %q, want %q: %v", limit, want, err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestACrashOfTheServer stops a server in the middle of each thing a store does, and starts it again.
func TestACrashOfTheServer(t *testing.T) {
	t.Parallel()
	var server pgtest.Server
	place := server.Database(t)
	t.Cleanup(server.Stop)
	proxy := pgtest.NewProxy(t, place)
	f := newFeed(t, proxy.URL("postgres", password))
	f.goesOn()
	crash := func(moment string) { proxy.Handle(on(moment, pgtest.Cut, server.Crash)) }
	restart := func() {
		t.Helper()
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
	}
	for _, moment := range []string{"PGCOPY", "commit"} {
		crash(moment)
		f.stops(down(""))
		restart()
		f.goesOn()
	}
	for name, do := range map[string]func() error{
		"verify": func() error { _, err := f.Verify(t.Context(), VerifyOptions{}); return err },
		"erase":  func() error { _, err := f.Erase(t.Context(), "user_1"); return err },
		"gc":     func() error { _, err := f.GC(t.Context(), time.Now().Add(-time.Hour)); return err },
	} {
		crash(map[string]string{"verify": "audit_checkpoints", "erase": "audit_permits", "gc": "AS first"}[name])
		clearly(t, do(), "auditlog: "+name+": ")
		clearly(t, do(), "auditlog: "+name+": failed to connect")
		restart()
		if err := do(); err != nil {
			t.Error(err)
		}
	}
	f.goesOn()
	f.place = place
	f.complete()
	crash("commit")
	clearly(t, f.Close(t.Context()), "auditlog: close: ")
	clearly(t, f.reopen(place), "auditlog: open: failed to connect")
	restart()
	f.complete()
}

// TestATerminatedConnection ends the session of the store while it copies.
func TestATerminatedConnection(t *testing.T) {
	t.Parallel()
	place := postgres.Database(t)
	proxy := pgtest.NewProxy(t, place)
	f := newFeed(t, proxy.URL("postgres", password))
	f.goesOn()
	admin := connected(t, place)
	proxy.Handle(on("copy audit_logs", pgtest.Pass, func() error {
		proxy.Handle(nil)
		_, err := admin.ExecContext(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "+
			"WHERE datname = current_database() AND pid <> pg_backend_pid()")
		return err
	}))
	f.stopsOnce(down("terminating connection due to administrator command (SQLSTATE 57P01)"))
	f.goesOn()
	f.complete()
}

// connected returns a connection of an administrator.
func connected(t *testing.T, place string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", place)
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

func execute(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// TestLimitsOfTheServer: somebody holds a lock on the table for longer than a limit allows.
func TestLimitsOfTheServer(t *testing.T) {
	t.Parallel()
	for limit, text := range map[string]string{
		"lock_timeout":      "canceling statement due to lock timeout (SQLSTATE 55P03)",
		"statement_timeout": "canceling statement due to statement timeout (SQLSTATE 57014)",
	} {
		t.Run(limit, func(t *testing.T) {
			t.Parallel()
			place := postgres.Database(t)
			f := newFeed(t, place)
			f.goesOn()
			if err := f.reopen(place + "&" + limit + "=500"); err != nil {
				t.Fatal(err)
			}
			tx, err := connected(t, place).BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.ExecContext(t.Context(), "LOCK TABLE audit_logs IN EXCLUSIVE MODE"); err != nil {
				t.Fatal(err)
			}
			f.stops(down(text))
			if err := tx.Rollback(); err != nil {
				t.Fatal(err)
			}
			f.goesOn()
			f.complete()
		})
	}
}

// TestAReadOnlyServerPauses: sessions begin with the setting, so those of the store must not stay when it is taken back.
func TestAReadOnlyServerPauses(t *testing.T) {
	t.Parallel()
	place := postgres.Database(t)
	f := newFeed(t, place)
	f.goesOn()
	admin := connected(t, place)
	name := databaseNameOf(t, place)
	f.db.SetMaxIdleConns(0)
	execute(t, admin, "ALTER DATABASE "+name+" SET default_transaction_read_only = on")
	f.stops(denied("in a read-only transaction (SQLSTATE 25006)"))
	f.complete()
	execute(t, admin, "BEGIN READ WRITE; ALTER DATABASE "+name+" RESET default_transaction_read_only; COMMIT")
	f.goesOn()
	f.complete()
}

// TestAMissingRightPauses on each table that Send writes to, and where the password is wrong or the user is gone.
func TestAMissingRightPauses(t *testing.T) {
	t.Parallel()
	place := postgres.Database(t)
	newFeed(t, place).goesOn()
	admin := connected(t, place)
	writer := "writer_" + databaseNameOf(t, place) // roles belong to the server
	execute(t, admin, "CREATE ROLE "+writer+" LOGIN", "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "+writer)
	f := newFeed(t, strings.Replace(place, "user=postgres", "user="+writer, 1))
	f.delivered = 50
	for _, table := range []string{"audit_chains", "audit_logs"} {
		execute(t, admin, "REVOKE INSERT ON "+table+" FROM "+writer)
		f.stops(denied("permission denied for table " + table + " (SQLSTATE 42501)"))
		execute(t, admin, "GRANT INSERT ON "+table+" TO "+writer)
		f.goesOn()
	}
	f.db.SetMaxIdleConns(0)
	execute(t, admin, "ALTER ROLE "+writer+" NOLOGIN")
	f.stops(denied("is not permitted to log in (SQLSTATE 28000)"))
	execute(t, admin, "ALTER ROLE "+writer+" LOGIN")
	f.goesOn()
	f.complete()
}

func databaseNameOf(t *testing.T, place string) string {
	t.Helper()
	u, err := url.Parse(place)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(u.Path, "/")
}
