package auditlog

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/database"
	"github.com/eventgen/eventgen/runtime"
)

// Send writes a batch in one transaction: when it returns without an error, the rows are in the database, and in the chain.
// A message whose uuid is there already counts as delivered and is not written again. A batch that breaks a constraint is
// Poisoned, so that the sender finds the message; a missing right or table, a database that is read-only or damaged, and a file that was
// moved away pause; everything else is Temporary. It gives up after two minutes, so that a server which does not answer is tried again
// over another connection.
func (s *Store) Send(ctx context.Context, batch runtime.Batch) ([]runtime.Verdict, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	if err := s.usable(); err != nil {
		return nil, &runtime.SendError{Failure: runtime.Paused, Reason: "closed", Err: err}
	}
	gaps := s.watch.due(s.now())
	e := newEncoder(s.mapping, batch.Messages)
	err := s.write(ctx, func(t *txn) error {
		t.coming = e
		return t.gap(gaps)
	})
	if err != nil && database.Classify(err) == database.Conflict {
		e = newEncoder(s.mapping, batch.Messages)
		err = s.insertNew(ctx, e.rest(), gaps)
	}
	if err != nil {
		s.db.Renew(err)
		return nil, sendError(err)
	}
	s.watch.recorded(gaps)
	s.keepUp(ctx, e.rows)
	return e.verdicts, nil
}

// sendLimit is how long Send may take: far longer than a batch does, and than the transactions of others that it may have to wait for.
const sendLimit = 2 * time.Minute

func (s *Store) insert(ctx context.Context, rows []*row, gaps counts) error {
	if len(rows) == 0 && len(gaps) == 0 {
		return nil
	}
	return s.write(ctx, func(t *txn) error {
		if err := t.gap(gaps); err != nil {
			return err
		}
		t.append(rows...)
		return nil
	})
}

// insertNew inserts the rows whose uuid is not there yet.
func (s *Store) insertNew(ctx context.Context, rows []*row, gaps counts) error {
	known, err := s.knownUUIDs(ctx, rows)
	if err != nil {
		return err
	}
	fresh := make([]*row, 0, len(rows))
	for _, r := range rows {
		if !known[runtime.UUID(r.uuid)] {
			fresh = append(fresh, r)
		}
	}
	return s.insert(ctx, fresh, gaps)
}

func (s *Store) knownUUIDs(ctx context.Context, rows []*row) (map[runtime.UUID]bool, error) {
	known := map[runtime.UUID]bool{}
	for len(rows) > 0 {
		part := rows[:min(100, len(rows))]
		rows = rows[len(part):]
		args := make([]any, len(part))
		for i, r := range part {
			args[i] = []byte(r.uuid)
		}
		query := "SELECT uuid FROM audit_logs WHERE uuid IN (" + placeholders(len(part)) + ")"
		err := database.Each(s.db.QueryContext(ctx, query, args...))(func(scan database.Scan) error {
			var uuid database.UUID
			err := scan(&uuid)
			known[runtime.UUID(uuid)] = true
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return known, nil
}

// placeholders returns $1, $2, …, $n.
func placeholders(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i+1))
	}
	return b.String()
}

// querier is what *sql.DB and *sql.Tx have in common for several rows.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// sendError tells the sender how to go on.
func sendError(err error) *runtime.SendError {
	if errors.Is(err, errPanic) {
		return &runtime.SendError{Failure: runtime.Poisoned, Reason: "panic", Err: errPanic}
	}
	if errors.Is(err, errTooMany) {
		return &runtime.SendError{Failure: runtime.Paused, Reason: "chains_used_up", Err: errTooMany}
	}
	fault := database.Classify(err)
	e := &runtime.SendError{Reason: fault.String(), Err: database.Bare(err)}
	switch fault {
	case database.Invalid:
		e.Failure = runtime.Poisoned
	case database.Denied, database.Damaged:
		e.Failure = runtime.Paused
	case database.Down, database.Conflict: // a conflict that stays is a race with another writer
		e.Failure = runtime.Temporary
	}
	return e
}
