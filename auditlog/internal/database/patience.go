package database

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"modernc.org/sqlite"
)

// ErrMoved means that the SQLite file which was open is no longer the one at its path.
var ErrMoved = errors.New("the file was moved, removed or replaced while it was open")

// lockStep is how long SQLite waits for a lock by itself. It sleeps meanwhile, even when the context has ended, so this is short.
const lockStep = "busy_timeout(200)"

// patiently tries again while somebody holds a lock, until LockWait is over or the context ends.
func (db *DB) patiently(ctx context.Context, try func() error) error {
	limit := time.Now().Add(db.LockWait)
	for {
		err := try()
		switch {
		case !isBusy(err) || time.Now().After(limit):
			return err
		case ctx.Err() != nil:
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		}
	}
}

// errReaders means that readers need what is in the write-ahead log.
var errReaders = errors.New("the write-ahead log is in use")

func isBusy(err error) bool {
	var s *sqlite.Error
	return errors.As(err, &s) && s.Code()&0xff == sqliteBusy || errors.Is(err, errReaders)
}

// Truncate removes what the write-ahead log of SQLite still holds of rows that were changed, as far as no reader needs it for longer than
// LockWait.
func (db *DB) Truncate(ctx context.Context) error {
	if db.Dialect != SQLite {
		return nil
	}
	err := db.patiently(ctx, func() error {
		var busy, pages, moved int
		err := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
		if err == nil && busy != 0 {
			return errReaders
		}
		return err
	})
	if errors.Is(err, errReaders) && ctx.Err() == nil {
		return nil
	}
	return err
}

// moved returns ErrMoved where the path leads to another file than the one that was opened, or to none. SQLite would go on to write into
// a file without a name, which is gone with the last connection. The next time, the file that is there now is the right one.
func (db *DB) moved() error {
	if db.Dialect != SQLite {
		return nil
	}
	db.seeing.Lock()
	defer db.seeing.Unlock()
	now, err := os.Stat(db.path)
	if err == nil && os.SameFile(now, db.file) {
		return nil
	}
	db.closeIdle()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMoved, err)
	}
	db.file = now
	return fmt.Errorf("%w: %s", ErrMoved, db.path)
}

// Renew closes the connections that nobody uses, after an error that somebody has to act upon: they may not see what was done. One to
// an SQLite file that could not be written only reads, and stays so; so does one to PostgreSQL, with the settings that it began with.
func (db *DB) Renew(err error) {
	if fault := Classify(err); fault == Denied || fault == Damaged {
		db.closeIdle()
	}
}

// maxIdle is how many idle connections database/sql keeps unless told otherwise.
const maxIdle = 2

func (db *DB) closeIdle() {
	db.SetMaxIdleConns(0)
	db.SetMaxIdleConns(maxIdle)
}
