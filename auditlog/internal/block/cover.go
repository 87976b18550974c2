package block

import (
	"context"
	"database/sql"
	"strings"
)

// querier is what *sql.DB and *sql.Tx have in common for reading.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each calls a function for each row of a query.
func each(rows *sql.Rows, err error, do func(scan func(...any) error) error) error {
	if err != nil {
		return err
	}
	defer rows.Close() // Err has what went wrong
	for rows.Next() {
		if err := do(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// span is a part of a chain, with its first and its last row.
type span struct {
	writer      string
	first, last int64
}

func (s span) rows() int64 { return s.last - s.first + 1 }

// uncovered returns the spans of the chains that no block covers, of one writer or, for "", of all, ordered by writer and seq.
// It costs two probes of an index for each chain.
func uncovered(ctx context.Context, q querier, writer string) ([]span, error) {
	blocks, err := spans(ctx, q, "SELECT writer, first_seq, last_seq FROM audit_blocks WHERE writer = $1 OR $1 = '' "+
		"ORDER BY writer, first_seq", writer)
	if err != nil {
		return nil, err
	}
	chains, err := spans(ctx, q, "SELECT c.writer, (SELECT min(seq) FROM audit_logs l WHERE l.writer = c.writer), "+
		"(SELECT max(seq) FROM audit_logs l WHERE l.writer = c.writer) FROM audit_chains c WHERE c.writer = $1 OR $1 = '' "+
		"ORDER BY c.writer", writer)
	if err != nil {
		return nil, err
	}
	var open []span
	for _, chain := range chains {
		for len(blocks) > 0 && blocks[0].writer < chain.writer {
			blocks = blocks[1:]
		}
		for len(blocks) > 0 && blocks[0].writer == chain.writer {
			open = appendSpan(open, span{chain.writer, chain.first, blocks[0].first - 1})
			chain.first = max(chain.first, blocks[0].last+1)
			blocks = blocks[1:]
		}
		open = appendSpan(open, chain)
	}
	return open, nil
}

func appendSpan(to []span, s span) []span {
	if s.first > s.last {
		return to
	}
	return append(to, s)
}

// spans reads spans. A chain without rows has none.
func spans(ctx context.Context, q querier, query, writer string) ([]span, error) {
	var all []span
	rows, err := q.QueryContext(ctx, query, writer)
	err = each(rows, err, func(scan func(...any) error) error {
		var s span
		var first, last sql.NullInt64
		if err := scan(&s.writer, &first, &last); err != nil || !first.Valid || !last.Valid {
			return err
		}
		s.first, s.last = first.Int64, last.Int64
		all = append(all, s)
		return nil
	})
	return all, err
}

// rowColumns are where the columns of a block come from.
var rowColumns = map[Column]string{
	Time:     "timestamp_us",
	Duration: "duration_ms",
	Weight:   "sample_weight",
	Status:   "status",
	Result:   "COALESCE(result, '')",
	Event:    "COALESCE(event, '')",
	Route:    "COALESCE(NULLIF(route, ''), path, '')",
	Role:     "COALESCE(user_role, '')",
	Org:      "COALESCE(org_id, '')",
	User:     "COALESCE(user_id, '')",
}

// targets returns where to scan columns.
func (r *Request) targets(columns []Column) []any {
	fields := map[Column]any{
		Time: &r.Time, Duration: &r.Duration, Weight: &r.Weight, Status: &r.Status, Result: &r.Result, Event: &r.Event,
		Route: &r.Route, Role: &r.Role, Org: &r.Org, User: &r.User,
	}
	targets := make([]any, len(columns))
	for i, c := range columns {
		targets[i] = fields[c]
	}
	return targets
}

// readRows calls a function for each request of a span within a window. The request has the wanted columns, and is good until the
// function returns.
func readRows(ctx context.Context, q querier, s span, want Want, do func(*Request) error) error {
	sources := make([]string, len(want.Columns))
	for i, c := range want.Columns {
		sources[i] = rowColumns[c]
	}
	rows, err := q.QueryContext(ctx, "SELECT "+strings.Join(sources, ", ")+" FROM audit_logs WHERE writer = $1 AND seq >= $2 AND seq <= $3 "+
		"AND timestamp_us >= $4 AND timestamp_us < $5 AND kind = 'event' AND status IS NOT NULL ORDER BY seq",
		s.writer, s.first, s.last, want.From, want.To)
	var r Request
	targets := r.targets(want.Columns)
	return each(rows, err, func(scan func(...any) error) error {
		if err := scan(targets...); err != nil {
			return err
		}
		return do(&r)
	})
}
