package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// Tx is a transaction that writes. It has a connection to itself, through which Insert reaches the driver.
type Tx struct {
	*sql.Tx
	conn *sql.Conn
	lazy bool // the connection does not wait for the disk
}

// The server ends a transaction of a writer that it has not heard of for so long. Otherwise a writer that was cut off keeps the uuids
// locked that it sends again over another connection, until TCP gives up, which takes hours.
const (
	idleParameter = "idle_in_transaction_session_timeout"
	idleLimit     = "SET LOCAL " + idleParameter + " = '1min'"
)

// Begin begins a transaction that writes. It must end with Commit or Rollback. One that writes into SQLite begins only if the file is
// still the one that was opened.
func (db *DB) Begin(ctx context.Context) (*Tx, error) { return db.begin(ctx, false) }

func (db *DB) begin(ctx context.Context, lazy bool) (*Tx, error) {
	if err := db.moved(); err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	tx := &Tx{conn: conn}
	if db.Dialect == Postgres {
		err = tx.beginPostgres(ctx, db, lazy)
	} else {
		err = tx.beginSQLite(ctx, db, lazy)
	}
	if err != nil {
		return nil, tx.end(err)
	}
	return tx, nil
}

func (tx *Tx) beginPostgres(ctx context.Context, db *DB, lazy bool) (err error) {
	if tx.Tx, err = tx.conn.BeginTx(ctx, nil); err != nil {
		return err
	}
	if !db.ownLimit {
		_, err = tx.ExecContext(ctx, idleLimit)
	}
	if lazy && err == nil {
		_, err = tx.ExecContext(ctx, "SET LOCAL synchronous_commit = off")
	}
	if err != nil {
		return errors.Join(err, tx.Tx.Rollback())
	}
	return nil
}

func (tx *Tx) beginSQLite(ctx context.Context, db *DB, lazy bool) error {
	if lazy {
		tx.lazy = true
		if _, err := tx.conn.ExecContext(ctx, "PRAGMA synchronous = NORMAL"); err != nil {
			return err
		}
	}
	return db.patiently(ctx, func() (err error) {
		tx.Tx, err = tx.conn.BeginTx(ctx, nil)
		return err
	})
}

// Exclusive begins a transaction that writes and excludes all others begun with Exclusive or Lazy.
func (db *DB) Exclusive(ctx context.Context) (*Tx, error) { return db.exclusive(ctx, false) }

// Lazy is Exclusive for what can be computed again. Its Commit waits for no disk: when the machine stops, all of it may be gone, though
// nothing that was committed later is there without it.
func (db *DB) Lazy(ctx context.Context) (*Tx, error) { return db.exclusive(ctx, true) }

func (db *DB) exclusive(ctx context.Context, lazy bool) (*Tx, error) {
	tx, err := db.begin(ctx, lazy)
	if err != nil || db.Dialect.lock() == "" {
		return tx, err
	}
	if _, err := tx.ExecContext(ctx, db.Dialect.lock()); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx, nil
}

// Commit commits, and gives the connection back.
func (tx *Tx) Commit() error { return tx.end(tx.Tx.Commit()) }

// Rollback takes all back that was written. After Commit, and where the end of the context has done so, it does nothing.
func (tx *Tx) Rollback() error {
	err := tx.Tx.Rollback()
	if errors.Is(err, sql.ErrTxDone) {
		err = nil
	}
	return tx.end(err)
}

func (tx *Tx) end(err error) error {
	if tx.lazy {
		tx.lazy = false
		tx.awake()
	}
	if closing := tx.conn.Close(); !errors.Is(closing, sql.ErrConnDone) {
		return errors.Join(err, closing)
	}
	return err
}

// awake makes the connection wait for the disk again. One that does not is not used any more.
func (tx *Tx) awake() {
	if _, err := tx.conn.ExecContext(context.Background(), "PRAGMA synchronous = FULL"); err != nil {
		_ = tx.conn.Raw(func(any) error { return driver.ErrBadConn }) // which it returns
	}
}
