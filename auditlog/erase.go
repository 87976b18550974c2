package auditlog

import (
	"context"
	"slices"
	"strings"

	"github.com/eventgen/eventgen/auditlog/internal/block"
)

// eraseStep is how many rows one transaction empties at most.
const eraseStep = 5_000

// place is where a row is.
type place struct {
	writer string
	seq    int64
}

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
	places, err := s.rowsOf(ctx, subjects)
	if err != nil {
		return 0, failed("erase", err)
	}
	var erased int64
	for part := range slices.Chunk(places, eraseStep) {
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

// rowsOf finds the rows of subjects that have something to erase.
func (s *Store) rowsOf(ctx context.Context, subjects []string) ([]place, error) {
	found := map[place]bool{}
	for part := range slices.Chunk(subjects, 100) {
		args := make([]any, 0, 2*len(part))
		for range 2 {
			for _, subject := range part {
				args = append(args, clean(subject))
			}
		}
		all := strings.Split(placeholders(len(args)), ", ")
		query := "SELECT writer, seq FROM audit_logs WHERE kind = 'event' AND salt IS NOT NULL AND (distinct_id IN (" +
			strings.Join(all[:len(part)], ", ") + ") OR user_id IN (" + strings.Join(all[len(part):], ", ") + "))"
		err := each(ctx, s.db, query, args, func(scan scanner) error {
			var p place
			err := scan(&p.writer, &p.seq)
			found[p] = true
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return ordered(found), nil
}

func ordered(found map[place]bool) []place {
	places := make([]place, 0, len(found))
	for p := range found {
		places = append(places, p)
	}
	slices.SortFunc(places, func(a, b place) int {
		if c := strings.Compare(a.writer, b.writer); c != 0 {
			return c
		}
		return int(a.seq - b.seq)
	})
	return places
}

// erase empties rows and records it.
func (t *txn) erase(places []place) error {
	body := erasure{Rows: map[string][]span{}}
	for _, p := range places {
		body.Rows[p.writer] = append(body.Rows[p.writer], span{p.seq, p.seq})
	}
	err := t.permitted("erasure", func() error {
		for writer, spans := range body.Rows {
			body.Rows[writer] = merged(spans)
			for _, sp := range body.Rows[writer] {
				n, err := t.empty(writer, sp)
				if err != nil {
					return err
				}
				body.Erased += n
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return t.act(kindErasure, body)
}

// empty empties a range of rows, all of which are the subjects'.
func (t *txn) empty(writer string, s span) (int64, error) {
	if err := block.Forget(t.ctx, t.Tx, writer, s[0], s[1]); err != nil {
		return 0, err
	}
	result, err := t.ExecContext(t.ctx, "UPDATE audit_logs SET distinct_id = NULL, request_id = NULL, user_id = NULL, user_role = NULL, "+
		"org_id = NULL, path = NULL, ip = NULL, user_agent = NULL, properties = NULL, salt = NULL "+
		"WHERE writer = $1 AND seq BETWEEN $2 AND $3", writer, s[0], s[1])
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
	if err := block.Fold(ctx, s.db, "", leastAtOpen); err != nil {
		return err
	}
	return s.db.Truncate(ctx)
}
