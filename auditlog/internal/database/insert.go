package database

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
)

// Rows are rows to be inserted: Width values for each, one after the other.
type Rows struct {
	Table   string
	Columns string
	Width   int
	Values  []any
	More    <-chan []any // if not nil, more values, of whole rows, until it is closed; after an error, some may be left in it
	// Plain says that each value is nil, an int64, float64, string or []byte, and its column a bigint, double precision, text or
	// bytea. PostgreSQL then takes the rows by COPY.
	Plain bool
}

// chunk is how many rows one statement inserts. SQLite's driver looks for each parameter among all of them, which costs more than
// a row does from eight rows on, and has no round trips to save; PostgreSQL has.
func (d Dialect) chunk() int { return [...]int{1, 100}[d] }

// verb begins an insertion. After a failure all callers roll back, so SQLite need not be able to undo the statement alone, which
// would cost it a sixth of its time.
func (d Dialect) verb() string { return [...]string{"INSERT OR FAIL INTO ", "INSERT INTO "}[d] }

// Insert inserts rows in few statements. After an error, the transaction must be rolled back: some of the rows may be in it. It
// looks at the context between statements; SQLite's driver would start a goroutine for each row to do so within one.
func (db *DB) Insert(ctx context.Context, tx *sql.Tx, rows Rows) error {
	if db.Dialect == Postgres && rows.Plain {
		rows.Values = rows.all() // to send them as they come made more messages, and an insertion took 7 % longer
		_, err := tx.ExecContext(ctx, "COPY", copier{rows})
		return err
	}
	if err := db.insertValues(ctx, tx, rows, rows.Values); err != nil || rows.More == nil {
		return err
	}
	for values := range rows.More {
		if err := db.insertValues(ctx, tx, rows, values); err != nil {
			return err
		}
	}
	return nil
}

// all waits for the values that are to come.
func (r *Rows) all() []any {
	if r.More == nil {
		return r.Values
	}
	values := slices.Clone(r.Values)
	for more := range r.More {
		values = append(values, more...)
	}
	return values
}

func (db *DB) insertValues(ctx context.Context, tx *sql.Tx, rows Rows, values []any) error {
	size := db.Dialect.chunk() * rows.Width
	whole := len(values) / size * size
	if err := db.insertParts(ctx, tx, rows, values[:whole], size); err != nil {
		return err
	}
	return db.insertParts(ctx, tx, rows, values[whole:], len(values)-whole)
}

// insertParts inserts values, size of them with each statement.
func (db *DB) insertParts(ctx context.Context, tx *sql.Tx, rows Rows, values []any, size int) error {
	if len(values) == 0 {
		return nil
	}
	prepared, err := db.statement(ctx, db.Dialect.insert(rows, size/rows.Width))
	if err != nil {
		return err
	}
	statement := tx.StmtContext(ctx, prepared)
	defer statement.Close() // the prepared one stays
	during := ctx
	if db.Dialect == SQLite {
		during = context.WithoutCancel(ctx)
	}
	for ; len(values) > 0 && err == nil; values = values[size:] {
		if err = ctx.Err(); err == nil {
			_, err = statement.ExecContext(during, values[:size]...)
		}
	}
	return err
}

// insert returns the statement for n rows.
func (d Dialect) insert(rows Rows, n int) string {
	var b strings.Builder
	b.WriteString(d.verb() + rows.Table + " (" + rows.Columns + ") VALUES ")
	for i := range n * rows.Width {
		switch {
		case i == 0:
			b.WriteByte('(')
		case i%rows.Width == 0:
			b.WriteString("), (")
		default:
			b.WriteByte(',')
		}
		if d == Postgres {
			b.WriteString("$" + strconv.Itoa(i+1))
		} else {
			b.WriteByte('?')
		}
	}
	b.WriteString(")")
	return b.String()
}

// statement returns a prepared statement, which stays with the database: parsing costs more than inserting a row.
func (db *DB) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if s := db.statements[query]; s != nil {
		return s, nil
	}
	s, err := db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if db.statements == nil {
		db.statements = map[string]*sql.Stmt{}
	}
	db.statements[query] = s
	return s, nil
}
