package auditlog

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/database"
	"github.com/eventgen/eventgen/runtime"
)

func TestErase(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		key := testKey(t)
		s := open(t, place, Options{Key: key})
		for n := range 30 {
			b := requests(1+n*20, 20)
			for i := range b.Messages {
				if i%5 == 0 {
					b.Messages[i].DistinctID = "SUBJECT-DISTINCT"
				}
				if i%7 == 0 {
					b.Messages[i].Properties = bytes.ReplaceAll(b.Messages[i].Properties, []byte(`"userId":"user_`), []byte(`"userId":"SUBJECT-USER`))
				}
			}
			send(t, s, b)
		}
		before, err := s.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := number64(t, s, "SELECT count(*) FROM audit_logs WHERE distinct_id = 'SUBJECT-DISTINCT' OR user_id = 'SUBJECT-USER8'")
		n, err := s.Erase(t.Context(), "SUBJECT-DISTINCT", "SUBJECT-USER8", "nobody", "'; DELETE FROM audit_logs; --")
		if err != nil || n != want || n < 100 {
			t.Fatalf("erased %d, %v; want %d", n, err, want)
		}
		r := verified(t, s, VerifyOptions{Checkpoint: &before, PublicKey: PublicKey(key)})
		if r.Erased != want || r.Rows != 602 {
			t.Errorf("got %+v", r)
		}
		left := number64(t, s, "SELECT count(*) FROM audit_logs WHERE kind = 'event' AND uuid IS NOT NULL AND route IS NOT NULL AND status IS NOT NULL AND "+
			"COALESCE(distinct_id, request_id, user_id, user_role, org_id, path, ip, user_agent, properties) IS NULL AND salt IS NULL")
		if left != want {
			t.Errorf("%d rows are as they should be", left)
		}
		if n, err := s.Erase(t.Context(), "SUBJECT-DISTINCT"); n != 0 || err != nil {
			t.Errorf("a second time: %d, %v", n, err)
		}
		send(t, s, requests(1, 20)) // known by their uuid still
		verified(t, s, VerifyOptions{PublicKey: PublicKey(key)})
		if s.db.Dialect == database.SQLite {
			checkFiles(t, place)
		}
	})
}

// checkFiles looks for erased text in the files of an SQLite database.
func checkFiles(t *testing.T, place string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(place + suffix)
		if err != nil {
			t.Fatal(err)
		}
		for _, gone := range []string{"SUBJECT-DISTINCT", `"SUBJECT-USER8"`} {
			if bytes.Contains(content, []byte(gone)) {
				t.Errorf("%s is still in the file%s", gone, suffix)
			}
		}
	}
}

// TestAGuessCannotBeConfirmed holds that what stays of an erased row does not depend on its personal part alone: two equal events
// leave different digests.
func TestAGuessCannotBeConfirmed(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir()+"/audit.db", Options{})
	a, b := request(7), request(7)
	b.UUID[15]++
	send(t, s, runtime.Batch{Messages: []runtime.Message{a, b}})
	if n := number64(t, s, "SELECT count(DISTINCT digest) FROM audit_logs WHERE kind = 'event'"); n != 2 {
		t.Error("equal content has equal digests")
	}
	if n := number64(t, s, "SELECT count(*) FROM audit_logs WHERE length(salt) = 16"); n != 3 {
		t.Errorf("%d rows have a salt of 16 bytes", n)
	}
	if _, err := s.Erase(t.Context(), a.DistinctID); err != nil {
		t.Fatal(err)
	}
	var body string
	if err := s.db.QueryRowContext(t.Context(), "SELECT properties FROM audit_logs WHERE kind = 'erasure'").Scan(&body); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(body, a.DistinctID) {
		t.Errorf("the record names the subject: %s", body)
	}
}

func TestRetention(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		key := testKey(t)
		c := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
		begin := c.at
		day := 24 * time.Hour
		var checkpoints []Checkpoint
		for n := range 6 { // one chain a day; each erases somebody of the day before and removes what is older than two days
			s := open(t, place, Options{Key: key})
			s.now = c.now
			send(t, s, requests(1+n*100, 50))
			c.advance(day / 2)
			if _, err := s.Erase(t.Context(), request(n*100-60).DistinctID, request(20+n*100).DistinctID); err != nil {
				t.Fatal(err)
			}
			if _, err := s.GC(t.Context(), c.at.Add(-2*day)); err != nil {
				t.Fatal(err)
			}
			checkpoint, err := s.Checkpoint(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			checkpoints = append(checkpoints, checkpoint)
			c.advance(day / 2)
			if err := s.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			r := verified(t, open(t, place, Options{ReadOnly: true}), VerifyOptions{Checkpoint: &checkpoints[0], PublicKey: PublicKey(key)})
			verified(t, open(t, place, Options{ReadOnly: true}), VerifyOptions{Checkpoint: &checkpoint, PublicKey: PublicKey(key)})
			if n > 2 && r.Removed == 0 {
				t.Errorf("day %d: nothing removed", n)
			}
		}
		s := open(t, place, Options{Key: key})
		s.now = c.now
		if n := number64(t, s, "SELECT count(*) FROM audit_logs WHERE written_us < $1", begin.Add(3*day+day/2).UnixMicro()); n != 0 {
			t.Errorf("%d old rows are left", n)
		}
		if n := number64(t, s, "SELECT count(DISTINCT "+database.ChainOf("id")+") FROM audit_logs"); n != 3 {
			t.Errorf("%d chains are left", n)
		}
		// All of it goes, also the records that explain what was removed before.
		if _, err := s.GC(t.Context(), c.at.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		r := verified(t, s, VerifyOptions{Checkpoint: &checkpoints[5], PublicKey: PublicKey(key)})
		if r.Chains != 7 || r.Removed < 300 {
			t.Errorf("got %+v", r)
		}
		send(t, s, requests(5000, 10))
		verified(t, s, VerifyOptions{Checkpoint: &checkpoints[5], PublicKey: PublicKey(key)})
	})
}

func TestRetentionOfManyRows(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir()+"/audit.db", Options{})
	c := &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	s.now = c.now
	for n := range 25 {
		send(t, s, requests(1+n*1000, 1000))
	}
	if _, err := s.Erase(t.Context(), "user_4000"); err != nil {
		t.Fatal(err)
	}
	c.advance(time.Hour)
	send(t, s, requests(100_000, 10))
	n, err := s.GC(t.Context(), c.at)
	if err != nil || n != 25_002 {
		t.Fatal(n, err)
	}
	r := verified(t, s, VerifyOptions{})
	if r.Removed != 25_002 || r.Rows != 10+3 {
		t.Errorf("got %+v", r)
	}
}
