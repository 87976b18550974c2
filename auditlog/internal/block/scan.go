package block

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// Want says what Scan reads.
type Want struct {
	From, To int64 // the times from From on, and before To, in microseconds since 1970
	Columns  []Column
	Sums     Column // the dimension whose sums do instead of the columns where all of a block is wanted, "" for none
}

var everything = Want{From: math.MinInt64, To: math.MaxInt64, Columns: columns}

// of returns the columns to read of a block that lies within the window, or reaches beyond it.
func (w *Want) of(within bool) []Column {
	switch {
	case !within && !slices.Contains(w.Columns, Time):
		return append(slices.Clip(w.Columns), Time)
	case within && w.Sums != "":
		return []Column{sumsOf(w.Sums)}
	default:
		return w.Columns
	}
}

// Scan calls a function for each block of the requests of all chains within a window: what blocks cover, and what they do not.
// Blocks come in any order, and each function is called by a goroutine of its own, so several share the work without a lock. The
// wanted columns are filled, or where the block is Summed the sums. Where a block is not Within the window, Times is filled too, and
// the function must look at it. A block is good until the function returns. The transaction must see one state of the database
// throughout.
func Scan(ctx context.Context, tx *sql.Tx, want Want, do ...func(*Block) error) error {
	c := newCrew(want, do)
	err := scanBlocks(ctx, tx, want, c)
	if err == nil {
		err = scanUncovered(ctx, tx, want, c)
	}
	return errors.Join(err, c.end())
}

// scanBlocks reads the columns of all blocks in one query.
func scanBlocks(ctx context.Context, q querier, want Want, c *crew) error {
	r := reader{next: &sealed{}, pass: c.pass}
	rows, err := q.QueryContext(ctx, blockQuery(&want), want.From, want.To, want.From, want.To)
	if err = database.Each(rows, err)(r.column); err == nil {
		err = r.finish()
	}
	return err
}

// blockQuery asks for what is wanted of blocks within the window and of those that reach beyond it. SQLite numbers parameters, so
// each occurs once.
func blockQuery(want *Want) string {
	return "SELECT w.first_id, w.requests, w.partial, c.name, c.data FROM " +
		"(SELECT first_id, requests, CASE WHEN first_us < $1 OR last_us >= $2 THEN 1 ELSE 0 END AS partial " +
		"FROM audit_blocks WHERE last_us >= $3 AND first_us < $4 AND requests > 0) w " +
		"JOIN audit_columns c ON c.first_id = w.first_id " +
		"WHERE w.partial = 0 AND c.name IN (" + quoted(want.of(true)) + ") OR w.partial = 1 AND c.name IN (" + quoted(want.of(false)) + ") " +
		"ORDER BY w.first_id"
}

// quoted lists the names of columns in SQL.
func quoted(columns []Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = "'" + string(c) + "'"
	}
	return strings.Join(names, ", ")
}

// scanUncovered makes blocks of rows that no block covers.
func scanUncovered(ctx context.Context, q querier, want Want, c *crew) error {
	open, err := uncovered(ctx, q, 0)
	if err != nil {
		return err
	}
	var b builder
	flush := func() {
		if b.Rows > 0 {
			made := b.Block
			b, made.Within = builder{}, true
			c.full <- &sealed{made: &made}
		}
	}
	for _, s := range open {
		err := s.requests(ctx, q, want, func(r *Request) error {
			if b.add(r); b.Rows == Size {
				flush()
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	flush()
	return nil
}
