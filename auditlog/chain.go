package auditlog

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"strings"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// chain is the state of the chain that a store writes. It is what the database had after the last commit that is known to
// have succeeded.
type chain struct {
	head    Head // Seq is 0 before the first row
	number  int64
	written int64
	doubt   bool // the last transaction failed, perhaps after its commit: look before writing
	tried   Head // what it would have made the head
	hasher  hasher
}

// txn is a transaction that adds rows to the chain. The chain takes over its head once it is committed.
type txn struct {
	*database.Tx
	store   *Store
	ctx     context.Context //nolint:containedctx // a txn lives for one call
	head    Head
	number  int64 // of the chain
	written int64
	pending []*row
	coming  *encoder // makes rows during flush; may be nil
}

// write runs what adds rows in one transaction. After an error nothing was written, unless the connection broke during the
// commit; the next write finds out.
func (s *Store) write(ctx context.Context, do func(*txn) error) error {
	return s.writeIn(ctx, s.db.Begin, do)
}

// change is write for what changes or removes rows, too: it excludes package block, which must not keep what they held.
func (s *Store) change(ctx context.Context, do func(*txn) error) error {
	return s.writeIn(ctx, s.db.Exclusive, do)
}

func (s *Store) writeIn(ctx context.Context, begin beginner, do func(*txn) error) error {
	if err := s.settleChain(ctx); err != nil {
		return err
	}
	t := &txn{store: s, ctx: ctx, head: s.chain.head, number: s.chain.number, written: s.chain.written}
	err := s.inTx(ctx, begin, func(tx *database.Tx) error {
		t.Tx = tx
		if err := do(t); err != nil {
			return err
		}
		return t.flush()
	})
	if err != nil {
		s.chain.doubt, s.chain.tried = true, t.head
		return err
	}
	t.done()
	return nil
}

// done makes the store take over what the transaction has written.
func (t *txn) done() {
	c := &t.store.chain
	c.head, c.number, c.written = t.head, t.number, t.written
	for _, r := range t.pending {
		t.store.upkeep.recent.Add(r.id(), r.request())
	}
}

type beginner func(context.Context) (*database.Tx, error)

