package auditlog

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// scene is a log with all kinds of rows, closed, and its checkpoint.
type scene struct {
	store      *Store
	key        ed25519.PrivateKey
	checkpoint Checkpoint
	rows       []row // in order of chain and place
	chains     []registered
}

func testKey(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	seed, _ := NewKey()
	key, err := SigningKey(func(string) (string, bool) { return seed, true })
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newScene(t *testing.T, place string) *scene {
	t.Helper()
	sc := &scene{key: testKey(t)}
	for n := range 4 {
		s := open(t, place, Options{Key: sc.key})
		c := &clock{time.Date(2026, 5, 1+n, 0, 0, 0, 0, time.UTC)}
		s.now = c.now
		s.upkeep.checkpoint = c.at // no checkpoint on its own
		send(t, s, requests(1+n*100, 40))
		c.advance(time.Hour)
		if err := s.RecordGap(t.Context(), "test", 3); err != nil {
			t.Fatal(err)
		}
		if n == 2 {
			sc.trim(t, s)
		}
		send(t, s, requests(50+n*100, 10))
		s.options.Key = nil // Close makes none either
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	sc.store = open(t, place, Options{Key: sc.key})
	sc.load(t)
	return sc
}

// trim erases a person and removes the first day.
func (sc *scene) trim(t *testing.T, s *Store) {
	t.Helper()
	if n, err := s.Erase(t.Context(), "user_110", "user_5", "user_215"); err != nil || n != 3 {
		t.Fatal(n, err)
	}
	if n, err := s.GC(t.Context(), time.Date(2026, 5, 1, 0, 30, 0, 0, time.UTC)); err != nil || n != 41 {
		t.Fatal(n, err)
	}
}

func (sc *scene) load(t *testing.T) {
	t.Helper()
	var err error
	if sc.chains, err = readChains(t.Context(), sc.store.db); err != nil {
		t.Fatal(err)
	}
	err = database.Each(sc.store.db.QueryContext(t.Context(), "SELECT "+columnNames+" FROM audit_logs ORDER BY id"))(func(scan database.Scan) error {
		var r row
		err := scan(scanned(&r)...)
		r.writer = nameOf(sc.chains, r.chain)
		sc.rows = append(sc.rows, r)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	tx, err := sc.store.db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	sc.checkpoint = Checkpoint{Format: checkpointFormat, Number: 1}
	if err := sc.store.fill(t.Context(), tx, &sc.checkpoint); err != nil {
		t.Fatal(err)
	}
	if err := sc.checkpoint.sign(sc.key); err != nil {
		t.Fatal(err)
	}
}

// attack changes the database in a transaction. It returns what it did, and whether only a checkpoint shows it.
type attack func(a *attacker) (what string, needsCheckpoint bool)

type attacker struct {
	*scene
	t    *testing.T
	ctx  context.Context
	tx   *database.Tx
	rand *rand.Rand
}

func (a *attacker) exec(query string, args ...any) {
	a.t.Helper()
	if _, err := a.tx.ExecContext(a.ctx, query, args...); err != nil {
		a.t.Fatalf("%s: %v", query, err)
	}
}

// any returns a random row.
func (a *attacker) any() row { return a.rows[a.rand.IntN(len(a.rows))] }

// event returns a random row of kind event that was not erased.
func (a *attacker) event() row {
	for {
		if r := a.any(); r.kind == kindEvent && r.salt != nil {
			return r
		}
	}
}

// pair returns two different rows.
func (a *attacker) pair() (row, row) {
	x, y := a.event(), a.event()
	for x.writer == y.writer && x.seq == y.seq {
		y = a.event()
	}
	return x, y
}

// disarm removes the triggers.
func (a *attacker) disarm() {
	if a.store.db.Dialect == database.Postgres {
		a.exec("ALTER TABLE audit_logs DISABLE TRIGGER USER")
		a.exec("ALTER TABLE audit_chains DISABLE TRIGGER USER")
		a.exec("ALTER TABLE audit_checkpoints DISABLE TRIGGER USER")
		return
	}
	var names []string
	err := database.Each(a.tx.QueryContext(a.ctx, "SELECT name FROM sqlite_master WHERE type = 'trigger'"))(func(scan database.Scan) error {
		var name string
		err := scan(&name)
		names = append(names, name)
		return err
	})
	if err != nil {
		a.t.Fatal(err)
	}
	for _, name := range names {
		a.exec("DROP TRIGGER " + name)
	}
}

func (a *attacker) insert(r row) {
	a.exec("INSERT INTO audit_logs ("+columnNames+") VALUES ("+placeholders(columnCount)+")", r.values(nil)...)
}

func (a *attacker) remove(r row) {
	a.exec("DELETE FROM audit_logs WHERE id = $1", r.id())
}

// cut removes a row and those behind it.
func (a *attacker) cut(r row) {
	a.exec("DELETE FROM audit_logs WHERE id BETWEEN $1 AND $2", r.id(), database.ID(r.chain, database.MaxSeq))
}

// uuid returns one that no row has.
func (a *attacker) uuid() []byte {
	return binary.BigEndian.AppendUint64([]byte("forged\x70\x00"), a.rand.Uint64())
}

// seal gives a row the hashes that its content asks for.
func seal(r *row, previous []byte) {
	var h hasher
	digest := h.digest(r)
	r.digest, r.previous = digest[:], previous
	hash := h.row(r)
	r.hash = hash[:]
}

// chain returns the rows of a random chain.
func (a *attacker) chain() []row {
	writer := a.chains[a.rand.IntN(len(a.chains))].writer
	var rows []row
	for _, r := range a.rows {
		if r.writer == writer {
			rows = append(rows, r)
		}
	}
	return rows
}

var attacks = []attack{
	changeColumn, changeColumn, changeColumn, deleteRow, forgeInside, forgeAtEnd, forgeChain, reorder, swapHashes, swapPayload,
	truncate, loseChain, rewriteTail, emptySilently, forgeErasure, forgeRetention, restoreErased,
}

func changeColumn(a *attacker) (string, bool) {
	r := a.any()
	column := strings.Split(columnNames, ", ")[a.rand.IntN(columnCount)]
	var value any
	switch column {
	case "id":
		value = r.id() + 1000
	case "timestamp_us", "written_us", "status", "duration_ms", "sample_weight":
		value = a.rand.IntN(100_000) + 1000
	case "salt", "digest", "prev_hash", "hash":
		value = []byte(fmt.Sprint("forged", a.rand.Int()))
	case "uuid":
		value = a.uuid()
	case "kind":
		value = map[bool]string{true: kindGap, false: kindEvent}[r.kind == kindEvent]
	default:
		value = fmt.Sprint("forged", a.rand.Int())
	}
	if a.rand.IntN(4) == 0 && slices.Contains([]string{"duration_ms", "distinct_id", "user_id", "ip", "status"}, column) && r.kind == kindEvent && r.salt != nil {
		value = nil
	}
	a.exec("UPDATE audit_logs SET "+column+" = $1 WHERE id = $2", value, r.id())
	return "changed " + column, column == "id" && r.kind == kindStop
}

func deleteRow(a *attacker) (string, bool) {
	r := a.any()
	a.remove(r)
	return "deleted a row of kind " + r.kind, r.kind == kindStop
}

// forgeInside replaces a row by one that is right in itself.
func forgeInside(a *attacker) (string, bool) {
	r := a.event()
	a.remove(r)
	r.uuid, r.userID = a.uuid(), some("somebody else")
	seal(&r, r.previous)
	a.insert(r)
	return "forged a row inside a chain", false
}

func forgeAtEnd(a *attacker) (string, bool) {
	rows := a.chain()
	last, r := rows[len(rows)-1], a.event()
	r.writer, r.chain, r.seq, r.uuid = last.writer, last.chain, last.seq+1, a.uuid()
	seal(&r, last.hash)
	a.insert(r)
	return "forged a row behind an end", false
}

func forgeChain(a *attacker) (string, bool) {
	r := a.event()
	r.writer, r.chain, r.seq, r.uuid = "forged", int64(len(a.chains))+1, 1, a.uuid()
	seal(&r, make([]byte, 32))
	a.insert(r)
	if a.rand.IntN(2) == 0 {
		a.exec("INSERT INTO audit_chains (writer, number, started_us) VALUES ('forged', $1, 0)", len(a.chains)+1)
	}
	return "forged a chain", false
}

func reorder(a *attacker) (string, bool) {
	x, y := a.pair()
	for _, r := range []row{x, y} {
		a.remove(r)
	}
	x.writer, x.chain, x.seq, y.writer, y.chain, y.seq = y.writer, y.chain, y.seq, x.writer, x.chain, x.seq
	a.insert(x)
	a.insert(y)
	return "swapped two rows", false
}

func swapHashes(a *attacker) (string, bool) {
	x, y := a.pair()
	a.exec("UPDATE audit_logs SET hash = $1 WHERE id = $2", x.hash, y.id())
	a.exec("UPDATE audit_logs SET hash = $1 WHERE id = $2", y.hash, x.id())
	return "swapped two hashes", false
}

func swapPayload(a *attacker) (string, bool) {
	x, y := a.pair()
	for _, r := range []row{x, y} {
		a.remove(r)
	}
	x.personal, y.personal, x.digest, y.digest = y.personal, x.personal, y.digest, x.digest
	a.insert(x)
	a.insert(y)
	return "swapped two payloads", false
}

func truncate(a *attacker) (string, bool) {
	rows := a.chain()
	from := rows[max(1, len(rows)-1-a.rand.IntN(len(rows)))]
	a.cut(from)
	return "cut the end of a chain off", true
}

// loseChain removes the last chain: the loss of another one shows in the numbers.
func loseChain(a *attacker) (string, bool) {
	i := a.rand.IntN(len(a.chains))
	a.exec("DELETE FROM audit_logs WHERE "+database.InChain("id", "$1"), a.chains[i].number)
	last := i == len(a.chains)-1
	if last || a.rand.IntN(2) == 0 {
		a.exec("DELETE FROM audit_chains WHERE writer = $1", a.chains[i].writer)
	}
	return "removed a chain", last
}

// rewriteTail changes a row and gives all that follow in the chain new hashes.
func rewriteTail(a *attacker) (string, bool) {
	rows := a.chain()
	from := 1 + a.rand.IntN(len(rows)-2)
	for rows[from].kind != kindEvent || rows[from].salt == nil {
		from = 1 + a.rand.IntN(len(rows)-2)
	}
	a.cut(rows[from])
	rows[from].userID = some("somebody else")
	previous := rows[from-1].hash
	for _, r := range rows[from:] {
		if r.salt == nil { // its digest stays
			var h hasher
			r.previous = previous
			hash := h.row(&r)
			r.hash = hash[:]
		} else {
			seal(&r, previous)
		}
		previous = r.hash
		a.insert(r)
	}
	return "rewrote the end of a chain", true
}

const emptied = "UPDATE audit_logs SET distinct_id = NULL, request_id = NULL, user_id = NULL, user_role = NULL, org_id = NULL, " +
	"path = NULL, ip = NULL, user_agent = NULL, properties = NULL, salt = NULL WHERE id = $1"

func emptySilently(a *attacker) (string, bool) {
	r := a.event()
	a.exec(emptied, r.id())
	return "emptied a row without a record", false
}

// open removes the end of a random chain and returns its last row, so that something can be added.
func (a *attacker) open() row {
	rows := a.chain()
	a.remove(rows[len(rows)-1])
	return rows[len(rows)-2]
}

func (a *attacker) addAct(kind, body string) {
	last := a.open()
	r := row{writer: last.writer, chain: last.chain, seq: last.seq + 1, kind: kind, facts: facts{weight: 1, written: last.written}}
	r.salt, r.properties = []byte("0123456789abcdef"), some(`{"body":`+body+`}`)
	seal(&r, last.hash)
	a.insert(r)
}

func forgeErasure(a *attacker) (string, bool) {
	r := a.event()
	a.exec(emptied, r.id())
	a.addAct(kindErasure, fmt.Sprintf(`{"rows":{"%s":[[%d,%d]]},"erased":1}`, r.writer, r.seq, r.seq))
	return "forged an erasure", true
}

func forgeRetention(a *attacker) (string, bool) {
	rows := a.chain()
	r := rows[a.rand.IntN(len(rows)-3)]
	a.exec("DELETE FROM audit_logs WHERE id BETWEEN $1 AND $2", database.ID(r.chain, 0), r.id())
	a.addAct(kindRetention, fmt.Sprintf(`{"anchors":[{"writer":"%s","seq":%d,"hash":"%x"}],"removed":1}`, r.writer, r.seq, r.hash))
	return "forged a retention", true
}

func restoreErased(a *attacker) (string, bool) {
	for _, r := range a.rows {
		if r.kind == kindEvent && r.salt == nil {
			a.exec("UPDATE audit_logs SET user_id = 'guess', salt = $1 WHERE id = $2", []byte("0123456789abcdef"), r.id())
			break
		}
	}
	return "filled an erased row", false
}

func TestTampering(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		sc := newScene(t, place)
		options := VerifyOptions{Checkpoint: &sc.checkpoint, PublicKey: PublicKey(sc.key)}
		r := verified(t, sc.store, options)
		if r.Chains != 4 || r.Erased != 2 || r.Removed != 41 || r.Missing["test"] != 12 || len(r.Open) != 0 || r.Covered != r.Rows {
			t.Fatalf("got %+v", r)
		}
		verified(t, sc.store, VerifyOptions{})
		tries := 1000
		if testing.Short() || raceEnabled {
			tries = 100
		}
		tally := map[string]int{}
		for i := range tries {
			what, found := sc.try(t, uint64(i), options)
			tally[what]++
			if !found {
				t.Errorf("seed %d: %s: not found", i, what)
			}
		}
		t.Logf("%d tamperings: %v", tries, tally)
		verified(t, sc.store, options) // all of it was rolled back
	})
}

// try makes one attack and reports whether it was found by what should find it.
func (sc *scene) try(t *testing.T, seed uint64, options VerifyOptions) (string, bool) {
	t.Helper()
	tx, err := sc.store.db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	a := &attacker{sc, t, t.Context(), tx, rand.New(rand.NewPCG(seed, 1))}
	a.disarm()
	what, needsCheckpoint := attacks[seed%uint64(len(attacks))](a)
	if !needsCheckpoint {
		options = VerifyOptions{}
	}
	r, err := verifyIn(t.Context(), []querierBoth{tx}, 7, options)
	if err != nil {
		t.Fatalf("seed %d: %s: %v", seed, what, err)
	}
	return what, !r.OK()
}

func TestTheFirstBadRowIsNamed(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		sc := newScene(t, place)
		writer, number := sc.chains[1].writer, sc.chains[1].number
		options := VerifyOptions{Checkpoint: &sc.checkpoint, PublicKey: PublicKey(sc.key)}
		cases := []struct {
			name string
			do   func(*attacker)
			want Problem
		}{
			{"change", func(a *attacker) {
				a.exec("UPDATE audit_logs SET status = 201 WHERE id = $1", database.ID(number, 9))
			}, Problem{writer, 9, Altered}},
			{"payload", func(a *attacker) {
				a.exec("UPDATE audit_logs SET user_id = 'x' WHERE id = $1", database.ID(number, 9))
			}, Problem{writer, 9, PayloadEdited}},
			{"delete", func(a *attacker) {
				a.exec("DELETE FROM audit_logs WHERE id BETWEEN $1 AND $2", database.ID(number, 9), database.ID(number, 11))
			}, Problem{writer, 9, Missing}},
			{"truncate", func(a *attacker) {
				a.cut(row{chain: number, seq: 31})
			}, Problem{writer, 31, Truncated}},
			{"lost", func(a *attacker) {
				a.cut(row{chain: number})
			}, Problem{writer, 1, ChainLost}},
			{"unrecorded", func(a *attacker) { a.exec(emptied, database.ID(number, 7)) }, Problem{writer, 7, Unrecorded}},
		}
		for _, c := range cases {
			tx, err := sc.store.db.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			a := &attacker{sc, t, t.Context(), tx, nil}
			a.disarm()
			c.do(a)
			r, err := verifyIn(t.Context(), []querierBoth{tx}, 7, options)
			if err != nil || len(r.Problems) == 0 || r.Problems[0] != c.want {
				t.Errorf("%s: got %v, %v; want %v", c.name, r.Problems, err, c.want)
			}
			if err := tx.Rollback(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
