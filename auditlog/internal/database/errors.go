package database

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"slices"
	"strconv"
	"strings"

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
	Denied                // rights, schema, or a database that is for reading only: somebody has to act
	Damaged               // the file is not a database, or no longer one: somebody has to act
)

// String returns a short constant, which is the reason in statistics.
func (f Fault) String() string {
	return [...]string{"database", "conflict", "constraint", "database_denied", "database_damaged"}[min(int(f), 4)]
}

// Primary result codes and the extended ones for unique keys of SQLite.
const (
	sqlitePerm, sqliteReadOnly, sqliteTooBig, sqliteConstraint, sqliteMismatch, sqliteAuth = 3, 8, 18, 19, 20, 23
	sqliteError, sqliteBusy, sqliteCorrupt, sqliteCantOpen, sqliteNotADatabase             = 1, 5, 11, 14, 26
	sqliteConstraintPrimaryKey, sqliteConstraintUnique, sqliteConstraintTrigger            = 1555, 2067, 1811
)

// Classify tells what an error of the database means. What it does not know is Down.
func Classify(err error) Fault {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return classifyPostgres(p.Code)
	}
	var s *sqlite.Error
	switch {
	case errors.As(err, &s):
		return classifySQLite(s)
	case errors.Is(err, ErrMoved):
		return Denied
	default:
		return Down
	}
}

func classifySQLite(err *sqlite.Error) Fault {
	switch code := err.Code(); {
	case code == sqliteConstraintPrimaryKey, code == sqliteConstraintUnique, isOwnTrigger(err):
		return Conflict
	default:
		return classifyPrimary(code & 0xff)
	}
}

// isOwnTrigger reports whether the trigger that stands before the unique keys refused an insertion, rather than one that somebody added.
func isOwnTrigger(err *sqlite.Error) bool {
	return err.Code() == sqliteConstraintTrigger && strings.Contains(err.Error(), "auditlog: ")
}

func classifyPrimary(code int) Fault {
	switch code {
	case sqliteTooBig, sqliteConstraint, sqliteMismatch:
		return Invalid
	case sqliteError, sqlitePerm, sqliteReadOnly, sqliteAuth, sqliteCantOpen:
		return Denied
	case sqliteCorrupt, sqliteNotADatabase:
		return Damaged
	default:
		return Down
	}
}

// classifyPostgres goes by SQLSTATE.
func classifyPostgres(state string) Fault {
	switch state {
	case "23505":
		return Conflict
	case "25006": // a read-only transaction: a standby, or a server that its administrator made read-only
		return Denied
	case "XX001", "XX002": // damaged data or index
		return Damaged
	}
	switch class(state) {
	case "22", "23", "54", "P0": // data, constraint, program limit, a trigger of somebody
		return Invalid
	case "28", "42", "3D", "3F": // authorisation, access rule or missing table, no such database or schema
		return Denied
	default:
		return Down
	}
}

// class returns the first two characters of an SQLSTATE.
func class(state string) string { return state[:min(len(state), 2)] }

// Bare returns an error whose text is one line that names the cause and holds nothing of the data: texts of PostgreSQL about values
// quote them, and those of triggers may.
func Bare(err error) error {
	if err == nil {
		return nil
	}
	var p *pgconn.PgError
	if errors.As(err, &p) && !impersonal(p.Code) {
		return errors.New("postgres: SQLSTATE " + p.Code)
	}
	var s *sqlite.Error
	if errors.As(err, &s) && s.Code() == sqliteConstraintTrigger {
		return errors.New("sqlite: a trigger refuses the row (" + strconv.Itoa(s.Code()) + ")")
	}
	return &oneLine{err}
}

// impersonal reports whether the text that comes with an SQLSTATE never quotes values: in classes about the connection, rights, names,
// resources and the server itself.
func impersonal(state string) bool {
	return slices.Contains([]string{"08", "0A", "25", "26", "28", "3D", "3F", "40", "42", "53", "55", "57", "58", "XX"}, class(state))
}

// oneLine is an error with its text in one line.
type oneLine struct{ error }

// Unwrap returns the error as it came.
func (e *oneLine) Unwrap() error { return e.error }

// Error returns the lines of the text, which a driver or errors.Join has made, without those that only say that a transaction is over
// when it failed.
func (e *oneLine) Error() string {
	var lines []string
	for line := range strings.Lines(e.error.Error()) {
		line = strings.TrimSpace(line)
		if line != "" && (len(lines) == 0 || !slices.Contains(aftermath(), line)) {
			lines = append(lines, line)
		}
	}
	return strings.ReplaceAll(strings.Join(lines, "; "), ":; ", ": ")
}

// aftermath is what a rollback says after the connection or the transaction has ended by itself.
func aftermath() []string {
	return []string{
		sql.ErrTxDone.Error(), driver.ErrBadConn.Error(), pgconn.ErrConnClosed.Error(),
		"SQL logic error: cannot rollback - no transaction is active (1)",
	}
}
