// Package database opens the two databases behind an audit log, makes their schema and hides where they differ.
//
// Both are reached through database/sql and understand parameters written $1, $2, … in order.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"
)

// Mode says what Open may do.
type Mode uint8

// The modes.
const (
	Write  Mode = iota // create what is missing, migrate, read and write
	Read               // only read; the database and the current schema must be there
	frozen             // Read, for an SQLite file at rest, in a folder that takes no files
)

// ErrMissing means that there is no audit log at the place given to Open in mode Read.
var ErrMissing = errors.New("there is no audit log")

// DB is an open database.
type DB struct {
	*sql.DB
	Dialect Dialect

	// LockWait is how long a transaction that writes into SQLite waits for those of others.
	LockWait time.Duration

	ownLimit bool // the URL has a limit for idle transactions of its own

	path   string // of an SQLite file
	seeing sync.Mutex
	file   os.FileInfo // what the path led to
}

// Open opens the database at a postgres:// or postgresql:// URL, or the SQLite file at any other text, which is taken for a
// path. Its transactions that write wait for each other in SQLite; those begun with sql.TxOptions{ReadOnly: true} see one
// state of the database throughout, with sql.LevelRepeatableRead, and wait for nobody.
func Open(ctx context.Context, place string, mode Mode) (*DB, error) {
	db, err := connect(place, mode)
	if err != nil {
		return nil, err
	}
	err = db.prepare(ctx, mode)
	if err == nil {
		return db, nil
	}
	err = errors.Join(err, db.Close())
	switch {
	case db.Dialect == Postgres:
		return nil, err
	case mode == Read && cannotOpen(err) && !inUse(db.path):
		return Open(ctx, place, frozen)
	case cannotOpen(err):
		return nil, fmt.Errorf("%s: the file must be readable and its folder writable: %w", place, err)
	default:
		return nil, fmt.Errorf("%s: %w", place, err)
	}
}

// cannotOpen reports whether SQLite lacks one of its files and cannot make it. It needs two beside the database, even to read it.
func cannotOpen(err error) bool {
	var s *sqlite.Error
	return errors.As(err, &s) && s.Code()&0xff == sqliteCantOpen
}

// inUse reports whether an SQLite file is not at rest: a process has it open, or was killed and has left changes beside it.
func inUse(path string) bool {
	_, err := os.Stat(path + "-wal")
	return !errors.Is(err, os.ErrNotExist)
}

// IsPostgres reports whether a place is the URL of a PostgreSQL database.
func IsPostgres(place string) bool {
	return strings.HasPrefix(place, "postgres://") || strings.HasPrefix(place, "postgresql://")
}

func connect(place string, mode Mode) (*DB, error) {
	if IsPostgres(place) {
		config, err := pgx.ParseConfig(place)
		if err != nil { // the cause quotes the URL, which may hold a password
			return nil, errors.New("malformed postgres URL")
		}
		if mode == Read {
			config.RuntimeParams["default_transaction_read_only"] = "on"
		}
		_, own := config.RuntimeParams[idleParameter]
		return &DB{DB: stdlib.OpenDB(*config), Dialect: Postgres, ownLimit: own}, nil
	}
	return connectSQLite(place, mode)
}

func connectSQLite(place string, mode Mode) (*DB, error) {
	if place == "" {
		return nil, errors.New("no database is named")
	}
	path, err := filepath.Abs(place)
	if err != nil {
		return nil, err
	}
	file, err := touch(path, mode)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", sqliteDSN(path, mode))
	if err != nil {
		return nil, err
	}
	return &DB{DB: db, Dialect: SQLite, LockWait: 10 * time.Second, path: path, file: file}, nil
}

// cacheSize is in pages. A commit after a page was split walks through all of the cache, so it is small. And not any number will do:
// the driver's allocator keeps seven pages together and gives them back to the system when all are free, so where the cache fills
// its sevens, each page that is split asks the system for memory. With 960 pages, 1,500 batches of 100 rows made 120,000
// calls of munmap, a sixth of the time; with 961 to 965 they make 6,000.
const cacheSize = "cache_size(963)"

// sqliteDSN returns the URI of a file.
func sqliteDSN(path string, mode Mode) string {
	q := url.Values{"mode": {"rw"}, "_txlock": {"immediate"}, "_pragma": {
		lockStep, "journal_mode(WAL)", "synchronous(FULL)", "temp_store(MEMORY)",
		"secure_delete(ON)", // what is erased or removed is overwritten
		cacheSize,
		"wal_autocheckpoint(4000)", // pages: those that change with each batch are copied to the file less often
	}}
	if mode != Write {
		q["_pragma"] = []string{"busy_timeout(10000)", "query_only(1)", "cache_size(-65536)", "temp_store(MEMORY)"}
	}
	if mode == frozen {
		q.Set("immutable", "1")
	}
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a drive letter
	}
	return (&url.URL{Scheme: "file", Path: slashed, RawQuery: q.Encode()}).String()
}

// touch makes sure that a file is there and, if it makes it, that it is its owner's alone.
func touch(path string, mode Mode) (os.FileInfo, error) {
	if mode != Write {
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%w: no file %s", ErrMissing, path)
		}
		return info, err
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	return info, errors.Join(err, file.Close())
}

// Snapshot begins a transaction that reads one state of the database.
func (db *DB) Snapshot(ctx context.Context) (*sql.Tx, error) {
	options := &sql.TxOptions{ReadOnly: true}
	if db.Dialect == Postgres {
		options.Isolation = sql.LevelRepeatableRead
	}
	return db.BeginTx(ctx, options)
}

// togetherTries is how often Snapshots tries to get one state from SQLite, which others may change in between, each time in a
// thousandth of a second.
const togetherTries = 10

// Snapshots begins up to n transactions, one at least, that read the same state of the database, so that several goroutines can
// share the reading.
func (db *DB) Snapshots(ctx context.Context, n int) ([]*sql.Tx, error) {
	for range togetherTries {
		txs, err := db.together(ctx, n)
		if err != nil || txs != nil {
			return txs, err
		}
	}
	tx, err := db.Snapshot(ctx)
	return []*sql.Tx{tx}, err
}

// together begins n transactions; it returns none if they do not see the same.
func (db *DB) together(ctx context.Context, n int) (txs []*sql.Tx, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, rollback(txs))
			txs = nil
		}
	}()
	state := ""
	for range n {
		tx, err := db.Snapshot(ctx)
		if err != nil {
			return txs, err
		}
		txs = append(txs, tx)
		seen, err := db.Dialect.join(ctx, tx, state)
		if err != nil {
			return txs, err
		}
		if state != "" && seen != state {
			return nil, rollback(txs)
		}
		state = seen
	}
	return txs, nil
}

func rollback(txs []*sql.Tx) error {
	var errs []error
	for _, tx := range txs {
		errs = append(errs, tx.Rollback())
	}
	return errors.Join(errs...)
}
