package auditlog

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// VerifyOptions say what Verify compares the log with. The zero value checks what the chains themselves can show.
type VerifyOptions struct {
	// Checkpoint was exported before. With it, rows cut off at the end of a chain, whole chains that are gone, and an older
	// copy of the database show.
	Checkpoint *Checkpoint
	// PublicKey is the key that must have signed the checkpoint, and the records of erasure and retention which the checkpoint
	// does not cover. Without it, signatures are not looked at.
	PublicKey ed25519.PublicKey
}

// maxReaders bounds how many connections Verify reads through: as many as there are processors, up to this number.
const maxReaders = 4

// Verify reads all rows and reports what is wrong. The error is about reading only; a log that was tampered with is a Report
// that is not OK. It sees one state of the database, keeps no writer waiting, and needs memory for the chains and the records
// but not for the rows. It takes some microseconds a row, on up to four processors and connections.
func (s *Store) Verify(ctx context.Context, options VerifyOptions) (Report, error) {
	txs, err := s.db.Snapshots(ctx, min(runtime.GOMAXPROCS(0), maxReaders))
	if err != nil {
		return Report{}, failed("verify", err)
	}
	readers := make([]querierBoth, len(txs))
	for i, tx := range txs {
		defer tx.Rollback() //nolint:errcheck // nothing was written
		readers[i] = tx
	}
	r, err := verifyIn(ctx, readers, stride, options)
	if err != nil {
		return Report{}, failed("verify", err)
	}
	return r, nil
}

// verifyIn verifies what readers see, all of them the same, with this many rows at a time for each.
func verifyIn(ctx context.Context, readers []querierBoth, stride uint64, options VerifyOptions) (Report, error) {
	v := &verifier{
		q: readers[0], survey: survey{readers, stride}, trust: trust{options.PublicKey, options.Checkpoint}, pins: map[string][]Head{},
	}
	err := v.verify(ctx)
	return v.report, err
}

// verifier is the state of one verification.
type verifier struct {
	q      querierBoth
	survey survey
	trust  trust
	acts   *acts
	chains []registered
	pins   map[string][]Head // places that must be there, by chain
	report Report
}

type querierBoth interface {
	querier
	rowQuerier
}

func (v *verifier) verify(ctx context.Context) (err error) {
	if v.acts, err = readActs(ctx, v.q, &v.trust); err != nil {
		return err
	}
	if v.chains, err = readChains(ctx, v.q); err != nil {
		return err
	}
	if err := v.gatherPins(ctx); err != nil {
		return err
	}
	v.report.Missing = v.acts.missing
	for _, anchor := range v.acts.anchors {
		v.report.Removed += anchor.Seq
	}
	if err := v.walkAll(ctx); err != nil {
		return err
	}
	for _, p := range v.acts.bad {
		v.report.add(p)
	}
	return nil
}

// gatherPins collects the places that checkpoints and the first rows of chains name.
func (v *verifier) gatherPins(ctx context.Context) error {
	for _, s := range v.acts.starts {
		if s.Previous != nil {
			v.pin(*s.Previous)
		}
	}
	if c := v.trust.checkpoint; c != nil {
		if v.trust.key != nil && c.Check(v.trust.key) != nil {
			v.report.add(Problem{Seq: c.Number, Reason: BadCheckpoint})
		}
		v.pinAll(c)
	}
	kept, err := latest(ctx, v.q)
	if errors.Is(err, errCheckpoint) {
		v.report.add(Problem{Reason: BadCheckpoint})
		return nil
	}
	if err != nil || kept == nil {
		return err
	}
	if v.trust.key == nil || kept.Check(v.trust.key) == nil {
		v.pinAll(kept)
	}
	return nil
}

func (v *verifier) pinAll(c *Checkpoint) {
	for _, h := range c.Chains {
		v.pin(h)
	}
}

func (v *verifier) pin(h Head) { v.pins[h.Writer] = append(v.pins[h.Writer], h) }

// walkAll walks the registered chains, then what else there is.
func (v *verifier) walkAll(ctx context.Context) error {
	known := map[string]bool{}
	for i, c := range v.chains {
		known[c.writer] = true
		if want := v.nextNumber(i); c.number != want {
			v.report.add(Problem{Seq: want, Reason: ChainLost})
		}
		if err := v.walk(ctx, c); err != nil {
			return err
		}
	}
	others, err := v.unregistered(ctx)
	for _, chain := range others {
		v.report.add(Problem{nameOf(nil, chain), 1, UnknownChain})
	}
	for writer := range v.pins {
		if !known[writer] {
			v.report.add(Problem{writer, 1, ChainLost})
		}
	}
	return err
}

