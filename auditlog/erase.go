package auditlog

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/eventgen/eventgen/auditlog/internal/block"
	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// eraseStep is how many rows one transaction empties at most.
const eraseStep = 5_000

// Erase empties the personal columns of all rows whose distinct_id or user_id is one of the subjects, and returns how many
// there were. Subjects are the values as they are in the log: where the policy for the destination "audit" hashes them, the
// pseudonyms, all of a person's. What stays of a row is what happened, when, on which route and with what result, and its
// place in the chain. A record in the chain says which rows were emptied, not whose they were.
//
// Rows that are written while Erase runs are not found: stop the person's traffic first, or call it again. Other rows that
// mention the person in their properties, backups, and exports are the caller's to find. In SQLite the old bytes are
// overwritten; in PostgreSQL they go with the next VACUUM.
func (s *Store) Erase(ctx context.Context, subjects ...string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(); err != nil {
		return 0, err
	}
	ids, err := s.rowsOf(ctx, subjects)
	if err != nil {
		return 0, failed("erase", err)
	}
	var erased int64
	for part := range slices.Chunk(ids, eraseStep) {
		if err := s.change(ctx, func(t *txn) error { return t.erase(part) }); err != nil {
			return erased, failed("erase", err)
		}
		erased += int64(len(part))
	}
	if err := s.tidy(ctx); err != nil {
		return erased, failed("erase", err)
	}
	return erased, nil
}

// rowsOf finds the ids of the subjects' rows that have something to erase, in order.
func (s *Store) rowsOf(ctx context.Context, subjects []string) ([]int64, error) {
	found := map[int64]bool{}
	for part := range slices.Chunk(subjects, 100) {
		args := make([]any, 0, 2*len(part))
		for range 2 {
			for _, subject := range part {
				args = append(args, clean(subject))
			}
		}
		all := strings.Split(placeholders(len(args)), ", ")
		query := "SELECT id FROM audit_logs WHERE kind = 'event' AND salt IS NOT NULL AND (distinct_id IN (" +
			strings.Join(all[:len(part)], ", ") + ") OR user_id IN (" + strings.Join(all[len(part):], ", ") + "))"
		err := database.Each(s.db.QueryContext(ctx, query, args...))(func(scan database.Scan) error {
			var id int64
			err := scan(&id)
			found[id] = true
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// erase empties rows and records it.
func (t *txn) erase(ids []int64) error {
	chains, err := readChains(t.ctx, t.Tx)
	if err != nil {
		return err
	}
	body := erasure{Rows: map[string][]span{}}
	err = t.permitted("erasure", func() error {
		for _, s := range runs(ids) {
			n, err := t.empty(s)
			if err != nil {
				return err
			}
			chain, first := database.Place(s[0])
			writer := nameOf(chains, chain)
			body.Rows[writer] = append(body.Rows[writer], span{first, first + s[1] - s[0]})
			body.Erased += n
		}
		return nil
	})
	if err != nil {
		return err
	}
	return t.act(kindErasure, body)
}

// runs returns the ranges that ids, which are in order, make. Between two chains there is a gap.
func runs(ids []int64) []span {
	spans := make([]span, len(ids))
	for i, id := range ids {
		spans[i] = span{id, id}
	}
	return merged(spans)
}

// empty empties a range of ids, all of which are the subjects'.
func (t *txn) empty(s span) (int64, error) {
	if err := block.Forget(t.ctx, t.Tx, s[0], s[1]); err != nil {
		return 0, err
	}
	result, err := t.ExecContext(t.ctx, "UPDATE audit_logs SET distinct_id = NULL, request_id = NULL, user_id = NULL, user_role = NULL, "+
		"org_id = NULL, path = NULL, ip = NULL, user_agent = NULL, properties = NULL, salt = NULL "+
		"WHERE id BETWEEN $1 AND $2", s[0], s[1])
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// permitted runs a change that the triggers refuse without a permit, which no other transaction ever sees.
func (t *txn) permitted(act string, change func() error) error {
	if _, err := t.ExecContext(t.ctx, "INSERT INTO audit_permits (act) VALUES ($1)", act); err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	_, err := t.ExecContext(t.ctx, "DELETE FROM audit_permits WHERE act = $1", act)
	return err
}

// tidy keeps counts cheap after rows were changed, and removes what the write-ahead log of SQLite still holds of the old rows, as
// far as no reader needs it.
func (s *Store) tidy(ctx context.Context) error {
	if err := block.Fold(ctx, s.db, 0, leastAtOpen); err != nil {
		return err
	}
	return s.db.Truncate(ctx)
}
