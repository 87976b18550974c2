package block

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// Fold makes blocks of the rows that no block covers, of one writer or, for "", of all. It leaves parts of a chain with less than
// least rows alone. Each block is a transaction of its own, of some 50 ms, that excludes erasure and retention.
func Fold(ctx context.Context, db *database.DB, writer string, least int64) error {
	for {
		more, err := foldOne(ctx, db, writer, max(least, 1))
		if err != nil {
			return fmt.Errorf("make blocks: %w", err)
		}
		if !more {
			return nil
		}
	}
}

// foldOne makes one block and reports whether there may be more to do.
func foldOne(ctx context.Context, db *database.DB, writer string, least int64) (more bool, err error) {
	tx, err := db.Exclusive(ctx)
	if err != nil {
		return false, err
	}
	defer func() {
		if err != nil || !more {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	open, err := uncovered(ctx, tx, writer)
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(open, func(s span) bool { return s.last-s.first+1 >= least })
	if i < 0 {
		return false, nil
	}
	s := open[i]
	s.last = min(s.last, s.first+Step-1)
	var rows builder
	if err := rows.read(ctx, tx, s); err != nil {
		return false, err
	}
	if err := fold(ctx, db, tx, s, &rows.Block); err != nil {
		return false, err
	}
	return true, tx.Commit()
}

// fold makes a block of the rows of a span, together with the blocks before it that are not longer, as long as all fit. So a row is
// copied a few times at most, and there are few small blocks.
func fold(ctx context.Context, db *database.DB, tx *sql.Tx, s span, rows *Block) error {
	before, err := spans(ctx, tx, "SELECT writer, first_seq, last_seq FROM audit_blocks WHERE writer = $1 ORDER BY first_seq DESC", s.writer)
	if err != nil {
		return err
	}
	whole := s
	for _, b := range before {
		if b.last == whole.first-1 && b.rows() <= whole.rows() && b.rows()+whole.rows() <= Size {
			whole.first = b.first
		}
	}
	if whole.first == s.first {
		return store(ctx, db, tx, s, rows)
	}
	var made builder
	if err := made.takeOver(ctx, tx, span{s.writer, whole.first, s.first - 1}); err != nil {
		return err
	}
	made.append(rows)
	return store(ctx, db, tx, whole, &made.Block)
}

// takeOver appends the requests of the blocks of a span, and removes them.
func (b *builder) takeOver(ctx context.Context, tx *sql.Tx, s span) error {
	var block Block
	r := reader{next: &sealed{}, pass: func(s *sealed) (*sealed, error) {
		err := s.open(&block, Want{Columns: columns})
		if err == nil {
			b.append(&block)
		}
		return s, err
	}}
	rows, err := tx.QueryContext(ctx, "SELECT w.writer, w.first_seq, w.requests, 0, c.name, c.data FROM audit_blocks w "+ //nolint:gosec // own names
		"JOIN audit_columns c ON c.writer = w.writer AND c.first_seq = w.first_seq "+
		"WHERE w.writer = $1 AND w.first_seq >= $2 AND w.first_seq <= $3 AND w.requests > 0 AND c.name IN ("+quoted(columns)+") "+
		"ORDER BY w.first_seq",
		s.writer, s.first, s.last)
	if err := each(rows, err, r.column); err != nil {
		return err
	}
	if err := r.finish(); err != nil {
		return err
	}
	return Forget(ctx, tx, s.writer, s.first, s.last)
}

// read appends the requests of a span.
func (b *builder) read(ctx context.Context, q querier, s span) error {
	return readRows(ctx, q, s, everything, func(r *Request) error {
		b.add(r)
		return nil
	})
}

func store(ctx context.Context, db *database.DB, tx *sql.Tx, s span, b *Block) error {
	first, last := b.times()
	_, err := tx.ExecContext(ctx, "INSERT INTO audit_blocks (writer, first_seq, last_seq, requests, first_us, last_us) "+
		"VALUES ($1, $2, $3, $4, $5, $6)", s.writer, s.first, s.last, b.Rows, first, last)
	if err != nil {
		return err
	}
	var values []any
	for _, c := range stored {
		values = append(values, s.writer, s.first, string(c), b.encode(c))
	}
	return db.Insert(ctx, tx, database.Rows{
		Table: "audit_columns", Columns: "writer, first_seq, name, data", Width: 4, Values: values, Plain: true,
	})
}

// times returns the first and the last time, zeros for a block without requests.
func (b *Block) times() (first, last int64) {
	if b.Rows == 0 {
		return 0, 0
	}
	return slices.Min(b.Times), slices.Max(b.Times)
}

// Forget removes the blocks that cover a row of a writer from seq first to last. It belongs into the transaction that changes or
// removes those rows; Fold makes new blocks of what remains.
func Forget(ctx context.Context, tx *sql.Tx, writer string, first, last int64) error {
	const covering = " WHERE writer = $1 AND first_seq <= $2 AND "
	_, err := tx.ExecContext(ctx, "DELETE FROM audit_columns"+covering+"first_seq IN (SELECT first_seq FROM audit_blocks"+
		" WHERE writer = $3 AND last_seq >= $4)", writer, last, writer, first)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM audit_blocks"+covering+"last_seq >= $3", writer, last, first)
	return err
}
