package auditlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// unlocked removes the protection of a table, as somebody can who owns the database.
func unlocked(t *testing.T, s *Store, statements ...string) {
	t.Helper()
	tx, err := s.db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a := &attacker{scene: &scene{store: s}, t: t, ctx: t.Context(), tx: tx}
	a.disarm()
	for _, statement := range statements {
		a.exec(statement)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func TestCheckpoints(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		key := testKey(t)
		var exported []Checkpoint
		s := open(t, place, Options{Key: key, OnCheckpoint: func(c Checkpoint) { exported = append(exported, c) }})
		c := &clock{time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
		s.now = c.now
		for i := range 5 {
			send(t, s, requests(1+i*10, 10))
			c.advance(30 * time.Minute)
		}
		if len(exported) != 3 { // with the first batch, then each hour
			t.Fatalf("%d checkpoints", len(exported))
		}
		text, err := json.Marshal(exported[2])
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := ParseCheckpoint(text)
		if err != nil || parsed.Check(PublicKey(key)) != nil {
			t.Fatal(err)
		}
		hash, err := exported[1].hash()
		if err != nil || *parsed.Previous != *hash || parsed.Number != 3 || parsed.Rows != 51 {
			t.Errorf("got %+v, %v", parsed, err)
		}
		for i := range exported {
			r := verified(t, s, VerifyOptions{Checkpoint: &exported[i], PublicKey: PublicKey(key)})
			if r.Covered != exported[i].Rows {
				t.Errorf("checkpoint %d covers %d rows", i, r.Covered)
			}
		}
		parsed.Rows++
		r := verify(t, s, VerifyOptions{Checkpoint: &parsed, PublicKey: PublicKey(key)})
		if len(r.Problems) != 1 || r.Problems[0].Reason != BadCheckpoint {
			t.Errorf("got %v", r.Problems)
		}
	})
}

func TestTheStoreSignsNoTruncatedLog(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		key := testKey(t)
		first := open(t, place, Options{Key: key})
		send(t, first, requests(1, 10))
		if err := first.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		s := open(t, place, Options{Key: key})
		if _, err := s.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		unlocked(t, s, "DELETE FROM audit_logs WHERE "+seq+" > 5")
		if _, err := s.Checkpoint(t.Context()); !errors.Is(err, ErrRewritten) {
			t.Errorf("got %v, want ErrRewritten", err)
		}
		r := verify(t, s, VerifyOptions{PublicKey: PublicKey(key)}) // the checkpoint in the database is enough here
		if len(r.Problems) != 1 || r.Problems[0].Reason != Truncated || r.Problems[0].Seq != 6 {
			t.Errorf("got %v", r.Problems)
		}
	})
}

func TestReplayOfAnOldFile(t *testing.T) {
	t.Parallel()
	place := t.TempDir() + "/audit.db"
	key := testKey(t)
	write := func(from int) *Store {
		s := open(t, place, Options{Key: key})
		send(t, s, requests(from, 10))
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s
	}
	write(1)
	old, err := os.ReadFile(place)
	if err != nil {
		t.Fatal(err)
	}
	write(100)
	s := open(t, place, Options{ReadOnly: true})
	checkpoint, err := s.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	verified(t, s, VerifyOptions{Checkpoint: checkpoint, PublicKey: PublicKey(key)})
	if err := errors.Join(s.Close(t.Context()), os.WriteFile(place, old, 0o600)); err != nil {
		t.Fatal(err)
	}
	s = open(t, place, Options{ReadOnly: true})
	verified(t, s, VerifyOptions{PublicKey: PublicKey(key)})
	r := verify(t, s, VerifyOptions{Checkpoint: checkpoint, PublicKey: PublicKey(key)})
	if len(r.Problems) != 1 || r.Problems[0].Reason != ChainLost {
		t.Errorf("got %v", r.Problems)
	}
}

func TestKeysAndFormats(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"x", "AAAA", strings.Repeat("A", 88)} {
		_, err := SigningKey(func(name string) (string, bool) { return bad, name == KeyVariable })
		if err == nil || strings.Contains(err.Error(), bad+"\"") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if key, err := SigningKey(func(string) (string, bool) { return "", false }); key != nil || err != nil {
		t.Errorf("got %v, %v", key, err)
	}
	signing, public := NewKey()
	key, err := SigningKey(func(string) (string, bool) { return signing, true })
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := ParsePublicKey(public)
	if err != nil || !bytes.Equal(parsed, PublicKey(key)) || PublicKey(nil) != nil {
		t.Errorf("got %v, %v", parsed, err)
	}
	for _, bad := range []string{"", "null", "{}", `{"format":"auditlog checkpoint 2"}`, `{"format":"auditlog checkpoint 1","extra":1}`} {
		if _, err := ParseCheckpoint([]byte(bad)); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
	if _, err := ParsePublicKey("AAAA"); err == nil {
		t.Error("no error")
	}
}

func TestForeignRowsEndAChain(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s := open(t, place, Options{})
		send(t, s, requests(1, 5))
		before := s.chain.head
		unlocked(t, s, "INSERT INTO audit_logs (id, kind, timestamp_us, written_us, digest, prev_hash, hash) "+
			"SELECT id + 1, kind, timestamp_us, written_us, digest, prev_hash, hash FROM audit_logs WHERE "+seq+" = 6")
		send(t, s, requests(6, 5))
		if s.chain.head.Writer == before.Writer || s.chain.head.Seq != 6 {
			t.Errorf("the store goes on at %v", s.chain.head)
		}
		r := verify(t, s, VerifyOptions{})
		if len(r.Problems) != 1 || r.Problems[0] != (Problem{before.Writer, 7, Altered}) {
			t.Errorf("got %v", r.Problems)
		}
	})
}

func TestRecordsBehindTheCheckpointNeedASignature(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		key := testKey(t)
		signing := open(t, place, Options{Key: key})
		plain := open(t, place, Options{})
		send(t, plain, requests(1, 20))
		if _, err := signing.Erase(t.Context(), "user_3"); err != nil {
			t.Fatal(err)
		}
		before, err := signing.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		verified(t, plain, VerifyOptions{PublicKey: PublicKey(key)})
		if _, err := plain.Erase(t.Context(), "user_4"); err != nil {
			t.Fatal(err)
		}
		verified(t, plain, VerifyOptions{})
		want := Problem{plain.chain.head.Writer, plain.chain.head.Seq, Unsigned}
		for _, o := range []VerifyOptions{{PublicKey: PublicKey(key)}, {PublicKey: PublicKey(key), Checkpoint: &before}} {
			if r := verify(t, plain, o); len(r.Problems) != 1 || r.Problems[0] != want {
				t.Errorf("got %v, want %v", r.Problems, want)
			}
		}
		after, err := signing.Checkpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		verified(t, plain, VerifyOptions{PublicKey: PublicKey(key), Checkpoint: &after})
		unlocked(t, plain, "UPDATE audit_checkpoints SET body = '{}'")
		if r := verify(t, plain, VerifyOptions{}); len(r.Problems) != 1 || r.Problems[0].Reason != BadCheckpoint {
			t.Errorf("got %v", r.Problems)
		}
	})
}
