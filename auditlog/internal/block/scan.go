package block

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strings"
)

// Want says what Scan reads.
type Want struct {
	window

	Columns []Column
}

// window holds the times from From on, and before To, in microseconds since 1970.
type window struct{ From, To int64 }

var always = window{math.MinInt64, math.MaxInt64}

// Window limits what is wanted to times from one instant on, before another; in microseconds since 1970.
func Window(from, to int64, columns ...Column) Want { return Want{window{from, to}, columns} }

// Scan calls a function for each block of the requests of all chains within a window: what blocks cover, then what they do not.
// Blocks come in any order, and each function is called by a goroutine of its own, so several share the work without a lock. The
// wanted columns are filled. Where a block is not Within the window, Times is filled too, and the function must look at it. A block
// is good until the function returns. The transaction must see one state of the database throughout.
func Scan(ctx context.Context, tx *sql.Tx, want Want, do ...func(*Block) error) error {
	if err := scanBlocks(ctx, tx, want, do); err != nil {
		return err
	}
	open, err := uncovered(ctx, tx, "")
	if err != nil {
		return err
	}
	for _, s := range open {
		if err := scanRows(ctx, tx, s, want.window, do[0]); err != nil {
			return err
		}
	}
	return nil
}

// scanBlocks reads the columns of all blocks in one query.
func scanBlocks(ctx context.Context, q querier, want Want, do []func(*Block) error) error {
	c := newCrew(want.Columns, do)
	r := reader{next: &sealed{}, pass: c.pass}
	rows, err := q.QueryContext(ctx, blockQuery(want.Columns), want.From, want.To, want.From, want.To)
	if err = each(rows, err, r.column); err == nil {
		err = r.finish()
	}
	return errors.Join(err, c.end())
}

// blockQuery asks for the wanted columns, and for the times of blocks that reach beyond the window. SQLite numbers parameters, so
// each occurs once.
func blockQuery(columns []Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = "'" + string(c) + "'"
	}
	return "SELECT w.writer, w.first_seq, w.requests, w.partial, c.name, c.data FROM " +
		"(SELECT writer, first_seq, requests, CASE WHEN first_us < $1 OR last_us >= $2 THEN 1 ELSE 0 END AS partial " +
		"FROM audit_blocks WHERE last_us >= $3 AND first_us < $4 AND requests > 0) w " +
		"JOIN audit_columns c ON c.writer = w.writer AND c.first_seq = w.first_seq " +
		"WHERE c.name IN (" + strings.Join(names, ", ") + ") OR w.partial = 1 AND c.name = '" + string(Time) + "' " +
		"ORDER BY w.writer, w.first_seq"
}

// scanRows makes blocks of rows that no block covers.
func scanRows(ctx context.Context, q querier, s span, w window, do func(*Block) error) error {
	var b builder
	flush := func() error {
		if b.Rows == 0 {
			return nil
		}
		full := b.Block
		b, full.Within = builder{}, true
		return do(&full)
	}
	err := readRows(ctx, q, s, w, func(r *Request) error {
		if b.add(r); b.Rows < Size {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}
