package auditlog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/block"
	"github.com/eventgen/eventgen/auditlog/internal/database"
	"github.com/eventgen/eventgen/runtime"
)

// sinkName labels the store in the statistics of a client.
const sinkName = "audit_log"

// leastAtOpen is how many rows of a killed process are worth a block of their own.
const leastAtOpen = 64

// ErrClosed means that the store was closed before.
var ErrClosed = errors.New("auditlog: store is closed")

// ErrReadOnly means that a store opened with Options.ReadOnly was asked to write.
var ErrReadOnly = errors.New("auditlog: store is open for reading only")

// ErrMissing means that [Open] was asked to read an audit log that does not exist.
var ErrMissing = database.ErrMissing

// Store is an open audit log. It implements runtime.Sink and is safe for concurrent use; its methods that write wait for each
// other. It has no goroutine. What it writes forms one chain, begun with the first row and ended by Close.
type Store struct {
	options Options
	mapping mapping
	db      *database.DB
	now     func() time.Time

	patience time.Duration // of Send

	mu     sync.Mutex
	closed bool
	chain  chain
	watch  watch
	upkeep upkeep
}

var (
	_ runtime.Sink       = (*Store)(nil)
	_ runtime.BatchSizer = (*Store)(nil)
)

// Open opens the audit log at url: the path of an SQLite file, for the processes of one host, or the postgres:// URL of a
// PostgreSQL database with encoding UTF8. Unless the options say ReadOnly, it creates what is missing and brings an older
// schema up to date; any number of processes may do so at once. The caller, or the client that has the store as a sink, must
// Close it.
func Open(ctx context.Context, url string, options Options) (*Store, error) {
	mode := database.Write
	if options.ReadOnly {
		mode = database.Read
	}
	db, err := database.Open(ctx, url, mode)
	if err != nil {
		return nil, failed("open", err)
	}
	options = options.withDefaults()
	s := &Store{options: options, mapping: newMapping(options.Columns), db: db, now: time.Now, patience: sendLimit}
	if err := s.foldAtOpen(ctx); err != nil {
		return nil, failed("open", errors.Join(err, db.Close()))
	}
	return s, nil
}

// foldAtOpen makes blocks of what killed processes have left. A disk that is full or a lock that somebody holds is no reason not to open:
// rows without a block are read one by one, and the next Open tries again.
func (s *Store) foldAtOpen(ctx context.Context) error {
	if s.options.ReadOnly {
		return nil
	}
	err := block.Fold(ctx, s.db, 0, leastAtOpen)
	if err != nil && ctx.Err() == nil && database.Classify(err) == database.Down {
		return nil
	}
	return err
}

// failed returns an error about what the store was to do, in one line and without values of events.
func failed(act string, err error) error {
	return fmt.Errorf("auditlog: %s: %w", act, database.Bare(err))
}

// Name returns "audit_log".
func (s *Store) Name() string { return sinkName }

// batchSize is how many rows are inserted together at most: beside batches of a hundred, a row costs a third less.
const batchSize = 2000

// BatchSize implements runtime.BatchSizer.
func (s *Store) BatchSize() int { return batchSize }

// Close ends the chain with a record that says so, after what [Store.Watch] has found missing and, if there is a key, with a
// last checkpoint, and closes the database. A chain without such an end belongs to a process that runs or was killed, which
// [Report] tells. Any further call returns nil.
func (s *Store) Close(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	err := s.finish(ctx)
	if err = errors.Join(err, s.db.Close()); err != nil {
		return failed("close", err)
	}
	return nil
}

// finish writes what comes last.
func (s *Store) finish(ctx context.Context) error {
	gaps := s.watch.closing()
	if s.options.ReadOnly || s.chain.head.Seq == 0 && len(gaps) == 0 {
		return nil // this store has written nothing
	}
	err := s.write(ctx, func(t *txn) error {
		if err := t.gap(gaps); err != nil {
			return err
		}
		return t.act(kindStop, stop{Reason: "closed"})
	})
	if err != nil {
		return err
	}
	return errors.Join(s.upkeep.recent.Fold(ctx, s.db, 1), s.checkpointIfDue(ctx, 0))
}

// usable returns why the store cannot write.
func (s *Store) usable() error {
	switch {
	case s.closed:
		return ErrClosed
	case s.options.ReadOnly:
		return ErrReadOnly
	default:
		return nil
	}
}
