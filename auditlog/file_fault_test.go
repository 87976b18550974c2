package auditlog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/database"
	"github.com/eventgen/eventgen/runtime"
)

// copied copies a file and returns the name of the copy.
func copied(t testing.TB, from, to string) string {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// settle brings everything into the file itself, as Close of the last process does.
func (f *feed) settle() {
	f.t.Helper()
	if _, err := f.Erase(f.t.Context(), "nobody"); err != nil {
		f.t.Fatal(err)
	}
}

// renamed renames a file while it is open, which Windows refuses.
func renamed(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Skip(err)
	}
}

// TestDamagedFiles opens what is not, or no longer, an audit log.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	whole := newFeed(t, filepath.Join(t.TempDir(), "audit.db"))
	whole.size = 1000
	whole.goesOn()
	whole.settle()
	data, err := os.ReadFile(whole.place)
	if err != nil {
		t.Fatal(err)
	}
	hole := append(append(append([]byte{}, data[:len(data)/4]...), make([]byte, len(data)/2)...), data[len(data)*3/4:]...)
	for name, c := range map[string]struct {
		data  []byte
		write string // the error of opening it for writing
		read  string // the error of opening it for reading, or of Verify
	}{
		"text":  {[]byte(strings.Repeat("no database\n", 1000)), "file is not a database (26)", "file is not a database (26)"},
		"start": {data[:100], "malformed (11)", "malformed (11)"},
		"half":  {data[:len(data)/2], "malformed (11)", "malformed (11)"},
		"odd":   {data[:len(data)-4096*3+100], "malformed (11)", "malformed (11)"},
		"hole":  {hole, "", ""}, // shows where somebody reads it, at the latest in Verify
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			place := filepath.Join(t.TempDir(), "audit.db")
			if err := os.WriteFile(place, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			clearly(t, readAll(t, place), c.read)
			if _, err := Open(t.Context(), place, Options{}); c.write != "" {
				clearly(t, err, c.write)
			}
			if after, err := os.ReadFile(place); err != nil || len(after) != len(c.data) {
				t.Errorf("the file has %d bytes now: %v", len(after), err)
			}
		})
	}
}

