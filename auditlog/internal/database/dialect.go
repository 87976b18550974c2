package database

import (
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
	words := strings.NewReplacer("bytea", "BLOB", "{POSTGRES}", "-- ")
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
