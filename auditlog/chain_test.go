package auditlog

import (
	"testing"

	"github.com/eventgen/eventgen/auditlog/internal/database"
	"github.com/eventgen/eventgen/runtime"
)

// TestALongChainGivesWay to a new one before its ids reach those of the next.
func TestALongChainGivesWay(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s := open(t, place, Options{})
		send(t, s, requests(1, 10))
		first := s.chain.head.Writer
		s.chain.head.Seq = longest
		send(t, s, requests(11, 10))
		if s.chain.head.Writer == first || s.chain.head.Seq != 11 {
			t.Errorf("the chain %s went on to %v", first, s.chain.head)
		}
		if r := verified(t, s, VerifyOptions{}); r.Chains != 2 || r.Rows != 22 {
			t.Errorf("got %+v", r)
		}
	})
}

// TestNoNumberIsLeft for another chain, because somebody has written one that is far too high.
func TestNoNumberIsLeft(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s := open(t, place, Options{})
		if _, err := s.db.ExecContext(t.Context(), "INSERT INTO audit_chains (writer, number, started_us) VALUES ('x', $1, 0)", int64(database.MaxChain)); err != nil {
			t.Fatal(err)
		}
		if e := failure(t, s, requests(1, 1)); e.Failure != runtime.Paused || e.Reason != "chains_used_up" {
			t.Error(e)
		}
	})
}

// TestFoldsDoNotSlackenBatches: a connection that made blocks without waiting for the disk waits for it again.
func TestFoldsDoNotSlackenBatches(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir()+"/audit.db", Options{})
	s.db.SetMaxOpenConns(1) // so that all use the same
	for range 2 {
		tx, err := s.db.Lazy(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		if level := number64(t, s, "PRAGMA synchronous"); level != 2 {
			t.Errorf("synchronous is %d, want 2 for FULL", level)
		}
	}
}