// nextNumber is the number that chain i should have.
func (v *verifier) nextNumber(i int) int64 {
	if i == 0 {
		return 1
	}
	return v.chains[i-1].number + 1
}

// unregistered finds the numbers of chains that are not in audit_chains, by jumping from one to the next through the key.
func (v *verifier) unregistered(ctx context.Context) ([]int64, error) {
	known := map[int64]bool{}
	for _, c := range v.chains {
		known[c.number] = true
	}
	var found []int64
	query := fmt.Sprintf("WITH RECURSIVE w(id) AS (SELECT min(id) FROM audit_logs UNION ALL "+
		"SELECT (SELECT min(l.id) FROM audit_logs l WHERE l.id > (w.id | %d)) FROM w WHERE w.id IS NOT NULL) "+
		"SELECT %s FROM w WHERE id IS NOT NULL", int64(database.MaxSeq), database.ChainOf("id"))
	err := database.Each(v.q.QueryContext(ctx, query))(func(scan database.Scan) error {
		var chain int64
		if err := scan(&chain); err != nil {
			return err
		}
		if !known[chain] {
			found = append(found, chain)
		}
		return nil
	})
	return found, err
}

// walk verifies one chain.
func (v *verifier) walk(ctx context.Context, chain registered) error {
	w := v.walker(chain.writer, chain.number)
	if err := v.survey.each(ctx, chain, w.check); err != nil {
		return err
	}
	w.end()
	return nil
}

// walker follows one chain.
type walker struct {
	*verifier
	writer  string
	number  int64
	rows    int64
	last    sight  // the row before
	pins    []Head // those that are still ahead
	stopped bool
}

func (v *verifier) walker(writer string, number int64) *walker {
	anchor := v.acts.anchors[writer]
	w := &walker{verifier: v, writer: writer, number: number, last: sight{seq: anchor.Seq, hash: anchor.Hash}}
	w.pins = slices.SortedFunc(slices.Values(v.pins[writer]), func(a, b Head) int { return cmp.Compare(a.Seq, b.Seq) })
	for len(w.pins) > 0 && w.pins[0].Seq <= anchor.Seq {
		if w.pins[0].Seq == anchor.Seq && w.pins[0].Hash != anchor.Hash {
			w.problem(anchor.Seq, Diverged)
		}
		w.pins = w.pins[1:]
	}
	return w
}

func (w *walker) problem(seq int64, reason Reason) { w.report.add(Problem{w.writer, seq, reason}) }

// check verifies the next row.
func (w *walker) check(r *sight) {
	w.rows++
	if r.seq <= w.last.seq {
		w.problem(r.seq, Resurrected) // keys are unique and in order, so it is one that retention has removed
		return
	}
	if r.seq != w.last.seq+1 {
		w.problem(w.last.seq+1, Missing)
	}
	if reason := w.fault(r); reason != "" {
		w.problem(r.seq, reason)
	}
	w.meet(r)
	w.stopped = r.kind == kindStop
	w.last = *r
}

// fault returns the first thing that is wrong with a row.
func (w *walker) fault(r *sight) Reason {
	switch {
	case r.altered:
		return Altered
	case r.seq == w.last.seq+1 && r.previous != w.last.hash:
		return Unlinked
	case w.stopped:
		return AfterEnd
	case (r.seq == 1) != (r.kind == kindStart), r.kind == kindStart && w.acts.starts[w.writer].Number != w.number:
		return Malformed
	case r.edited:
		return PayloadEdited
	case r.emptied:
		return w.emptied(r)
	}
	return ""
}

// emptied checks a row whose personal part was erased.
func (w *walker) emptied(r *sight) Reason {
	if r.kind != kindEvent || !w.acts.isErased(w.writer, r.seq) {
		return Unrecorded
	}
	w.report.Erased++
	return ""
}

// meet compares the row with what is known about its place.
func (w *walker) meet(r *sight) {
	for len(w.pins) > 0 && w.pins[0].Seq <= r.seq {
		pin := w.pins[0]
		w.pins = w.pins[1:]
		if pin.Seq == r.seq && pin.Hash != r.hash {
			w.problem(pin.Seq, Diverged)
		}
	}
}

// end judges the chain as a whole.
func (w *walker) end() {
	switch {
	case w.rows == 0 && w.last.seq == 0:
		w.problem(1, ChainLost)
	case len(w.pins) > 0:
		w.problem(w.last.seq+1, Truncated)
	}
	w.report.Rows += w.rows
	w.report.Chains++
	if !w.stopped && w.rows > 0 {
		w.report.Open = append(w.report.Open, w.writer)
	}
	if c := w.trust.checkpoint; c != nil {
		w.report.Covered += max(0, min(c.head(w.writer).Seq, w.last.seq)-w.acts.anchors[w.writer].Seq)
	}
}
