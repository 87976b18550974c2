package database

import (
	"context"
	"database/sql/driver"
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

// insert inserts rows into SQLite, one with each execution: the driver looks for each parameter among all of them, which from eight
// rows on costs more than a row does. It looks at the context between rows; the driver would start a goroutine for each to do so
// within one.
func (r *Rows) insert(ctx context.Context, conn driver.ConnPrepareContext) (err error) {
	prepared, err := conn.PrepareContext(ctx, r.statement())
	if err != nil {
		return err
	}
	defer func() {
		if closing := prepared.Close(); err == nil {
			err = closing
		}
	}()
	statement, ok := prepared.(driver.StmtExecContext)
	if !ok {
		return fmt.Errorf("a statement of type %T takes no context", prepared)
	}
	args := make([]driver.NamedValue, r.Width)
	for i := range args {
		args[i].Ordinal = i + 1
	}
	insert := func(values []any) error {
		for row := range slices.Chunk(values, r.Width) {
			for i, v := range row {
				args[i].Value = v
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if _, err := statement.ExecContext(context.WithoutCancel(ctx), args); err != nil {
				return err
			}
		}
		return nil
	}
	if err := insert(r.Values); err != nil || r.More == nil {
		return err
	}
	for values := range r.More {
		if err := insert(values); err != nil {
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
