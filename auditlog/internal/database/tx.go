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

// Begin begins a transaction that writes. It must end with Commit or Rollback.
func (db *DB) Begin(ctx context.Context) (*Tx, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	tx := &Tx{conn: conn}
	if tx.Tx, err = conn.BeginTx(ctx, nil); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return tx, nil
}

// Exclusive begins a transaction that writes and excludes all others begun with Exclusive or Lazy.
func (db *DB) Exclusive(ctx context.Context) (*Tx, error) {
	tx, err := db.Begin(ctx)
	if err != nil || db.Dialect.lock() == "" {
		return tx, err
	}
	if _, err := tx.ExecContext(ctx, db.Dialect.lock()); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx, nil
}

// Lazy is Exclusive for what can be computed again. Its Commit waits for no disk: when the machine stops, all of it may be gone, though
// nothing that was committed later is there without it.
func (db *DB) Lazy(ctx context.Context) (*Tx, error) {
	if db.Dialect == Postgres {
		tx, err := db.Exclusive(ctx)
		if err != nil {
			return nil, err
		}
		if _, err := tx.ExecContext(ctx, "SET LOCAL synchronous_commit = off"); err != nil {
			return nil, errors.Join(err, tx.Rollback())
		}
		return tx, nil
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	tx := &Tx{conn: conn, lazy: true}
	if _, err = conn.ExecContext(ctx, "PRAGMA synchronous = NORMAL"); err == nil {
		tx.Tx, err = conn.BeginTx(ctx, nil)
	}
	if err != nil {
		return nil, tx.end(err)
	}
	return tx, nil
}

// Commit commits, and gives the connection back.
func (tx *Tx) Commit() error { return tx.end(tx.Tx.Commit()) }

// Rollback takes all back that was written. After Commit it does nothing and returns sql.ErrTxDone.
func (tx *Tx) Rollback() error { return tx.end(tx.Tx.Rollback()) }

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
