package database

import (
	"path/filepath"
	"testing"
)

// TestTheStateOfSQLite has another name after a row was added to any of the chains.
func TestTheStateOfSQLite(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "audit.db"), Write)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "INSERT INTO audit_chains (number, writer, started_us) VALUES (1, 'a', 0), (2, 'b', 0)"); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for seq := range int64(4) {
		for _, chain := range []int64{2, 1} {
			_, err := db.ExecContext(t.Context(), "INSERT INTO audit_logs (id, kind, timestamp_us, written_us, digest, prev_hash, hash) "+
				"VALUES ($1, 'event', 0, 0, x'', x'', x'')", ID(chain, seq+1))
			if err != nil {
				t.Fatal(err)
			}
			tx, err := db.Snapshot(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			state, err := db.Dialect.join(t.Context(), tx, "")
			if err != nil || seen[state] {
				t.Errorf("the state is called %q again: %v", state, err)
			}
			seen[state] = true
			if err := tx.Rollback(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
