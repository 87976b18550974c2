package query

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// Tail reads a log at its end.
type Tail struct {
	log    *Log
	filter Filter
	heads  map[string]int64 // how far each chain has been read
}

// Tail returns the last n rows in the order of their times, and a Tail that goes on from there.
func (l *Log) Tail(ctx context.Context, f Filter, n int) (*Tail, []*Record, error) {
	t := &Tail{log: l, filter: f}
	var records []*Record
	err := l.read(ctx, func(tx *sql.Tx) (err error) {
		if t.heads, err = heads(ctx, tx); err != nil || n <= 0 {
			return err
		}
		return f.where().each(ctx, tx, newestFirst, n, func(r *Record) error {
			records = append(records, r)
			return nil
		})
	})
	if err != nil {
		return nil, nil, fmt.Errorf("tail: %w", err)
	}
	slices.Reverse(records)
	return t, records, nil
}

// Next calls a function for each row that was written since the last call, chain by chain, also for those with older times, and
// returns. It costs one probe of an index for each chain.
func (t *Tail) Next(ctx context.Context, do func(*Record) error) error {
	err := t.log.read(ctx, func(tx *sql.Tx) error {
		now, err := heads(ctx, tx)
		if err != nil {
			return err
		}
		for writer, seq := range now {
			if seq <= t.heads[writer] {
				continue
			}
			s := t.filter.where()
			s.and("writer = ?", writer)
			s.and("seq > ?", t.heads[writer])
			s.and("seq <= ?", seq)
			if err := s.each(ctx, tx, "seq", 0, do); err != nil {
				return err
			}
			t.heads[writer] = seq
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("tail: %w", err)
	}
	return nil
}

// heads returns the last row of each chain that has any.
func heads(ctx context.Context, tx *sql.Tx) (map[string]int64, error) {
	rows, err := tx.QueryContext(ctx,
		"SELECT c.writer, (SELECT max(l.seq) FROM audit_logs l WHERE l.writer = c.writer) FROM audit_chains c")
	if err != nil {
		return nil, err
	}
	defer rows.Close() // Err has what went wrong
	last := map[string]int64{}
	for rows.Next() {
		var writer string
		var seq sql.NullInt64
		if err := rows.Scan(&writer, &seq); err != nil {
			return nil, err
		}
		if seq.Valid {
			last[writer] = seq.Int64
		}
	}
	return last, rows.Err()
}
