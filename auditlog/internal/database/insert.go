package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"
)

// Rows are rows to be inserted: Width values for each, one after the other. Each value is nil, an int64, float64, string or []byte,
// and its column a bigint, double precision, text, or bytea or uuid.
type Rows struct {
	Table   string
	Columns string
	Width   int
	Values  []any
	More    <-chan []any // if not nil, more values, of whole rows, until it is closed; after an error, some may be left in it
}

// Insert inserts rows. It hands them to the driver itself, without database/sql: that saves SQLite a tenth of the time, and to
// PostgreSQL it allows COPY. After an error, the transaction must be rolled back: some of the rows may be in it.
func (tx *Tx) Insert(ctx context.Context, rows Rows) error {
	return tx.conn.Raw(func(conn any) error {
		switch c := conn.(type) {
		case *stdlib.Conn:
			return rows.copyTo(ctx, c.Conn().PgConn())
		case driver.ConnPrepareContext:
			return rows.insert(ctx, c)
		default:
			return fmt.Errorf("a connection of type %T takes no rows", conn)
		}
	})
}

// insert inserts rows into SQLite.
func (r *Rows) insert(ctx context.Context, conn driver.ConnPrepareContext) error {
	prepared, err := conn.PrepareContext(ctx, r.statement())
	if err != nil {
		return err
	}
	i, err := newInserter(prepared, r.Width)
	if err == nil {
		err = i.insertAll(ctx, r)
	}
	return errors.Join(err, prepared.Close())
}

// inserter inserts into SQLite, one row with each execution: the driver looks for each parameter among all of them, which from eight
// rows on costs more than a row does.
type inserter struct {
	statement driver.StmtExecContext
	args      []driver.NamedValue // of one row after the other
}

func newInserter(prepared driver.Stmt, width int) (*inserter, error) {
	statement, ok := prepared.(driver.StmtExecContext)
	if !ok {
		return nil, fmt.Errorf("a statement of type %T takes no context", prepared)
	}
	args := make([]driver.NamedValue, width)
	for i := range args {
		args[i].Ordinal = i + 1
	}
	return &inserter{statement, args}, nil
}

// insertAll inserts the rows that are there, and those that come.
func (i *inserter) insertAll(ctx context.Context, rows *Rows) error {
	err := i.insert(ctx, rows.Values)
	if rows.More == nil {
		return err
	}
	for err == nil {
		values, ok := <-rows.More
		if !ok {
			return nil
		}
		err = i.insert(ctx, values)
	}
	return err
}

// insert looks at the context between rows; the driver would start a goroutine for each to do so within one.
func (i *inserter) insert(ctx context.Context, values []any) error {
	during := context.WithoutCancel(ctx)
	for row := range slices.Chunk(values, len(i.args)) {
		for n, v := range row {
			i.args[n].Value = v
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := i.statement.ExecContext(during, i.args); err != nil {
			return err
		}
	}
	return nil
}

// statement inserts one row. After a failure all callers roll back, so SQLite need not be able to undo it alone, which would cost it
// a sixth of its time.
func (r *Rows) statement() string {
	return "INSERT OR FAIL INTO " + r.Table + " (" + r.Columns + ") VALUES (?" + strings.Repeat(",?", r.Width-1) + ")"
}
