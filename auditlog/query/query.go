// Package query answers questions about an audit log: who asked how often, what fails, where. It only reads.
//
// Every number of requests is a sum of sample weights, so a log that was sampled gives the same answers as one that was not, as
// close as sampling allows. Requests are the events that have a status; gap records and events of a business are none. Answers
// on SQLite and PostgreSQL are the same: sums are made here, not by the database.
package query

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/block"
	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// Log is an audit log that is open for reading. It is safe for concurrent use. The zero value is not usable.
type Log struct {
	db *database.DB
}

// Open opens the audit log at url, the path of an SQLite file or a postgres:// URL, for reading. A log that is not there is an
// error and stays so: nothing is created. The caller must Close it.
func Open(ctx context.Context, url string) (*Log, error) {
	db, err := database.Open(ctx, url, database.Read)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	return &Log{db}, nil
}

// Close closes the database.
func (l *Log) Close() error { return l.db.Close() }

// Filter chooses rows. The zero value chooses all.
type Filter struct {
	From  time.Time // the first instant, to the microsecond
	To    time.Time // the first instant that is too late
	User  string    // only requests of this user
	Event string    // only events of this name
}

// bounds returns From and To in microseconds since 1970.
func (f *Filter) bounds() (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	if !f.From.IsZero() {
		from = f.From.UnixMicro()
	}
	if !f.To.IsZero() {
		to = f.To.UnixMicro()
	}
	return from, to
}

// read runs a function in a transaction that sees one state of the database.
func (l *Log) read(ctx context.Context, do func(*sql.Tx) error) (err error) {
	tx, err := l.db.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if end := tx.Rollback(); !errors.Is(end, sql.ErrTxDone) { // as it is when ctx has ended
			err = errors.Join(err, end)
		}
	}()
	return do(tx)
}

// Mismatch is an error of [Log.Check]: what the log keeps beside its rows to count quickly is not what the rows say.
type Mismatch = block.Mismatch

// Check compares what the log keeps beside its rows to count quickly with the rows, and returns a [*Mismatch] if it differs. It
// takes some microseconds a row.
func (l *Log) Check(ctx context.Context) error { return block.Check(ctx, l.db) }
