package block

import (
	"context"
	"database/sql"
	"strings"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// querier is what *sql.DB and *sql.Tx have in common for reading.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// span is a part of a chain, with the ids of its first and its last row.
type span struct{ first, last int64 }

func (s span) rows() int64 { return s.last - s.first + 1 }

func (s span) chain() int64 {
	chain, _ := database.Place(s.first)
	return chain
}

// uncovered returns the spans of the chains that no block covers, of one chain or, for 0, of all, in order. It costs two probes of an
// index for each chain.
func uncovered(ctx context.Context, q querier, chain int64) ([]span, error) {
	blocks, err := spans(ctx, q, "SELECT first_id, last_id FROM audit_blocks WHERE "+database.InChain("first_id", "$1")+" OR $1 = 0 "+
		"ORDER BY first_id", chain)
	if err != nil {
		return nil, err
	}
	within := " FROM audit_logs WHERE " + database.InChain("id", "c.number") + ")"
	chains, err := spans(ctx, q, "SELECT (SELECT min(id)"+within+", (SELECT max(id)"+within+" FROM audit_chains c "+
		"WHERE c.number = $1 OR $1 = 0 ORDER BY c.number", chain)
	if err != nil {
		return nil, err
	}
	var open []span
	for _, rest := range chains {
		for len(blocks) > 0 && blocks[0].chain() < rest.chain() {
			blocks = blocks[1:]
		}
		for len(blocks) > 0 && blocks[0].chain() == rest.chain() {
			open = appendSpan(open, span{rest.first, blocks[0].first - 1})
			rest.first = max(rest.first, blocks[0].last+1)
			blocks = blocks[1:]
		}
		open = appendSpan(open, rest)
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
func spans(ctx context.Context, q querier, query string, args ...any) ([]span, error) {
	var all []span
	rows, err := q.QueryContext(ctx, query, args...)
	err = database.Each(rows, err)(func(scan database.Scan) error {
		var first, last sql.NullInt64
		if err := scan(&first, &last); err != nil || !first.Valid || !last.Valid {
			return err
		}
		all = append(all, span{first.Int64, last.Int64})
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

// requests calls a function for each request of a span within a window. The request has the wanted columns, and is good until the
// function returns.
func (s span) requests(ctx context.Context, q querier, want Want, do func(*Request) error) error {
	var r Request
	targets := r.targets(want.Columns)
	rows, err := q.QueryContext(ctx, requestQuery(want.Columns), s.first, s.last, want.From, want.To)
	return database.Each(rows, err)(func(scan database.Scan) error {
		if err := scan(targets...); err != nil {
			return err
		}
		return do(&r)
	})
}

// requestQuery always finds rows by their ids: the sums keep PostgreSQL, which without statistics or a look at the parameters takes any
// two ranges for equally narrow, from going through all of the index by time as well.
func requestQuery(columns []Column) string {
	sources := make([]string, len(columns))
	for i, c := range columns {
		sources[i] = rowColumns[c]
	}
	return "SELECT " + strings.Join(sources, ", ") + " FROM audit_logs WHERE id BETWEEN $1 AND $2 " +
		"AND timestamp_us + 0 >= $3 AND timestamp_us + 0 < $4 AND kind = 'event' AND status IS NOT NULL ORDER BY id"
}
