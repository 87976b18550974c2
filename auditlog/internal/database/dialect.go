package database

import (
	"context"
	"database/sql"
	"strings"
)

// Dialect is where the two databases differ.
type Dialect uint8

// The dialects.
const (
	SQLite Dialect = iota
	Postgres
)

// String returns the name of the database.
func (d Dialect) String() string { return [...]string{"sqlite", "postgres"}[min(int(d), 1)] }

// ddl brings a migration into the dialect. A statement that begins with {POSTGRES} is for that database only. Text compares by
// bytes in both: order must not depend on a server's locale.
func (d Dialect) ddl(version int) []string {
	text := migrations[version-1]
	if version == 1 {
		text += [...]func() string{sqliteTriggers, postgresTriggers}[d]()
	}
	words := strings.NewReplacer("bigint PRIMARY KEY", "INTEGER PRIMARY KEY", " uuid uuid", " uuid BLOB", "bytea", "BLOB", "{POSTGRES}", "-- ")
	if d == Postgres {
		words = strings.NewReplacer("text", `text COLLATE "C"`, "{POSTGRES}", "")
	}
	var statements []string
	for s := range strings.SplitSeq(words.Replace(text), "\n;\n") {
		if s = strings.TrimSpace(s); s != "" && !strings.HasPrefix(s, "-- ") {
			statements = append(statements, s)
		}
	}
	return statements
}

// lock serialises what may happen only once at a time over all processes, within a transaction that writes. SQLite's
// transactions that write are serial anyway.
func (d Dialect) lock() string {
	if d == Postgres {
		return "SELECT pg_advisory_xact_lock(7021438160923)"
	}
	return ""
}

// join makes a transaction see the state that another one sees, or returns a name for what it sees: all of them the name of the
// first. PostgreSQL exports snapshots; in SQLite, what changes rows of audit_logs also adds one to a chain, so the ends of all name
// the state.
func (d Dialect) join(ctx context.Context, tx *sql.Tx, state string) (string, error) {
	switch {
	case d == SQLite:
		err := tx.QueryRowContext(ctx, "SELECT COALESCE(group_concat((SELECT id || hex(hash) FROM audit_logs WHERE "+
			InChain("id", "number")+" ORDER BY id DESC LIMIT 1)), 'empty') FROM audit_chains").Scan(&state)
		return state, err
	case state == "":
		err := tx.QueryRowContext(ctx, "SELECT pg_export_snapshot()").Scan(&state)
		return state, err
	default:
		_, err := tx.ExecContext(ctx, "SET TRANSACTION SNAPSHOT '"+state+"'") // it takes no parameter, and is the server's own word
		return state, err
	}
}
