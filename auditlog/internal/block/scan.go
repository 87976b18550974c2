package block

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
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

// Scan calls a function for the requests of all chains within a window, block by block: what blocks cover, then what they do not.
// The wanted columns are filled. Where a block is not Within the window, Times is filled too, and the function must look at it. A
// block is good until the function returns. The transaction must see one state of the database throughout.
func Scan(ctx context.Context, tx *sql.Tx, want Want, do func(*Block) error) error {
	if err := scanBlocks(ctx, tx, want, do); err != nil {
		return err
	}
	open, err := uncovered(ctx, tx, "")
	if err != nil {
		return err
	}
	for _, s := range open {
		if err := scanRows(ctx, tx, s, want.window, do); err != nil {
			return err
		}
	}
	return nil
}

// scanBlocks reads the columns of all blocks in one query.
func scanBlocks(ctx context.Context, q querier, want Want, do func(*Block) error) error {
	r := reader{want: want, do: do}
	rows, err := q.QueryContext(ctx, blockQuery(want.Columns), want.From, want.To, want.From, want.To)
	if err := each(rows, err, r.column); err != nil {
		return err
	}
	return r.finish()
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

// reader puts columns together to blocks. Those of one block follow each other.
type reader struct {
	want Want
	do   func(*Block) error

	place   place
	block   Block    // used for one after the other
	columns []Column // that have been decoded; none before the first
}

// place names a block.
type place struct {
	writer string
	first  int64
}

// column takes one row of the query.
func (r *reader) column(scan func(...any) error) error {
	var (
		at      place
		n       int
		partial bool
		name    Column
		data    sql.RawBytes
	)
	if err := scan(&at.writer, &at.first, &n, &partial, &name, &data); err != nil {
		return err
	}
	if at != r.place {
		if err := r.finish(); err != nil {
			return err
		}
		if r.place = at; n > Size {
			return r.fault(errDamaged)
		}
		r.block.Rows, r.block.Within, r.columns = n, !partial, r.columns[:0]
	}
	if err := r.block.decode(name, data); err != nil {
		return r.fault(err)
	}
	r.columns = append(r.columns, name)
	return nil
}

// finish hands on the block, if there is one.
func (r *reader) finish() error {
	if len(r.columns) == 0 {
		return nil
	}
	wanted := r.want.Columns
	if !r.block.Within {
		wanted = append(slices.Clip(wanted), Time)
	}
	for _, c := range wanted {
		if !slices.Contains(r.columns, c) {
			return r.fault(fmt.Errorf("column %q is missing", c))
		}
	}
	return r.do(&r.block)
}

func (r *reader) fault(err error) error {
	return fmt.Errorf("block at row %d of chain %q: %w", r.place.first, r.place.writer, err)
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
	err := readRows(ctx, q, s, w, func(r *request) error {
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
