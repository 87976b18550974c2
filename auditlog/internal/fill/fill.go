// Package fill makes realistic requests for tests and fills audit logs with them.
//
// Routes and users follow Zipf's law, each user has an organisation and a role, each route its own rate of failures, traffic
// spreads evenly over the window, and part of the successes are sampled.
package fill

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// Row is a request, or an event of a business, which has no status.
type Row struct {
	Writer string
	Seq    int64
	Kind   string
	Event  string
	Time   int64 // microseconds since 1970
	User   string
	Role   string
	Org    string
	Method string
	Route  string
	Status int
	Result string
	Error  string
	MS     float64
	Weight float64
}

// Shape says what to make. The zero value makes nothing.
type Shape struct {
	Rows    int
	Writers int
	Routes  int
	Users   int
	From    time.Time
	Span    time.Duration
	Seed    uint64
	Late    bool // some rows come hours late, and some are no requests
}

// Million is a million requests of 20,000 users to 120 routes in the 30 days before an instant.
func Million(to time.Time) Shape {
	const span = 30 * 24 * time.Hour
	return Shape{Rows: 1_000_000, Writers: 3, Routes: 120, Users: 20_000, From: to.Add(-span), Span: span, Seed: 1}
}

// Each calls a function for each row, always the same ones.
func (s Shape) Each(do func(*Row) error) error {
	r := rand.New(rand.NewPCG(s.Seed, 2))
	routes := rand.NewZipf(r, 1.1, 3, uint64(s.Routes-1))
	users := rand.NewZipf(r, 1.05, 20, uint64(s.Users-1))
	seqs := make([]int64, s.Writers)
	step := float64(s.Span.Microseconds()) / float64(s.Rows)
	for i := range s.Rows {
		w := r.IntN(s.Writers)
		seqs[w]++
		row := s.row(r, routes.Uint64(), users.Uint64())
		row.Writer, row.Seq = name(w), seqs[w]
		row.Time = s.From.UnixMicro() + int64(float64(i)*step)
		if s.Late {
			s.disturb(r, &row)
		}
		if err := do(&row); err != nil {
			return err
		}
	}
	return nil
}

func (s Shape) row(r *rand.Rand, route, user uint64) Row {
	row := Row{
		Kind: "event", Event: "api_request", Method: [...]string{"GET", "POST", "PUT", "DELETE"}[route%4],
		Route: fmt.Sprintf("/api/v1/resource-%d/{id}", route), MS: math.Round(math.Exp(r.NormFloat64()+3)*1000) / 1000, Weight: 1,
		Result: "success", Status: 200,
	}
	if r.IntN(10) > 0 {
		row.User, row.Org = fmt.Sprintf("user_%05d", user), fmt.Sprintf("org_%03d", user%500)
		row.Role = [...]string{"member", "admin", "viewer", "service"}[user%4]
	}
	rate := 0.002 + 0.02*math.Abs(math.Sin(float64(route)))
	switch x := r.Float64(); {
	case x < rate:
		row.Status, row.Error = [...]int{500, 502, 503, 504}[r.IntN(4)], "internal"
	case x < 4*rate:
		row.Status, row.Error = [...]int{400, 401, 403, 404, 409, 422, 429}[r.IntN(7)], "refused"
	case x < 0.2:
		row.Status = [...]int{201, 204, 301, 304}[r.IntN(4)]
	}
	if row.Status >= 400 {
		row.Result = "failure"
	} else if r.IntN(2) == 0 {
		row.Weight = [...]float64{10, 100, 1 / 0.3}[r.IntN(3)]
	}
	return row
}

// disturb makes rows that a question must not stumble over.
func (s Shape) disturb(r *rand.Rand, row *Row) {
	switch r.IntN(20) {
	case 0:
		row.Time -= r.Int64N(s.Span.Microseconds())
	case 1:
		row.Event, row.Status, row.Result = "agent_published", 0, ""
	case 2:
		row.Kind, row.Event, row.Status, row.Result = "gap", "", 0, ""
	case 3:
		row.Event = "webhook_sent"
	case 4:
		row.Status, row.Result, row.Error = 200, "failure", "aborted"
	}
}

// name is that of a chain. Its last character is a digit, so there are ten at most.
func name(writer int) string { return fmt.Sprintf("writer-%d", writer) }

const columns = "id, kind, uuid, event, timestamp_us, written_us, request_id, distinct_id, user_id, user_role, org_id, " +
	"method, route, path, status, result, error_code, duration_ms, ip, user_agent, sample_weight, properties, digest, prev_hash, hash"

const width = 25

// Insert fills an audit log with rows and their chains. The hashes are not those of the rows, so Verify would complain.
func Insert(ctx context.Context, db *database.DB, s Shape) error {
	var values []any
	flush := func() error {
		err := insert(ctx, db, values)
		values = values[:0]
		return err
	}
	err := s.Each(func(r *Row) error {
		if values = append(values, r.values()...); len(values) < 10_000*width {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	if err := flush(); err != nil {
		return err
	}
	for w := range s.Writers {
		if _, err := db.ExecContext(ctx, "INSERT INTO audit_chains (writer, number, started_us) VALUES ($1, $2, $3)",
			name(w), w+1, s.From.UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}

func insert(ctx context.Context, db *database.DB, values []any) error {
	tx, err := db.Exclusive(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // does nothing after Commit
	rows := database.Rows{Table: "audit_logs", Columns: columns, Width: width, Values: values}
	if err := tx.Insert(ctx, rows); err != nil {
		return err
	}
	return tx.Commit()
}

func (r *Row) values() []any {
	last := r.Writer[len(r.Writer)-1]
	id := fmt.Sprintf("01900000-%04x-7000-8000-%012x", last, r.Seq)
	uuid := binary.BigEndian.AppendUint64([]byte{0x01, 0x90, 0, 0, 0, last, 0x70, 0}, 0x8000<<48|uint64(r.Seq))
	hash := make([]byte, 32)
	return []any{
		database.ID(int64(last-'0')+1, r.Seq), r.Kind, uuid, r.Event, r.Time, r.Time + 2_000_000, id, id, null(r.User), null(r.Role), null(r.Org),
		null(r.Method), null(r.Route), null(r.Route), null(int64(r.Status)), null(r.Result),
		null(r.Error), r.MS, "203.0.113.7", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", r.Weight, `{"requestId":"` + id + `"}`,
		hash, hash, hash,
	}
}

// null returns nil for what is zero.
func null[T comparable](value T) any {
	var zero T
	if value == zero {
		return nil
	}
	return value
}