// inTx runs a function in a transaction.
func (s *Store) inTx(ctx context.Context, begin beginner, do func(*database.Tx) error) error {
	tx, err := begin(ctx)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// longest is where a chain gives way to a new one: what one transaction adds has room behind it.
const longest = database.MaxSeq - 1<<20

// errTooMany means that the table has no room for another chain: some number in it is far too high, as nobody starts so many.
var errTooMany = errors.New("auditlog: the numbers of chains are used up")

// settleChain makes sure that the store has a chain and knows its head.
func (s *Store) settleChain(ctx context.Context) error {
	if s.chain.doubt {
		if err := s.reload(ctx); err != nil {
			return err
		}
	}
	if seq := s.chain.head.Seq; seq > 0 && seq < longest {
		return nil
	}
	return s.startChain(ctx)
}

// reload reads the head of the chain after a transaction of unknown outcome. If the chain ends elsewhere than this store can
// have left it, somebody else has written to it or removed it: it is left as it is, and a new one begins.
func (s *Store) reload(ctx context.Context) error {
	if s.chain.head.Seq > 0 {
		head, written, err := readHead(ctx, s.db, registered{s.chain.head.Writer, s.chain.number})
		if err != nil {
			return err
		}
		if head != s.chain.head && head != s.chain.tried {
			head, written = Head{}, 0
		}
		s.chain.head, s.chain.written = head, written
	}
	s.chain.doubt = false
	return nil
}

// rowQuerier is what *sql.DB and *sql.Tx have in common for one row.
type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// readHead returns the last row of a chain; Seq is 0 if there is none.
func readHead(ctx context.Context, q rowQuerier, chain registered) (Head, int64, error) {
	var (
		r       row
		written int64
		hash    []byte
	)
	err := q.QueryRowContext(
		ctx, "SELECT id, hash, written_us FROM audit_logs WHERE "+database.InChain("id", "$1")+" ORDER BY id DESC LIMIT 1", chain.number,
	).Scan((*rowID)(&r), &hash, &written)
	if errors.Is(err, sql.ErrNoRows) {
		return Head{}, 0, nil
	}
	head := Head{Writer: chain.writer, Seq: r.seq}
	copy(head.Hash[:], hash)
	return head, written, err
}

// start is the body of the first row of a chain. Chains are numbered from 1 over all writers, and each names the head that
// the one before it had at that moment: so the loss of a chain shows in the next.
type start struct {
	Number   int64 `json:"number"`
	Previous *Head `json:"previous,omitempty"`
}

// stop is the body of the last row of a chain.
type stop struct {
	Reason string `json:"reason"`
}

// startChain registers a new chain and writes its first row.
func (s *Store) startChain(ctx context.Context) error {
	writer := newWriterID()
	t := &txn{store: s, ctx: ctx, head: Head{Writer: writer}}
	err := s.inTx(ctx, s.db.Exclusive, func(tx *database.Tx) error {
		t.Tx = tx
		body, err := s.register(ctx, tx, writer)
		if err != nil {
			return err
		}
		t.number = body.Number
		if err := t.act(kindStart, body); err != nil {
			return err
		}
		return t.flush()
	})
	if err != nil {
		return err // a chain of which nobody knows whether it was committed stays as it is: one row, and no other follows
	}
	t.done()
	return nil
}

func (s *Store) register(ctx context.Context, tx *database.Tx, writer string) (start, error) {
	var last registered
	err := tx.QueryRowContext(ctx, "SELECT writer, number FROM audit_chains ORDER BY number DESC LIMIT 1").Scan(&last.writer, &last.number)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return start{}, err
	}
	if last.number >= database.MaxChain {
		return start{}, errTooMany
	}
	body := start{Number: last.number + 1}
	if last.number > 0 {
		head, _, err := readHead(ctx, tx, last)
		if err != nil {
			return body, err
		}
		if head.Seq > 0 {
			body.Previous = &head
		}
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO audit_chains (writer, number, started_us) VALUES ($1, $2, $3)",
		writer, body.Number, s.now().UnixMicro())
	return body, err
}

// newWriterID returns a name for a chain that no other has: 60 random bits.
func newWriterID() string { return strings.ToLower(rand.Text()[:12]) }

// append puts rows at the end of the chain.
func (t *txn) append(rows ...*row) {
	now := t.store.now().UnixMicro()
	if now < t.written {
		now = t.written // the order of rows is the order of their times, which retention relies on
	}
	h := &t.store.chain.hasher
	salts := make([]byte, saltSize*len(rows))
	_, _ = rand.Read(salts) // never fails
	for i, r := range rows {
		r.writer, r.chain, r.seq, r.written = t.head.Writer, t.number, t.head.Seq+1, now
		r.salt = salts[i*saltSize : (i+1)*saltSize : (i+1)*saltSize]
		digest := h.digest(r)
		r.digest = digest[:]
		previous := t.head.Hash
		r.previous = previous[:]
		hash := h.row(r)
		r.hash = hash[:]
		t.head.Seq, t.head.Hash = r.seq, hash
	}
	t.written = now
	t.pending = append(t.pending, rows...)
}

// saltSize is the length of a salt in bytes: too many values to try.
const saltSize = 16

// flush inserts the rows that wait, then those that are coming, as the last thing before the commit.
func (t *txn) flush() error {
	rows := database.Rows{
		Table: "audit_logs", Columns: columnNames, Width: columnCount, Values: valuesOf(t.pending),
	}
	if t.coming == nil {
		return t.Insert(t.ctx, rows)
	}
	a := t.goAhead()
	rows.More = a.values
	err := t.Insert(t.ctx, rows)
	return errors.Join(a.wait(), err)
}

func valuesOf(rows []*row) []any {
	values := make([]any, 0, len(rows)*columnCount)
	for _, r := range rows {
		values = r.values(values)
	}
	return values
}