// readAll opens a log and verifies it, and returns what is wrong.
func readAll(t *testing.T, place string) error {
	t.Helper()
	s, err := Open(t.Context(), place, Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer s.Close(context.Background())
	r, err := s.Verify(t.Context(), VerifyOptions{})
	if err == nil && !r.OK() {
		return errors.New(r.Problems[0].String())
	}
	return err
}

// TestAFileThatIsDamagedWhileOpenPauses damages the file, and puts it back.
func TestAFileThatIsDamagedWhileOpenPauses(t *testing.T) {
	t.Parallel()
	f := newFeed(t, filepath.Join(t.TempDir(), "audit.db"))
	f.goesOn()
	f.settle()
	f.db.SetMaxIdleConns(0)
	good := copied(t, f.place, filepath.Join(t.TempDir(), "copy.db"))
	if err := os.WriteFile(f.place, []byte(strings.Repeat("no database\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	f.stops(refusal{runtime.Paused, "database_damaged", "file is not a database (26)"})
	_, err := f.Verify(t.Context(), VerifyOptions{})
	clearly(t, err, "auditlog: verify: file is not a database (26)")
	copied(t, good, f.place)
	f.goesOn()
	f.complete()
}

// TestAFileThatWasMovedPauses moves it away, and back.
func TestAFileThatWasMovedPauses(t *testing.T) {
	t.Parallel()
	f := newFeed(t, filepath.Join(t.TempDir(), "audit.db"))
	f.goesOn()
	renamed(t, f.place, f.place+".old")
	f.stopsOnce(denied("the file was moved, removed or replaced while it was open"))
	f.stops(denied("unable to open database file (14)"))
	_, err := f.GC(t.Context(), time.Now())
	clearly(t, err, "auditlog: gc: unable to open database file (14)")
	renamed(t, f.place+".old", f.place)
	f.goesOn()
	f.complete()
}

// TestAFileThatWasReplaced: the store goes on in the new file, with a new chain, and says once that it was replaced.
func TestAFileThatWasReplaced(t *testing.T) {
	t.Parallel()
	f := newFeed(t, filepath.Join(t.TempDir(), "audit.db"))
	f.goesOn()
	f.settle()
	empty := newFeed(t, filepath.Join(t.TempDir(), "empty.db"))
	empty.settle()
	renamed(t, copied(t, empty.place, f.place+".new"), f.place)
	f.stopsOnce(denied("the file was moved, removed or replaced while it was open"))
	f.goesOn()
	if r := verified(t, f.Store, VerifyOptions{}); r.Rows != int64(f.size)+1 || r.Chains != 1 {
		t.Errorf("got %+v", r)
	}
}

// TestAMissingWriteAheadLog: what a killed process has not brought into the file is lost with the -wal file. The rest verifies, a
// checkpoint tells what is missing, and what is sent again is there once.
func TestAMissingWriteAheadLog(t *testing.T) {
	t.Parallel()
	f := newFeed(t, filepath.Join(t.TempDir(), "audit.db"))
	f.goesOn()
	f.settle()
	kept := f.delivered
	f.goesOn()
	checkpoint, err := f.Checkpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.place = copied(t, f.place, filepath.Join(t.TempDir(), "audit.db"))
	if err := f.reopen(f.place); err != nil {
		t.Fatal(err)
	}
	f.delivered = kept
	f.complete()
	if r := verify(t, f.Store, VerifyOptions{Checkpoint: &checkpoint}); r.OK() || r.Problems[0].Reason != Truncated {
		t.Errorf("got %+v", r)
	}
	f.goesOn()
	f.complete()
}

// TestAWriteAheadLogThatIsRemovedWhileOpen: the store still has it, and brings it into the file when it closes.
func TestAWriteAheadLogThatIsRemovedWhileOpen(t *testing.T) {
	t.Parallel()
	f := newFeed(t, filepath.Join(t.TempDir(), "audit.db"))
	f.goesOn()
	if err := os.Remove(f.place + "-wal"); err != nil {
		t.Skip(err) // Windows
	}
	f.goesOn()
	if err := f.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.complete()
}

// TestALockThatIsHeldLong: another process writes for longer than the store waits, which is not long here.
func TestALockThatIsHeldLong(t *testing.T) {
	t.Parallel()
	f := newFeed(t, filepath.Join(t.TempDir(), "audit.db"))
	f.goesOn()
	f.db.LockWait = time.Millisecond
	tx, err := open(t, f.place, Options{}).db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.stops(down("database is locked (5)"))
	_, err = f.Erase(t.Context(), "user_1")
	clearly(t, err, "auditlog: erase: database is locked (5)")
	_, err = f.GC(t.Context(), time.Now().Add(time.Hour))
	clearly(t, err, "auditlog: gc: database is locked (5)")
	f.complete() // which waits for nobody
	end, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = Open(end, f.place, Options{})
	clearly(t, err, "auditlog: open: ")
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	f.goesOn()
	f.complete()
}

// TestCloseOfALockedLog ends with its context, and the chain stays without an end.
func TestCloseOfALockedLog(t *testing.T) {
	t.Parallel()
	f := newFeed(t, filepath.Join(t.TempDir(), "audit.db"))
	f.goesOn()
	other := open(t, f.place, Options{})
	tx, err := other.db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	end, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	clearly(t, f.Close(end), "auditlog: close: context deadline exceeded")
	if took := time.Since(start); took > f.db.LockWait/2 {
		t.Errorf("Close took %v, though its context had ended", took)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	f.complete()
	if r := verified(t, other, VerifyOptions{}); len(r.Open) != 1 {
		t.Errorf("got %+v", r)
	}
}

// TestATriggerOfSomebodyIsPoisoned: its text may quote the row, and it is not the one that looks for known uuids.
func TestATriggerOfSomebodyIsPoisoned(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		f := newFeed(t, place)
		f.goesOn()
		trigger := []string{"CREATE TRIGGER mine BEFORE INSERT ON audit_logs WHEN NEW.kind = 'event' BEGIN SELECT RAISE(ABORT, 'no user_51 here'); END"}
		if f.db.Dialect == database.Postgres {
			trigger = []string{
				"CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no user_51 here'; END $$",
				"CREATE TRIGGER mine BEFORE INSERT ON audit_logs FOR EACH ROW EXECUTE FUNCTION mine()",
			}
		}
		for _, statement := range trigger {
			if _, err := f.db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		f.stops(refusal{runtime.Poisoned, "constraint", "send: constraint: "})
		if _, err := f.db.ExecContext(t.Context(), "DROP TRIGGER mine"+map[database.Dialect]string{database.Postgres: " ON audit_logs"}[f.db.Dialect]); err != nil {
			t.Fatal(err)
		}
		f.goesOn()
		f.complete()
	})
}
