package block

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/database"
	"github.com/eventgen/eventgen/auditlog/internal/fill"
	"github.com/eventgen/eventgen/auditlog/internal/pgtest"
)

var postgres pgtest.Server

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

func onBoth(t *testing.T, test func(t *testing.T, db *database.DB)) {
	t.Helper()
	t.Parallel()
	run := func(name string, place func(*testing.T) string) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := database.Open(t.Context(), place(t), database.Write)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			test(t, db)
		})
	}
	run("sqlite", func(t *testing.T) string { return filepath.Join(t.TempDir(), "audit.db") })
	run("postgres", func(t *testing.T) string { return postgres.Database(t) })
}

func filled(t *testing.T, db *database.DB, rows, writers int) {
	t.Helper()
	shape := fill.Shape{
		Rows: rows, Writers: writers, Routes: 10, Users: 100, From: time.Unix(1e9, 0), Span: time.Hour, Seed: 5, Late: true,
	}
	if err := fill.Insert(t.Context(), db, shape); err != nil {
		t.Fatal(err)
	}
}

func foldAll(t *testing.T, db *database.DB, least int64) {
	t.Helper()
	if err := Fold(t.Context(), db, 0, least); err != nil {
		t.Fatal(err)
	}
}

func covered(t *testing.T, db *database.DB) []span {
	t.Helper()
	all, err := spans(t.Context(), db, "SELECT first_id, last_id FROM audit_blocks ORDER BY first_id")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// rows returns a span.
func rows(chain, first, last int64) span {
	return span{database.ID(chain, first), database.ID(chain, last)}
}

// TestFoldLeavesSmallPartsAlone, and makes blocks without a hole of the others.
func TestFoldLeavesSmallPartsAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		filled(t, db, 2*Step+100, 1)
		foldAll(t, db, Step)
		want := []span{rows(1, 1, Step), rows(1, Step+1, 2*Step)}
		if got := covered(t, db); !slices.Equal(got, want) {
			t.Errorf("blocks are %v, want %v", got, want)
		}
		foldAll(t, db, 101)
		if got := covered(t, db); !slices.Equal(got, want) {
			t.Errorf("100 rows were worth a block: %v", got)
		}
		foldAll(t, db, 1)
		want = append(want, rows(1, 2*Step+1, 2*Step+100))
		if got := covered(t, db); !slices.Equal(got, want) {
			t.Errorf("blocks are %v, want %v", got, want)
		}
		if err := Check(t.Context(), db); err != nil {
			t.Error(err)
		}
	})
}

// TestFoldStopsAtAHole, which somebody made by adding a row far behind the others, rather than making blocks of what is not there.
func TestFoldStopsAtAHole(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		filled(t, db, 300, 1)
		add := func(seq int64) {
			t.Helper()
			_, err := db.ExecContext(t.Context(), "INSERT INTO audit_logs (id, kind, timestamp_us, written_us, digest, prev_hash, hash) "+
				"VALUES ($1, 'event', 0, 0, '', '', '')", database.ID(1, seq))
			if err != nil {
				t.Fatal(err)
			}
		}
		add(database.MaxSeq)
		add(database.MaxSeq - 1)
		foldAll(t, db, 1)
		if got := covered(t, db); !slices.Equal(got, []span{rows(1, 1, 300)}) {
			t.Errorf("blocks are %v", got)
		}
		if err := Check(t.Context(), db); err != nil {
			t.Error(err)
		}
	})
}

// TestFoldMergesWhatIsSmall holds that blocks become one of full length, which has all that they had, in order.
func TestFoldMergesWhatIsSmall(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		for first := int64(1); first < Size+2*Step; first += Step {
			var b builder
			for n := first; n < first+Step; n++ {
				b.add(&Request{Time: n, Weight: 1, Status: 200 + n%7, User: fmt.Sprint("user-", n%1999), Route: fmt.Sprint("/", n%13)})
			}
			tx, err := db.Lazy(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(fold(t.Context(), tx, rows(1, first, first+Step-1), &b.Block), tx.Commit()); err != nil {
				t.Fatal(err)
			}
		}
		want := []span{rows(1, 1, Size), rows(1, Size+1, Size+Step), rows(1, Size+Step+1, Size+2*Step)}
		if got := covered(t, db); !slices.Equal(got, want) {
			t.Errorf("blocks are %v, want %v", got, want)
		}
		checkNumbered(t, db, Size+2*Step)
	})
}

