package auditlog

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/database"
	"github.com/eventgen/eventgen/runtime"
)

func TestRowsHoldWhatWasSent(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s := open(t, place, Options{})
		m := request(31)
		business := request(32)
		business.Event, business.Properties = "agent_published", []byte(`{"agent":"a\u0000b","userId":"u\u0000v","statusCode":"200","path":null}`)
		send(t, s, runtime.Batch{Messages: []runtime.Message{m, business}})
		var r row
		err := s.db.QueryRowContext(t.Context(), "SELECT "+columnNames+" FROM audit_logs WHERE uuid = $1", m.UUID[:]).
			Scan(scanned(&r)...)
		if err != nil {
			t.Fatal(err)
		}
		if r.event.String != m.Event || r.distinctID.String != m.DistinctID || r.timestamp != m.Timestamp.UnixMicro() ||
			r.status.Int64 != 500 || r.result.String != "failure" || r.route.String != "/api/v1/things/{id}/31" ||
			r.duration.Float64 != 12.75 || r.userID.String != "user_31" || r.ip.String != "203.0.113.0" || r.weight != 1 ||
			r.seq != 2 || r.kind != kindEvent || r.properties.String != `{"$geoip_disable":true}` || r.errorCode.Valid {
			t.Errorf("got %+v", r)
		}
		err = s.db.QueryRowContext(t.Context(), "SELECT "+columnNames+" FROM audit_logs WHERE uuid = $1", business.UUID[:]).
			Scan(scanned(&r)...)
		if err != nil {
			t.Fatal(err)
		}
		if r.userID.String != "u\uFFFDv" || r.status.Valid || r.path.Valid || r.properties.String != string(business.Properties) {
			t.Errorf("got %+v", r)
		}
		verified(t, s, VerifyOptions{})
	})
}

// scanned returns targets for a single row, which RawBytes do not work for.
func scanned(r *row) []any {
	targets := r.targets()
	n := len(targets)
	targets[n-4], targets[n-3], targets[n-2], targets[n-1] = &r.salt, &r.digest, &r.previous, &r.hash
	return targets
}

func TestResentMessagesAreWrittenOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s := open(t, place, Options{})
		send(t, s, requests(1, 100))
		send(t, s, requests(1, 100))
		send(t, s, requests(51, 100))
		other := open(t, place, Options{})
		send(t, other, requests(120, 100))
		twice := requests(500, 2)
		twice.Messages[1].UUID = twice.Messages[0].UUID
		send(t, other, twice)
		if n := number64(t, s, "SELECT count(*) FROM audit_logs WHERE kind = 'event'"); n != 220 {
			t.Errorf("%d rows instead of 220", n)
		}
		r := verified(t, s, VerifyOptions{})
		if r.Chains != 2 || r.Rows != 222 {
			t.Errorf("got %+v", r)
		}
	})
}

func TestUnencodableMessagesAreRejectedAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s := open(t, place, Options{})
		b := requests(1, 7)
		b.Messages[1].Properties = []byte(`{"a":`)
		b.Messages[3].Properties = []byte("{\"a\":\"\xff\"}")
		b.Messages[4].Properties = []byte("null")
		b.Messages[5].Properties = []byte("{\"a\":\"\x00\"}")
		verdicts, err := s.Send(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range verdicts {
			want := runtime.Delivered
			if i == 1 || i == 3 || i == 4 || i == 5 {
				want = runtime.Rejected
			}
			if v.Outcome != want {
				t.Errorf("message %d: %+v", i, v)
			}
		}
	})
}

