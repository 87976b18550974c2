package auditlog

import (
	"context"
	"fmt"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/block"
	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// gcStep is how many rows one transaction removes at most.
const gcStep = 10_000

// GC removes the rows that were written before a time and returns how many there were. What stays verifies: a record in the
// chain of this store names the last row removed of each chain, with its hash. Records that are still needed are written anew
// before they go. A uuid that was removed is no longer known, so a message sent again after that long gives a new row.
func (s *Store) GC(ctx context.Context, before time.Time) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return 0, err
	}
	chains, err := readChains(ctx, s.db)
	var removed int64
	for i := 0; i < len(chains) && err == nil; i++ {
		var n int64
		n, err = s.trim(ctx, chains[i], before)
		removed += n
	}
	if err == nil && removed > 0 {
		err = s.tidy(ctx)
	}
	if err != nil {
		return removed, failed("gc", err)
	}
	return removed, nil
}

// trim removes the old rows of one chain.
func (s *Store) trim(ctx context.Context, chain registered, before time.Time) (int64, error) {
	var removed int64
	for {
		old, err := s.oldRows(ctx, chain, before)
		if err != nil || old.rows == 0 {
			return removed, err
		}
		if err := s.change(ctx, func(t *txn) error { return t.remove(old, before) }); err != nil {
			return removed, err
		}
		removed += old.rows
		if old.rows < gcStep {
			return removed, nil
		}
	}
}

// oldRows are the first rows of a chain.
type oldRows struct {
	chain registered
	rows  int64
	first int64
	last  Head
	acts  bool // records are among them
}

// oldRows finds what to remove of a chain, at most gcStep rows. The times within a chain never fall, so that these are its
// first ones.
func (s *Store) oldRows(ctx context.Context, chain registered, before time.Time) (oldRows, error) {
	old := oldRows{chain: chain, last: Head{Writer: chain.writer}}
	query := "SELECT id, hash, kind FROM (SELECT id, hash, kind, written_us FROM audit_logs WHERE " + database.InChain("id", "$1") +
		" ORDER BY id LIMIT $2) AS first WHERE written_us < $3 ORDER BY id"
	rows, err := s.db.QueryContext(ctx, query, chain.number, gcStep, before.UnixMicro())
	err = database.Each(rows, err)(func(scan database.Scan) error {
		var r row
		var hash []byte
		if err := scan((*rowID)(&r), &hash, &r.kind); err != nil {
			return err
		}
		if old.rows++; old.rows == 1 {
			old.first = r.seq
		}
		old.last.Seq = r.seq
		copy(old.last.Hash[:], hash)
		old.acts = old.acts || r.kind == kindErasure || r.kind == kindRetention
		return nil
	})
	return old, err
}

// remove removes rows and records it.
func (t *txn) remove(old oldRows, before time.Time) error {
	anchors := []Head{old.last}
	if old.acts {
		carried, err := t.carry(old)
		if err != nil {
			return err
		}
		anchors = append(anchors, carried...)
	}
	from, to := database.ID(old.chain.number, old.first), database.ID(old.chain.number, old.last.Seq)
	if err := block.Forget(t.ctx, t.Tx, from, to); err != nil {
		return err
	}
	err := t.permitted("retention", func() error {
		result, err := t.ExecContext(t.ctx, "DELETE FROM audit_logs WHERE id BETWEEN $1 AND $2", from, to)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err == nil && n != old.rows {
			err = fmt.Errorf("chain %s: %d rows are gone instead of %d; another process removes rows, too", old.last.Writer, n, old.rows)
		}
		return err
	})
	if err != nil {
		return err
	}
	return t.act(kindRetention, retention{Before: before.UTC(), Anchors: anchors, Removed: old.rows})
}

// carry writes anew what the records among the old rows say of rows that stay, and returns the anchors of other chains. It
// takes all records of the log, as those that go may have been written anew before.
func (t *txn) carry(old oldRows) ([]Head, error) {
	a, err := readActs(t.ctx, t.Tx, nil)
	if err != nil {
		return nil, err
	}
	var anchors []Head
	for _, writer := range a.writers() {
		if writer != old.last.Writer {
			anchors = append(anchors, a.anchors[writer])
		}
	}
	a.anchors[old.last.Writer] = old.last
	body := erasure{Rows: map[string][]span{}}
	for writer, spans := range a.erased {
		if left := behind(spans, a.anchors[writer].Seq); len(left) > 0 {
			body.Rows[writer] = left
		}
	}
	if len(body.Rows) == 0 {
		return anchors, nil
	}
	return anchors, t.act(kindErasure, body)
}

// behind returns what spans hold behind a row.
func behind(spans []span, seq int64) []span {
	var left []span
	for _, s := range spans {
		if s[1] > seq {
			left = append(left, span{max(s[0], seq+1), s[1]})
		}
	}
	return left
}