// checkNumbered expects the requests of TestFoldMergesWhatIsSmall, each once.
func checkNumbered(t *testing.T, db *database.DB, count int64) {
	t.Helper()
	tx, err := db.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	seen := map[int64]bool{}
	err = Scan(t.Context(), tx, Want{From: math.MinInt64, To: math.MaxInt64, Columns: columns}, func(b *Block) error {
		for i, n := range b.Times {
			if seen[n] || b.Statuses.At(i) != 200+n%7 || b.Users.At(i) != fmt.Sprint("user-", n%1999) || b.Routes.At(i) != fmt.Sprint("/", n%13) {
				return fmt.Errorf("request %d is not what it was", n)
			}
			seen[n] = true
		}
		return nil
	})
	if err != nil || int64(len(seen)) != count {
		t.Errorf("%d requests of %d: %v", len(seen), count, err)
	}
}

// TestJoined follows chains that grow by equal and by random steps: their blocks never exceed Size, there are few of them, and a row is
// copied few times.
func TestJoined(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, step := range []func() int64{
		func() int64 { return Step },
		func() int64 { return Step + r.Int64N(100) },
		func() int64 { return 1 + r.Int64N(3*Step) },
		func() int64 { return 64 },
	} {
		var blocks []span // from the last to the first
		var last, copied int64
		most := 0
		for last < 20*Size {
			s := span{last + 1, last + step()}
			last = s.last
			whole := joined(s, blocks)
			copied += whole.rows()
			for len(blocks) > 0 && blocks[0].first >= whole.first {
				blocks = blocks[1:]
			}
			if whole.rows() > Size || len(blocks) > 0 && blocks[0].last != whole.first-1 {
				t.Fatalf("%v became %v behind %v", s, whole, blocks)
			}
			blocks = slices.Insert(blocks, 0, whole)
			most = max(most, len(blocks))
		}
		if most > 20+2*fanOut || copied > 3*last {
			t.Errorf("%d rows were in up to %d blocks, and were written %.1f times", last, most, float64(copied)/float64(last))
		}
	}
}

// TestFoldInParallel lets several processes make the same blocks. One that finds the database busy for too long comes again, as a
// store does.
func TestFoldInParallel(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		filled(t, db, 1_200, 4)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				err := Fold(t.Context(), db, 0, 1)
				for err != nil && database.Classify(err) == database.Down && t.Context().Err() == nil {
					err = Fold(t.Context(), db, 0, 1)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		open, err := uncovered(t.Context(), db, 0)
		if err != nil || len(open) != 0 {
			t.Errorf("left: %v, %v", open, err)
		}
		if err := Check(t.Context(), db); err != nil {
			t.Error(err)
		}
	})
}