func TestOddTextFits(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s := open(t, place, Options{})
		b := requests(1, 5)
		long, err := json.Marshal(map[string]any{
			"userId": strings.Repeat("ü", 2000), "route": strings.Repeat("\U0001F600", 1024), "path": "\x00", "ip": "'; DROP TABLE audit_logs; --",
			"statusCode": 1e300, "sample_weight": -3,
		})
		if err != nil {
			t.Fatal(err)
		}
		b.Messages[0].Properties = long
		b.Messages[1].DistinctID = "a\x00b\xff"
		b.Messages[2].Properties = []byte(`{"statusCode":200.5,"duration_ms":1e999,"userId":7,"sample_weight":12.5}`)
		b.Messages[3].Properties = []byte(`{"duration_ms":-0.0,"statusCode":2e2,"method":"\ud800"}`)
		b.Messages[4].Event = strings.Repeat("e", 5000)
		send(t, s, b)
		verified(t, s, VerifyOptions{})
		if n := number64(t, s, "SELECT count(*) FROM audit_logs WHERE kind = 'event' AND status IS NULL"); n != 2 {
			t.Errorf("%d rows without a status, want 2", n)
		}
	})
}

func TestWritersAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		const writers, batches = 6, 20
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				s, err := Open(t.Context(), place, Options{})
				if err != nil {
					t.Error(err)
					return
				}
				for b := range batches {
					// Half of each batch is also another writer's, as after a redelivery.
					if err := deliver(t.Context(), s, requests(1+(w/2*batches+b)*10+w%2*5, 10)); err != nil {
						t.Error(err)
					}
				}
				if err := s.Close(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		s := open(t, place, Options{ReadOnly: true})
		r := verified(t, s, VerifyOptions{})
		if r.Chains < 1 || len(r.Open) != 0 {
			t.Errorf("got %+v", r)
		}
		if n := number64(t, s, "SELECT count(DISTINCT uuid) FROM audit_logs WHERE kind = 'event'"); n != writers/2*batches*10+writers/2*5-overlap(writers, batches) {
			t.Errorf("%d events", n)
		}
	})
}

// overlap is how many messages at the end of one pair's range are the next pair's, too.
func overlap(writers, _ int) int64 { return int64(writers/2-1) * 5 }

// deliver sends as the sender does: again after a failure that is temporary.
func deliver(ctx context.Context, s *Store, b runtime.Batch) error {
	for {
		_, err := s.Send(ctx, b)
		var e *runtime.SendError
		if err == nil || !errors.As(err, &e) || e.Failure != runtime.Temporary || ctx.Err() != nil {
			return err
		}
	}
}

func TestAppendOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s := open(t, place, Options{})
		send(t, s, requests(1, 10))
		if _, err := s.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		statements := []string{
			"UPDATE audit_logs SET status = 200", "UPDATE audit_logs SET user_id = NULL", "DELETE FROM audit_logs",
			"DELETE FROM audit_logs WHERE " + seq + " = 3", "UPDATE audit_chains SET number = 7", "DELETE FROM audit_chains",
			"UPDATE audit_checkpoints SET body = ''", "DELETE FROM audit_checkpoints",
		}
		if database := s.db.Dialect.String(); database == "postgres" {
			statements = append(statements, "TRUNCATE audit_logs", "TRUNCATE audit_chains", "TRUNCATE audit_checkpoints")
		} else {
			statements = append(statements,
				"REPLACE INTO audit_chains (number, writer, started_us) SELECT number + 1, writer, 0 FROM audit_chains",
				"REPLACE INTO audit_chains (number, writer, started_us) SELECT number, 'x', 0 FROM audit_chains",
				"REPLACE INTO audit_checkpoints (number, body) SELECT number, '' FROM audit_checkpoints",
				"REPLACE INTO audit_logs (id, kind, timestamp_us, written_us, digest, prev_hash, hash) "+
					"SELECT id, kind, 0, 0, digest, prev_hash, hash FROM audit_logs WHERE "+seq+" = 3",
				"REPLACE INTO audit_logs (id, uuid, kind, timestamp_us, written_us, digest, prev_hash, hash) "+
					"SELECT id + 1000, uuid, kind, 0, 0, digest, prev_hash, hash FROM audit_logs WHERE "+seq+" = 3",
				"REPLACE INTO audit_logs (rowid, kind, timestamp_us, written_us, digest, prev_hash, hash) "+
					"SELECT rowid, kind, 0, 0, digest, prev_hash, hash FROM audit_logs WHERE "+seq+" = 3")
		}
		for _, statement := range statements {
			_, err := s.db.ExecContext(t.Context(), statement)
			if err == nil || !strings.Contains(err.Error(), "is append-only") && !strings.Contains(err.Error(), "has this row") {
				t.Errorf("%s: was not refused by a trigger: %v", statement, err)
			}
		}
		verified(t, s, VerifyOptions{})
	})
}

