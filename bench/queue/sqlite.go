package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	_ "modernc.org/sqlite" // the driver
)

// table is a table whose row ids ascend, with prepared statements on one connection, which is what SQLite allows to write.
type table struct {
	db             *sql.DB
	insert, remove *sql.Stmt
	read           *sql.Stmt
	log            *os.File
	ending, ended  chan struct{}
}

func openSQLite(folder string, d durability) (store, error) {
	synchronous := "OFF"
	if d == synced {
		synchronous = "FULL"
	}
	db, err := sql.Open("sqlite", "file:"+folder+"?_pragma=journal_mode(WAL)&_pragma=synchronous("+synchronous+")")
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	db.SetMaxOpenConns(1)
	t := &table{db: db, ending: make(chan struct{}), ended: make(chan struct{})}
	if _, err := db.ExecContext(background, "CREATE TABLE queue (id INTEGER PRIMARY KEY, payload BLOB NOT NULL)"); err != nil {
		return nil, err
	}
	return t, errors.Join(
		prepare(db, &t.insert, "INSERT INTO queue (payload) VALUES (?)"),
		prepare(db, &t.read, "SELECT id, payload FROM queue ORDER BY id LIMIT ?"),
		prepare(db, &t.remove, "DELETE FROM queue WHERE id <= ?"),
		t.keepSynced(folder+"-wal", d),
	)
}

var background = context.Background()

func prepare(db *sql.DB, into **sql.Stmt, query string) (err error) {
	*into, err = db.PrepareContext(background, query)
	return err
}

// keepSynced syncs the write-ahead log every 100 ms where transactions do not.
func (t *table) keepSynced(log string, d durability) (err error) {
	if t.log, err = os.OpenFile(log, os.O_RDWR, 0); err != nil {
		return err
	}
	go func() {
		defer close(t.ended)
		for d == interval && pause(t.ending) {
			_ = t.log.Sync() // the spool does not tell its callers at once either
		}
	}()
	return nil
}

func (t *table) add(n int) error {
	if n == 1 {
		_, err := t.insert.ExecContext(background, payload)
		return err
	}
	return t.transaction(func(tx *sql.Tx) error {
		insert := tx.StmtContext(background, t.insert)
		for range n {
			if _, err := insert.ExecContext(background, payload); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *table) transaction(do func(*sql.Tx) error) error {
	tx, err := t.db.BeginTx(background, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (t *table) drain(n int) error {
	return t.transaction(func(tx *sql.Tx) error {
		last, err := t.readSome(tx, n)
		if err != nil {
			return err
		}
		_, err = tx.StmtContext(background, t.remove).ExecContext(background, last)
		return err
	})
}

func (t *table) readSome(tx *sql.Tx, n int) (last int64, err error) {
	rows, err := tx.StmtContext(background, t.read).QueryContext(background, n)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var value sql.RawBytes
	for ; rows.Next(); n-- {
		if err := rows.Scan(&last, &value); err != nil {
			return 0, err
		}
	}
	if n > 0 {
		return 0, errors.Join(rows.Err(), fmt.Errorf("sqlite: %d records are missing", n))
	}
	return last, rows.Err()
}

func (t *table) close() error {
	close(t.ending)
	<-t.ended
	return errors.Join(t.insert.Close(), t.read.Close(), t.remove.Close(), t.log.Close(), t.db.Close())
}