// TestCheckNoticesEveryColumn damages one column after the other, and what a block says of itself.
func TestCheckNoticesEveryColumn(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		filled(t, db, 500, 2)
		for _, c := range stored {
			foldAll(t, db, 1)
			var data []byte
			where := fmt.Sprintf(" WHERE first_id = %d AND name = '%s'", database.ID(2, 1), c)
			if err := db.QueryRowContext(t.Context(), "SELECT data FROM audit_columns"+where).Scan(&data); err != nil {
				t.Fatal(err)
			}
			data[len(data)/2] ^= 1
			if _, err := db.ExecContext(t.Context(), "UPDATE audit_columns SET data = $1"+where, data); err != nil {
				t.Fatal(err)
			}
			var m *Mismatch
			if err := Check(t.Context(), db); !errors.As(err, &m) || m.Writer != "writer-1" || m.First != 1 {
				t.Errorf("a change of %s gives %v", c, err)
			}
			tx, err := db.Exclusive(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(Forget(t.Context(), tx, database.ID(2, 1), database.ID(2, 1)), tx.Commit()); err != nil {
				t.Fatal(err)
			}
		}
		for _, change := range []string{
			"requests = requests - 1", "first_us = first_us + 1", "last_us = last_us - 1", "first_us = first_us - 1000000000000",
			"last_id = last_id + 1000", "last_id = last_id - 1",
		} {
			foldAll(t, db, 1)
			if _, err := db.ExecContext(t.Context(), "UPDATE audit_blocks SET "+change+" WHERE "+database.InChain("first_id", "1")); err != nil {
				t.Fatal(err)
			}
			var m *Mismatch
			if err := Check(t.Context(), db); !errors.As(err, &m) || m.Writer != "writer-0" {
				t.Errorf("%s gives %v", change, err)
			}
			if _, err := db.ExecContext(t.Context(), "DELETE FROM audit_columns"); err != nil {
				t.Fatal(err)
			}
			if _, err := db.ExecContext(t.Context(), "DELETE FROM audit_blocks"); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestScanReportsDamage gives an error, and no wrong answer, where a column is no longer readable or not there.
func TestScanReportsDamage(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		filled(t, db, 300, 1)
		foldAll(t, db, 1)
		for _, change := range []string{
			"UPDATE audit_columns SET data = substr(data, 2) WHERE name = 'user'",
			"DELETE FROM audit_columns WHERE name = 'user'",
			"UPDATE audit_blocks SET requests = 70000",
		} {
			if _, err := db.ExecContext(t.Context(), change); err != nil {
				t.Fatal(err)
			}
			tx, err := db.Snapshot(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			err = Scan(t.Context(), tx, Want{From: math.MinInt64, To: math.MaxInt64, Columns: []Column{User, Weight}}, func(*Block) error { return nil })
			if err == nil {
				t.Errorf("%s is not noticed", change)
			}
			if err := tx.Rollback(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestForgetTakesWhatTouches removes the blocks that cover a row of the range, and no other.
func TestForgetTakesWhatTouches(t *testing.T) {
	onBoth(t, func(t *testing.T, db *database.DB) {
		filled(t, db, 2*Step+700, 1)
		foldAll(t, db, 1)
		before := covered(t, db)
		for i, b := range before {
			for _, r := range [][2]int64{{b.first, b.first}, {b.last, b.last}, {b.first + 1, b.last - 1}} {
				tx, err := db.Exclusive(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if err := Forget(t.Context(), tx, r[0], r[1]); err != nil {
					t.Fatal(err)
				}
				left, err := spans(t.Context(), tx, "SELECT first_id, last_id FROM audit_blocks ORDER BY first_id")
				if err != nil || len(left) != len(before)-1 || slices.Contains(left, b) {
					t.Errorf("block %d, rows %v: left are %v, %v", i, r, left, err)
				}
				if err := tx.Rollback(); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// TestRowsAreFoundByTheirIDs alone also by a plan of PostgreSQL that does not look at the parameters, as those of statements that are
// repeated: to it, any range of times is as narrow as one of ids.
func TestRowsAreFoundByTheirIDs(t *testing.T) {
	t.Parallel()
	db, err := database.Open(t.Context(), postgres.Database(t), database.Write)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	filled(t, db, 10_000, 3)
	tx, err := db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	for _, s := range []string{"ANALYZE audit_logs", "SET LOCAL plan_cache_mode = force_generic_plan", "PREPARE q AS " + requestQuery(columns)} {
		if _, err := tx.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	var plan []string
	err = database.Each(tx.QueryContext(t.Context(), "EXPLAIN EXECUTE q (1, 2, 3, 4)"))(func(scan database.Scan) error {
		var line string
		err := scan(&line)
		plan = append(plan, line)
		return err
	})
	if text := strings.Join(plan, "\n"); err != nil || !strings.Contains(text, "audit_logs_pkey") || strings.Contains(text, "audit_logs_time") {
		t.Errorf("the plan is %s, %v", text, err)
	}
}

// FuzzDecode holds that no bytes make decode panic or take memory beyond them, and that what it reads is written the same.
func FuzzDecode(f *testing.F) {
	var b builder
	for i := range 40 {
		b.add(&Request{Time: int64(i), Weight: 1 + float64(i%2), Status: 200, User: string(rune('a' + i%5)), Route: "/"})
	}
	for i, c := range columns {
		f.Add(uint8(i), uint16(b.Rows), b.encode(c))
	}
	f.Fuzz(func(t *testing.T, which uint8, rows uint16, data []byte) {
		c := columns[int(which)%len(columns)]
		block := Block{Rows: int(rows)}
		if block.decode(c, data) != nil {
			return
		}
		again := Block{Rows: int(rows)}
		if err := again.decode(c, block.encode(c)); err != nil {
			t.Fatalf("%s: what was read and written cannot be read: %v", c, err)
		}
		if !bytes.Equal(again.encode(c), block.encode(c)) {
			t.Fatalf("%s: read again, it is something else", c)
		}
	})
}

// FuzzDecodeSums holds the same of sums.
func FuzzDecodeSums(f *testing.F) {
	var b builder
	for i := range 40 {
		b.add(&Request{
			Time: int64(i) - 5, Weight: 1 + float64(i%3)/3, Status: 200 + int64(i%2)*300, Result: "failure", Event: string(rune('x' + i%2)),
			User: string(rune('a' + i%5)), Route: "/",
		})
	}
	for _, d := range dimensions {
		f.Add(b.encode(sumsOf(d)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var block, again Block
		if block.decode(sumsOf(User), data) != nil {
			return
		}
		written := encodeSums(block.Sums)
		if err := again.decode(sumsOf(User), written); err != nil {
			t.Fatalf("what was read and written cannot be read: %v", err)
		}
		if !bytes.Equal(encodeSums(again.Sums), written) {
			t.Fatal("read again, it is something else")
		}
	})
}