func TestAPermitAllowsNothingElse(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s := open(t, place, Options{})
		send(t, s, requests(1, 10))
		for act, statement := range map[string]string{
			"erasure":   "UPDATE audit_logs SET status = 200, distinct_id = NULL, request_id = NULL, user_id = NULL, user_role = NULL, org_id = NULL, path = NULL, ip = NULL, user_agent = NULL, properties = NULL, salt = NULL",
			"retention": "UPDATE audit_logs SET salt = NULL",
		} {
			tx, err := s.db.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.ExecContext(t.Context(), "INSERT INTO audit_permits (act) VALUES ($1)", act); err != nil {
				t.Fatal(err)
			}
			if _, err := tx.ExecContext(t.Context(), statement); err == nil {
				t.Errorf("%s: was not refused", statement)
			}
			if err := tx.Rollback(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestClosedAndReadOnlyStores(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		if _, err := Open(t.Context(), place, Options{ReadOnly: true}); !errors.Is(err, ErrMissing) {
			t.Errorf("got %v, want ErrMissing", err)
		}
		s := open(t, place, Options{})
		send(t, s, requests(1, 1))
		if err := errors.Join(s.Close(t.Context()), s.Close(t.Context())); err != nil {
			t.Error(err)
		}
		if _, err := s.Send(t.Context(), requests(2, 1)); !errors.Is(err, ErrClosed) {
			t.Errorf("got %v", err)
		}
		if err := s.RecordGap(t.Context(), "x", 1); !errors.Is(err, ErrClosed) {
			t.Errorf("got %v", err)
		}
		ro := open(t, place, Options{ReadOnly: true})
		if _, err := ro.Checkpoint(t.Context()); !errors.Is(err, ErrReadOnly) {
			t.Errorf("got %v", err)
		}
		if _, err := ro.db.ExecContext(t.Context(), "INSERT INTO audit_permits VALUES ('x')"); err == nil {
			t.Error("a store for reading writes")
		}
		if r := verified(t, ro, VerifyOptions{}); r.Rows != 3 || len(r.Open) != 0 {
			t.Errorf("got %+v", r)
		}
	})
}

func TestAnEmptyStoreLeavesNoChain(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		if err := open(t, place, Options{}).Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := verified(t, open(t, place, Options{ReadOnly: true}), VerifyOptions{}); r.Rows != 0 || r.Chains != 0 {
			t.Errorf("got %+v", r)
		}
	})
}

func TestTimesDoNotFall(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s := open(t, place, Options{})
		c := &clock{time.Date(2026, 3, 29, 2, 0, 0, 0, time.UTC)}
		s.now = c.now
		for _, d := range []time.Duration{0, -time.Hour, time.Minute, -time.Hour} {
			c.advance(d)
			send(t, s, requests(int(c.at.Unix())%math.MaxInt32, 3))
		}
		n := number64(t, s, "SELECT count(*) FROM audit_logs a JOIN audit_logs b ON "+database.ChainOf("a.id")+" = "+database.ChainOf("b.id")+
			" AND a.id < b.id AND a.written_us > b.written_us")
		if n != 0 {
			t.Errorf("%d pairs are out of order", n)
		}
	})
}
