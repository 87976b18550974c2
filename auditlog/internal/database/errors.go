package database

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// Fault is what an error of the database means for what was written.
type Fault uint8

// The faults.
const (
	Down     Fault = iota // the database cannot be reached, is busy, full or stopping: the same may work later
	Conflict              // a row with the same key exists
	Invalid               // the database will never take the data
	Denied                // rights or schema: somebody has to act
)

// String returns a short constant, which is the reason in statistics.
func (f Fault) String() string {
	return [...]string{"database", "conflict", "constraint", "database_denied"}[min(int(f), 3)]
}

// Primary result codes and the extended ones for unique keys of SQLite.
const (
	sqlitePerm, sqliteReadOnly, sqliteTooBig, sqliteConstraint, sqliteMismatch, sqliteAuth = 3, 8, 18, 19, 20, 23
	sqliteError                                                                            = 1
	sqliteConstraintPrimaryKey, sqliteConstraintUnique, sqliteConstraintTrigger            = 1555, 2067, 1811
)

// Classify tells what an error of the database means. What it does not know is Down.
func Classify(err error) Fault {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return classifyPostgres(p.Code)
	}
	var s *sqlite.Error
	if errors.As(err, &s) {
		return classifySQLite(s.Code())
	}
	return Down
}

func classifySQLite(code int) Fault {
	switch code {
	case sqliteConstraintPrimaryKey, sqliteConstraintUnique, sqliteConstraintTrigger: // an insertion's only trigger is about keys
		return Conflict
	}
	switch code & 0xff {
	case sqliteTooBig, sqliteConstraint, sqliteMismatch:
		return Invalid
	case sqliteError, sqlitePerm, sqliteReadOnly, sqliteAuth:
		return Denied
	default:
		return Down
	}
}

// classifyPostgres goes by SQLSTATE, whose first two characters are its class.
func classifyPostgres(state string) Fault {
	if state == "23505" {
		return Conflict
	}
	class := state
	if len(class) > 2 {
		class = class[:2]
	}
	switch class {
	case "22", "23", "54": // data, constraint, program limit
		return Invalid
	case "28", "42", "3D", "3F": // authorisation, access rule or missing table, no such database or schema
		return Denied
	default:
		return Down
	}
}

// Bare returns an error without what it may quote of the data: PostgreSQL's texts about values do.
func Bare(err error) error {
	var p *pgconn.PgError
	if Classify(err) != Down && Classify(err) != Denied && errors.As(err, &p) {
		return errors.New("postgres: SQLSTATE " + p.Code)
	}
	return err
}
