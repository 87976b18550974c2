package auditlog

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"maps"
	"slices"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// retention is the body of a record that rows were removed: each chain now begins behind its anchor.
type retention struct {
	Before  time.Time `json:"before"`
	Anchors []Head    `json:"anchors"`
	Removed int64     `json:"removed"` // rows
}

// erasure is the body of a record that rows were emptied. It does not say whose they were.
type erasure struct {
	Rows   map[string][]span `json:"rows"` // by chain
	Erased int64             `json:"erased"`
}

// span is a range of rows of a chain, ends included.
type span [2]int64

// acts are what the records of the store say, before it is known whether they are genuine.
type acts struct {
	starts  map[string]start
	anchors map[string]Head   // the last row that retention has removed
	erased  map[string][]span // in order, not overlapping
	stopped map[string]bool
	missing counts
	bad     []Problem // unreadable, or not signed though they should be
}

// trust says which records need a signature: with a key, those that the checkpoint does not cover.
type trust struct {
	key        ed25519.PublicKey
	checkpoint *Checkpoint
}

func (t *trust) publicKey() ed25519.PublicKey {
	if t == nil {
		return nil
	}
	return t.key
}

func (t *trust) needed(r *row) bool {
	if t == nil || t.key == nil || r.kind != kindErasure && r.kind != kindRetention {
		return false
	}
	return t.checkpoint == nil || r.seq > t.checkpoint.head(r.writer).Seq
}

// readActs reads the records of all chains. The trust may be nil: then no signature is looked at.
func readActs(ctx context.Context, q querier, t *trust) (*acts, error) {
	a := &acts{
		starts: map[string]start{}, anchors: map[string]Head{}, erased: map[string][]span{}, stopped: map[string]bool{}, missing: counts{},
	}
	chains, err := readChains(ctx, q)
	if err != nil {
		return nil, err
	}
	var r row
	targets := r.targets()
	query := "SELECT " + columnNames + " FROM audit_logs WHERE kind <> 'event' ORDER BY id"
	err = database.Each(q.QueryContext(ctx, query))(func(scan database.Scan) error {
		if err := scan(targets...); err != nil {
			return err
		}
		r.writer = nameOf(chains, r.chain)
		if reason := a.read(&r, t); reason != "" {
			a.bad = append(a.bad, Problem{r.writer, r.seq, reason})
		}
		return nil
	})
	for writer, spans := range a.erased {
		a.erased[writer] = merged(spans)
	}
	return a, err
}

// read takes one record in and returns what is wrong with it.
func (a *acts) read(r *row, t *trust) Reason {
	var signed bool
	var err error
	key := t.publicKey()
	switch r.kind {
	case kindStart:
		var body start
		signed, err = openEnvelope(r, key, &body)
		a.starts[r.writer] = body
	case kindRetention:
		var body retention
		signed, err = openEnvelope(r, key, &body)
		a.anchor(body.Anchors)
	case kindErasure:
		var body erasure
		signed, err = openEnvelope(r, key, &body)
		for writer, spans := range body.Rows {
			a.erased[writer] = append(a.erased[writer], spans...)
		}
	case kindGap:
		var body gap
		_, err = openEnvelope(r, key, &body)
		a.missing.add(body.Counts)
	case kindStop:
		a.stopped[r.writer] = true
	default:
		return Malformed
	}
	if err != nil {
		return Malformed
	}
	if !signed && t.needed(r) {
		return Unsigned
	}
	return ""
}

func (a *acts) anchor(anchors []Head) {
	for _, h := range anchors {
		if h.Seq > a.anchors[h.Writer].Seq {
			a.anchors[h.Writer] = h
		}
	}
}

// isErased reports whether a record names the row as emptied.
func (a *acts) isErased(writer string, seq int64) bool {
	spans := a.erased[writer]
	i, exact := slices.BinarySearchFunc(spans, seq, func(s span, seq int64) int { return cmp.Compare(s[0], seq) })
	return exact || i > 0 && seq <= spans[i-1][1]
}

// merged returns spans in order, without overlaps.
func merged(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a[0], b[0]) })
	var out []span
	for _, s := range spans {
		if n := len(out); n > 0 && s[0] <= out[n-1][1]+1 {
			out[n-1][1] = max(out[n-1][1], s[1])
			continue
		}
		out = append(out, s)
	}
	return out
}

// writers returns the chains that the records know of, in order.
func (a *acts) writers() []string { return slices.Sorted(maps.Keys(a.anchors)) }
