package query

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// Tail reads a log at its end.
type Tail struct {
	log    *Log
	filter Filter
	heads  map[int64]int64 // the last id that was read of each chain, by its number
}

// Tail returns the last n rows in the order of their times, and a Tail that goes on from there.
func (l *Log) Tail(ctx context.Context, f Filter, n int) (*Tail, []*Record, error) {
	t := &Tail{log: l, filter: f}
	var records []*Record
	err := l.read(ctx, func(tx *sql.Tx) (err error) {
		if t.heads, err = heads(ctx, tx); err != nil || n <= 0 {
			return err
		}
		return f.where().by(newestFirst, n).each(ctx, tx, func(r *Record) error {
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
		for chain, id := range now {
			read := max(t.heads[chain], database.ID(chain, 0))
			if id <= read {
				continue
			}
			s := t.filter.whereAt("timestamp_us + 0") // PostgreSQL might take all times for a narrower range than a few ids
			s.and("id > ?", read)
			s.and("id <= ?", id)
			if err := s.by("id", 0).each(ctx, tx, do); err != nil {
				return err
			}
			t.heads[chain] = id
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("tail: %w", err)
	}
	return nil
}

// heads returns the last id of each chain that has any, by the number of the chain.
func heads(ctx context.Context, tx *sql.Tx) (map[int64]int64, error) {
	last := map[int64]int64{}
	query := "SELECT c.number, (SELECT max(id) FROM audit_logs WHERE " + database.InChain("id", "c.number") + ") FROM audit_chains c"
	err := database.Each(tx.QueryContext(ctx, query))(func(scan database.Scan) error {
		var chain int64
		var id sql.NullInt64
		if err := scan(&chain, &id); err != nil {
			return err
		}
		if id.Valid {
			last[chain] = id.Int64
		}
		return nil
	})
	return last, err
}
