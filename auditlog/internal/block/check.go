package block

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// Mismatch is the error of Check: a block is not what its rows make.
type Mismatch struct {
	Writer      string // the chain
	First, Last int64  // the rows that it covers
}

// Error names the block.
func (m *Mismatch) Error() string {
	return fmt.Sprintf("the counts kept for rows %d to %d of chain %q are not those of the rows", m.First, m.Last, m.Writer)
}

// header is a row of audit_blocks.
type header struct {
	span

	requests        int
	firstUS, lastUS int64
}

// Check builds each block anew from its rows and returns a [*Mismatch] that names the first one that differs, overlaps another one,
// or covers rows that are not there, as somebody may have made it in the database. It takes some microseconds a row.
func Check(ctx context.Context, db *database.DB) (err error) {
	tx, err := db.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	headers, err := readHeaders(ctx, tx)
	if err != nil {
		return err
	}
	before := span{last: math.MinInt64}
	for _, h := range headers {
		ok, err := h.check(ctx, tx)
		if err != nil {
			return err
		}
		if !ok || h.first <= before.last {
			return h.mismatch(ctx, tx)
		}
		before = h.span
	}
	return nil
}

func readHeaders(ctx context.Context, tx *sql.Tx) ([]header, error) {
	var headers []header
	rows, err := tx.QueryContext(ctx, "SELECT first_id, last_id, requests, first_us, last_us FROM audit_blocks ORDER BY first_id")
	err = database.Each(rows, err)(func(scan database.Scan) error {
		var h header
		err := scan(&h.first, &h.last, &h.requests, &h.firstUS, &h.lastUS)
		headers = append(headers, h)
		return err
	})
	return headers, err
}

// mismatch names the block.
func (h *header) mismatch(ctx context.Context, tx *sql.Tx) error {
	chain, first := database.Place(h.first)
	m := &Mismatch{First: first, Last: first + h.rows() - 1}
	err := tx.QueryRowContext(ctx, "SELECT writer FROM audit_chains WHERE number = $1", chain).Scan(&m.Writer)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return m
}

// check reports whether the block is what its rows make.
func (h *header) check(ctx context.Context, tx *sql.Tx) (bool, error) {
	var rows int64
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM audit_logs WHERE id BETWEEN $1 AND $2", h.first, h.last).Scan(&rows)
	if err != nil {
		return false, err
	}
	var b builder
	if err := b.read(ctx, tx, h.span); err != nil {
		return false, err
	}
	first, last := b.times()
	if rows != h.rows() || b.Rows != h.requests || first != h.firstUS || last != h.lastUS {
		return false, nil
	}
	return h.checkColumns(ctx, tx, &b.Block)
}

// checkColumns compares what is kept of the columns with a block made of the rows.
func (h *header) checkColumns(ctx context.Context, tx *sql.Tx, b *Block) (bool, error) {
	wanted := map[string][]byte{}
	for _, c := range stored {
		wanted[string(c)] = b.encode(c)
	}
	same := 0
	rows, err := tx.QueryContext(ctx, "SELECT name, data FROM audit_columns WHERE first_id = $1", h.first)
	err = database.Each(rows, err)(func(scan database.Scan) error {
		var name string
		var data sql.RawBytes
		if err := scan(&name, &data); err != nil {
			return err
		}
		if want, ok := wanted[name]; ok && bytes.Equal(want, data) {
			same++
		}
		return nil
	})
	return same == len(stored), err
}
