package query

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// Record is a row of the table audit_logs. Text that is not there is empty.
type Record struct {
	Writer     string // names the chain
	Seq        int64  // place in the chain, from 1
	Kind       string // event; or gap, start, stop, erasure, retention: the log's own records
	UUID       string
	Event      string
	Time       time.Time // of the event, UTC, to the microsecond
	Written    time.Time // when the row was written
	DistinctID string
	RequestID  string
	User       string
	Role       string
	Org        string
	Method     string
	Route      string
	Path       string
	Status     int64 // 0 for what is no request
	Result     string
	ErrorCode  string
	Duration   *float64 // milliseconds
	IP         string
	UserAgent  string
	Weight     float64
	Properties json.RawMessage // those that no other field holds; nil where they were erased
	Hash       []byte
}

var recordColumns = "id, COALESCE((SELECT writer FROM audit_chains WHERE number = " + database.ChainOf("id") + "), ''), " +
	"kind, uuid, COALESCE(event, ''), timestamp_us, written_us, " +
	"COALESCE(distinct_id, ''), COALESCE(request_id, ''), COALESCE(user_id, ''), COALESCE(user_role, ''), COALESCE(org_id, ''), " +
	"COALESCE(method, ''), COALESCE(route, ''), COALESCE(path, ''), COALESCE(status, 0), COALESCE(result, ''), " +
	"COALESCE(error_code, ''), duration_ms, COALESCE(ip, ''), COALESCE(user_agent, ''), sample_weight, properties, hash"

func readRecord(scan database.Scan) (*Record, error) {
	var r Record
	var at, written int64
	var id int64
	var uuid database.UUID
	var properties sql.NullString
	err := scan(&id, &r.Writer, &r.Kind, &uuid, &r.Event, &at, &written, &r.DistinctID, &r.RequestID, &r.User, &r.Role,
		&r.Org, &r.Method, &r.Route, &r.Path, &r.Status, &r.Result, &r.ErrorCode, &r.Duration, &r.IP, &r.UserAgent, &r.Weight,
		&properties, &r.Hash)
	_, r.Seq = database.Place(id)
	r.UUID = uuid.String()
	r.Time, r.Written = time.UnixMicro(at).UTC(), time.UnixMicro(written).UTC()
	if properties.Valid {
		r.Properties = json.RawMessage(properties.String)
	}
	return &r, err
}

// statement is a query that grows. Parameters are numbered in the order in which they occur.
type statement struct {
	text  strings.Builder
	args  []any
	order string
	limit int // 0 for none
}

// and adds a condition; its question mark, if any, stands for the argument.
func (s *statement) and(condition string, args ...any) {
	if s.text.Len() > 0 {
		s.text.WriteString(" AND ")
	}
	for _, arg := range args {
		s.args = append(s.args, arg)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(s.args)), 1)
	}
	s.text.WriteString(condition)
}

// where returns the conditions of a filter.
func (f *Filter) where() *statement { return f.whereAt("timestamp_us") }

// whereAt is where with another expression for the time, so that no index by time is used.
func (f *Filter) whereAt(time string) *statement {
	var s statement
	from, to := f.bounds()
	s.and(time+" >= ?", from)
	s.and(time+" < ?", to)
	if f.User != "" {
		s.and("user_id = ?", f.User)
	}
	if f.Event != "" {
		s.and("event = ?", f.Event)
	}
	return &s
}

// by sets the order of the rows, and how many there may be, all for 0.
func (s *statement) by(order string, limit int) *statement {
	s.order, s.limit = order, limit
	return s
}

// each calls a function for each row that the statement chooses.
func (s *statement) each(ctx context.Context, tx *sql.Tx, do func(*Record) error) error {
	query := "SELECT " + recordColumns + " FROM audit_logs WHERE " +
		s.text.String() + " ORDER BY " + s.order
	args := slices.Clip(s.args)
	if s.limit > 0 {
		args = append(args, s.limit)
		query += " LIMIT $" + strconv.Itoa(len(args))
	}
	return database.Each(tx.QueryContext(ctx, query, args...))(func(scan database.Scan) error {
		r, err := readRecord(scan)
		if err != nil {
			return err
		}
		return do(r)
	})
}

const (
	oldestFirst = "timestamp_us, id"
	newestFirst = "timestamp_us DESC, id DESC"
)

// Records calls a function for each row, also for those that are no requests, the oldest first, in constant memory. Rows that
// are written meanwhile are left out. An error of the function ends it and is returned.
func (l *Log) Records(ctx context.Context, f Filter, do func(*Record) error) error {
	return l.read(ctx, func(tx *sql.Tx) error {
		return f.where().by(oldestFirst, 0).each(ctx, tx, do)
	})
}

// Failures returns the last requests whose result is failure, the newest first, at most limit of them unless that is 0.
func (l *Log) Failures(ctx context.Context, f Filter, limit int) ([]*Record, error) {
	s := f.where()
	s.and("result = 'failure'")
	s.and("kind = 'event'")
	s.and("status IS NOT NULL")
	records, err := l.collect(ctx, s, limit)
	if err != nil {
		return nil, fmt.Errorf("failures: %w", err)
	}
	return records, nil
}

func (l *Log) collect(ctx context.Context, s *statement, limit int) ([]*Record, error) {
	var records []*Record
	err := l.read(ctx, func(tx *sql.Tx) error {
		return s.by(newestFirst, limit).each(ctx, tx, func(r *Record) error {
			records = append(records, r)
			return nil
		})
	})
	return records, err
}

// Gap is a record that events are missing.
type Gap struct {
	Time    time.Time // when the record was written, which is after the loss
	Writer  string
	Seq     int64
	Missing map[string]uint64 // how many, by reason
}

// Gaps returns the gap records within the times of a filter, the oldest first.
func (l *Log) Gaps(ctx context.Context, f Filter) ([]Gap, error) {
	within := Filter{From: f.From, To: f.To}
	s := within.where()
	s.and("kind = 'gap'")
	s.and("kind <> 'event'") // so that SQLite sees that its index of such rows will do
	var gaps []Gap
	err := l.read(ctx, func(tx *sql.Tx) error {
		return s.by(oldestFirst, 0).each(ctx, tx, func(r *Record) error {
			var envelope struct {
				Body struct {
					Counts map[string]uint64 `json:"counts"`
				} `json:"body"`
			}
			if err := json.Unmarshal(r.Properties, &envelope); err != nil {
				return fmt.Errorf("gap record %d of chain %q: %w", r.Seq, r.Writer, err)
			}
			gaps = append(gaps, Gap{r.Time, r.Writer, r.Seq, envelope.Body.Counts})
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("gaps: %w", err)
	}
	return gaps, nil
}
