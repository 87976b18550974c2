package auditlog

import (
	"bytes"
	"context"
	"database/sql"
	"sync"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// stride is how many rows a reader takes at a time.
const stride = 8192

// mostStrides bounds how often a chain is read from, whatever numbers somebody may have given to its rows.
const mostStrides = 4096

// sight is what a row shows by itself, whatever stands around it.
type sight struct {
	seq      int64
	kind     string
	previous Hash // zero where the row has no such thing
	hash     Hash // as it stands in the row
	altered  bool // it is not the hash of the row
	emptied  bool // there is no salt
	edited   bool // the personal part does not have its digest or, if it should be empty, is not
}

// look computes the hashes of a row, which is most of the work of verifying it.
func (h *hasher) look(r *row) sight {
	s := sight{seq: r.seq, kind: r.kind, emptied: r.salt == nil}
	hash := h.row(r)
	s.altered = !bytes.Equal(hash[:], r.hash)
	copy(s.hash[:], r.hash)
	if len(r.previous) == len(s.previous) {
		copy(s.previous[:], r.previous)
	}
	if s.emptied {
		s.edited = !r.personal.empty()
		return s
	}
	digest := h.digest(r)
	s.edited = !bytes.Equal(digest[:], r.digest)
	return s
}

func (p *personal) empty() bool {
	for _, s := range p.fields() {
		if s.Valid {
			return false
		}
	}
	return true
}

// survey reads chains through one or more readers, which see the same. Reading and hashing a row takes 13 µs of the processor, judging
// what it shows a hundredth of that, so the readers share the former and one goroutine does the latter, in the order of the rows.
type survey struct {
	readers []querierBoth
	stride  uint64
}

// each calls a function for what each row of a chain shows, in order.
func (s *survey) each(ctx context.Context, chain registered, do func(*sight)) error {
	parts, err := s.parts(ctx, chain.number)
	if err != nil {
		return err
	}
	for len(parts) > 0 {
		round := parts[:min(len(parts), len(s.readers))]
		parts = parts[len(round):]
		seen, err := s.round(ctx, chain.writer, round)
		if err != nil {
			return err
		}
		for _, part := range seen {
			for i := range part {
				do(&part[i])
			}
		}
	}
	return nil
}

// parts cuts the ids of a chain.
func (s *survey) parts(ctx context.Context, chain int64) ([]span, error) {
	var first, last sql.NullInt64
	query := "SELECT min(id), max(id) FROM audit_logs WHERE " + database.InChain("id", "$1")
	err := s.readers[0].QueryRowContext(ctx, query, chain).Scan(&first, &last)
	if err != nil || !first.Valid {
		return nil, err
	}
	wide := uint64(last.Int64) - uint64(first.Int64) // also where it is more than an int64 holds
	step := max(s.stride, wide/mostStrides+1)
	parts := make([]span, 0, wide/step+1)
	for from := uint64(0); ; from += step {
		start := int64(uint64(first.Int64) + from)
		if wide-from < step {
			return append(parts, span{start, last.Int64}), nil
		}
		parts = append(parts, span{start, int64(uint64(start) + step - 1)})
	}
}

// round reads a part with each reader.
func (s *survey) round(ctx context.Context, writer string, parts []span) ([][]sight, error) {
	seen := make([][]sight, len(parts))
	errs := make([]error, len(parts))
	var readers sync.WaitGroup
	for i, part := range parts {
		readers.Go(func() { seen[i], errs[i] = read(ctx, s.readers[i], writer, part) })
	}
	readers.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// read looks at the rows of a part.
func read(ctx context.Context, q querier, writer string, part span) ([]sight, error) {
	var (
		h    hasher
		seen []sight
	)
	r := row{writer: writer}
	targets := r.targets()
	query := "SELECT " + columnNames + " FROM audit_logs WHERE id BETWEEN $1 AND $2 ORDER BY id"
	err := database.Each(q.QueryContext(ctx, query, part[0], part[1]))(func(scan database.Scan) error {
		if err := scan(targets...); err != nil {
			return err
		}
		seen = append(seen, h.look(&r))
		return nil
	})
	return seen, err
}
