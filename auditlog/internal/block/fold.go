package block

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// Fold makes blocks of the rows that no block covers, of one chain or, for 0, of all. It leaves parts of a chain with less than
// least rows alone. Each block is a transaction of its own, of some 50 ms, that excludes erasure and retention.
func Fold(ctx context.Context, db *database.DB, chain, least int64) error {
	for {
		more, err := foldOne(ctx, db, chain, max(least, 1))
		if err != nil {
			return fmt.Errorf("make blocks: %w", err)
		}
		if !more {
			return nil
		}
	}
}

// foldOne makes one block and reports whether there may be more to do.
func foldOne(ctx context.Context, db *database.DB, chain, least int64) (more bool, err error) {
	tx, err := db.Lazy(ctx)
	if err != nil {
		return false, err
	}
	defer func() {
		if err != nil || !more {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	s, err := foldable(ctx, tx, chain, least)
	if err != nil || s == (span{}) {
		return false, err
	}
	var rows builder
	if err := rows.read(ctx, tx, s); err != nil {
		return false, err
	}
	if err := fold(ctx, tx, s, &rows.Block); err != nil {
		return false, err
	}
	return true, tx.Commit()
}

// foldable returns rows that are worth a block, or no span. It goes by the rows that are there: somebody may have added one with an id
// far behind the others, and the ids between them would make blocks for years. What is behind such a hole is not worth a block.
func foldable(ctx context.Context, tx *database.Tx, chain, least int64) (span, error) {
	open, err := uncovered(ctx, tx, chain)
	if err != nil {
		return span{}, err
	}
	for _, s := range open {
		if s.rows() < least {
			continue
		}
		if s, err = s.begin(ctx, tx); err != nil || s.rows() >= least {
			return s, err
		}
	}
	return span{}, nil
}

// begin returns the first rows of a span up to a hole, Step at most. Without any it is empty.
func (s span) begin(ctx context.Context, tx *database.Tx) (span, error) {
	begin := span{s.first, s.first - 1}
	rows, err := tx.QueryContext(ctx, "SELECT id FROM audit_logs WHERE id BETWEEN $1 AND $2 ORDER BY id LIMIT $3", s.first, s.last, Step)
	err = database.Each(rows, err)(func(scan database.Scan) error {
		var id int64
		err := scan(&id)
		if id == begin.last+1 {
			begin.last = id
		}
		return err
	})
	return begin, err
}

// fanOut is how many blocks of about the same length become one. Blocks of Step rows thus become one of full length at once, and each
// row is written twice: when two blocks always became one, it was six times, a tenth of an insertion.
const fanOut = Size / Step

// fold makes a block of the rows of a span, together with the blocks before it as far as that is due.
func fold(ctx context.Context, tx *database.Tx, s span, rows *Block) error {
	query := "SELECT first_id, last_id FROM audit_blocks WHERE " + database.InChain("first_id", "$1") + " ORDER BY first_id DESC"
	before, err := spans(ctx, tx, query, s.chain())
	if err != nil {
		return err
	}
	whole := joined(s, before)
	if whole == s {
		return store(ctx, tx, s, rows)
	}
	var made builder
	if err := made.takeOver(ctx, tx, span{whole.first, s.first - 1}); err != nil {
		return err
	}
	made.append(rows)
	return store(ctx, tx, whole, &made.Block)
}

// joined returns what the block of a span covers together with blocks before it, which are given from the last to the first: as many of
// about its length or less as make fanOut together, or as fit.
func joined(s span, before []span) span {
	for {
		whole, n := s, 0
		for n < len(before) && before[n].last == whole.first-1 && before[n].rows() <= 2*s.rows() && s.last-before[n].first < Size {
			whole.first = before[n].first
			n++
		}
		if n == 0 || n+1 < fanOut && whole.rows()+s.rows() <= Size {
			return s
		}
		s, before = whole, before[n:]
	}
}

// takeOver appends the requests of the blocks of a span, and removes them.
func (b *builder) takeOver(ctx context.Context, tx *database.Tx, s span) error {
	var block Block
	r := reader{next: &sealed{}, pass: func(s *sealed) (*sealed, error) {
		err := s.open(&block, Want{Columns: columns})
		if err == nil {
			b.append(&block)
		}
		return s, err
	}}
	rows, err := tx.QueryContext(ctx, "SELECT w.first_id, w.requests, 0, c.name, c.data FROM audit_blocks w "+
		"JOIN audit_columns c ON c.first_id = w.first_id "+
		"WHERE w.first_id BETWEEN $1 AND $2 AND w.requests > 0 AND c.name IN ("+quoted(columns)+") ORDER BY w.first_id",
		s.first, s.last)
	if err := database.Each(rows, err)(r.column); err != nil {
		return err
	}
	if err := r.finish(); err != nil {
		return err
	}
	return Forget(ctx, tx, s.first, s.last)
}

// read appends the requests of a span.
func (b *builder) read(ctx context.Context, q querier, s span) error {
	return s.requests(ctx, q, everything, func(r *Request) error {
		b.add(r)
		return nil
	})
}

func store(ctx context.Context, tx *database.Tx, s span, b *Block) error {
	first, last := b.times()
	_, err := tx.ExecContext(ctx, "INSERT INTO audit_blocks (first_id, last_id, requests, first_us, last_us) "+
		"VALUES ($1, $2, $3, $4, $5)", s.first, s.last, b.Rows, first, last)
	if err != nil {
		return err
	}
	var values []any
	for _, c := range stored {
		values = append(values, s.first, string(c), b.encode(c))
	}
	return tx.Insert(ctx, database.Rows{
		Table: "audit_columns", Columns: "first_id, name, data", Width: 3, Values: values,
	})
}

// times returns the first and the last time, zeros for a block without requests.
func (b *Block) times() (first, last int64) {
	if b.Rows == 0 {
		return 0, 0
	}
	return slices.Min(b.Times), slices.Max(b.Times)
}

// Forget removes the blocks that cover a row from one id to another of the same chain. It belongs into the transaction that changes or
// removes those rows; Fold makes new blocks of what remains.
func Forget(ctx context.Context, tx *database.Tx, first, last int64) error {
	chain, _ := database.Place(first)
	const touched = " WHERE first_id BETWEEN $1 AND $2 AND last_id >= $3" // no block reaches into another chain
	args := []any{database.ID(chain, 0), last, first}
	_, err := tx.ExecContext(ctx, "DELETE FROM audit_columns WHERE first_id IN (SELECT first_id FROM audit_blocks"+touched+")", args...)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM audit_blocks"+touched, args...)
	return err
}
