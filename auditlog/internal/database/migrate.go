package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// prepare brings the schema to the current version, or in mode Read checks that it is there.
func (db *DB) prepare(ctx context.Context, mode Mode) error {
	if mode != Write {
		version, err := db.version(ctx, db)
		switch {
		case err != nil:
			return err
		case version == 0:
			return ErrMissing
		case version < Version:
			return fmt.Errorf("schema version %d is older than this program's %d: open it for writing once", version, Version)
		}
		return tooNew(version)
	}
	return db.Migrate(ctx, Version)
}

func tooNew(version int) error {
	if version > Version {
		return fmt.Errorf("schema version %d is newer than this program's %d", version, Version)
	}
	return nil
}

// Migrate brings the schema up to a version, from whatever older one it has, in one transaction. Any number of processes may
// do so at once.
func (db *DB) Migrate(ctx context.Context, to int) (err error) {
	if version, err := db.version(ctx, db); err == nil && version == to {
		return nil // without waiting for those who write
	}
	tx, err := db.Exclusive(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	version, err := db.version(ctx, tx)
	if err != nil {
		return err
	}
	if err := tooNew(version); err != nil {
		return err
	}
	for ; version < to; version++ {
		if err := db.step(ctx, tx, version+1); err != nil {
			return fmt.Errorf("migrate to version %d: %w", version+1, err)
		}
	}
	return tx.Commit()
}

func (db *DB) step(ctx context.Context, tx *Tx, version int) error {
	statements := db.Dialect.ddl(version)
	if version == 1 {
		statements = append([]string{"CREATE TABLE audit_schema (version bigint NOT NULL)", "INSERT INTO audit_schema VALUES (0)"},
			statements...)
	}
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "UPDATE audit_schema SET version = $1", version)
	return err
}

// rowQuerier is what *sql.DB and *sql.Tx have in common for one row.
type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// version returns the schema version, 0 where there is none.
func (db *DB) version(ctx context.Context, q rowQuerier) (int, error) {
	exists := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'audit_schema'"
	if db.Dialect == Postgres {
		exists = "SELECT count(*) FROM pg_catalog.pg_class WHERE oid = to_regclass('audit_schema')"
	}
	var n, version int
	if err := q.QueryRowContext(ctx, exists).Scan(&n); err != nil || n == 0 {
		return 0, err
	}
	err := q.QueryRowContext(ctx, "SELECT version FROM audit_schema").Scan(&version)
	return version, err
}
