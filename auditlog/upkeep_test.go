package auditlog

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/eventgen/eventgen/auditlog/internal/block"
	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// checkBlocks holds that blocks cover all of a store's chain but a rest, and that they are those of the rows.
func checkBlocks(t *testing.T, s *Store, rest int64) {
	t.Helper()
	if err := block.Check(t.Context(), s.db); err != nil {
		t.Error(err)
	}
	number := fmt.Sprint(s.chain.number)
	open := number64(t, s, "SELECT max(id) - (SELECT COALESCE(max(last_id), "+number+" << 40) FROM audit_blocks WHERE "+
		database.InChain("first_id", number)+") FROM audit_logs WHERE "+database.InChain("id", number))
	if open > rest {
		t.Errorf("no block covers the last %d rows, want %d at most", open, rest)
	}
}

// TestBlocksOfAStoreAreThoseOfItsRows has all that may stand in a row or between two of them: the store makes blocks of what it has
// in memory, without reading the rows.
func TestBlocksOfAStoreAreThoseOfItsRows(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s := open(t, place, Options{})
		for n := range 3 * block.Step / 100 {
			b := requests(1+n*100, 100)
			replace := func(i int, from, to string) {
				b.Messages[i].Properties = bytes.ReplaceAll(b.Messages[i].Properties, []byte(from), []byte(to))
			}
			replace(1, `"statusCode"`, `"other"`)
			replace(2, `"route"`, `"other"`)
			replace(3, `"duration_ms"`, `"other"`)
			replace(4, `"userId"`, `"other"`)
			replace(5, `"sample_weight":1`, `"sample_weight":2.5`)
			replace(6, `"userRole":"member"`, `"userRole":""`)
			send(t, s, b)
			if n%7 == 0 {
				send(t, s, b) // known, and so no rows
			}
			if n%9 == 0 {
				if err := s.RecordGap(t.Context(), "test", 1); err != nil {
					t.Fatal(err)
				}
			}
		}
		checkBlocks(t, s, block.Step)
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		again := open(t, place, Options{})
		again.chain.number = s.chain.number
		checkBlocks(t, again, 0)
	})
}

// TestBlocksHoldNothingThatWasErasedElsewhere lets another process erase rows which the store still has in memory.
func TestBlocksHoldNothingThatWasErasedElsewhere(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		for _, before := range []int{10, block.Step - 200} { // too few for a block when they are erased, and enough
			s, other := open(t, place, Options{}), open(t, place, Options{})
			b := requests(before*1000, before)
			for i := range b.Messages {
				b.Messages[i].Properties = bytes.ReplaceAll(b.Messages[i].Properties, []byte(`"userId":"user_`), []byte(`"userId":"SUBJECT`))
				b.Messages[i].DistinctID = "SUBJECT"
			}
			send(t, s, b)
			if n, err := other.Erase(t.Context(), "SUBJECT"); err != nil || n != int64(before) {
				t.Fatal(n, err)
			}
			for n := range (block.Step-before)/100 + 2 {
				send(t, s, requests(before*1000+before+n*100, 100))
			}
			checkBlocks(t, s, 2*block.Step)
			if n := number64(t, s, "SELECT count(*) FROM audit_columns WHERE "+contains(s)); n != 0 {
				t.Errorf("%d columns hold what was erased", n)
			}
		}
	})
}

// contains is the condition that a column of a block holds the subject.
func contains(s *Store) string {
	if s.db.Dialect.String() == "postgres" {
		return "position('SUBJECT'::bytea in data) > 0"
	}
	return "instr(data, CAST('SUBJECT' AS BLOB)) > 0"
}

// TestReadersSeeOneState begins readers while others write.
func TestReadersSeeOneState(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		s := open(t, place, Options{})
		var writing sync.WaitGroup
		stop := make(chan struct{})
		writing.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
					if err := deliver(t.Context(), s, requests(1+n*3, 3)); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
		several := 0
		for range 50 {
			txs, err := s.db.Snapshots(t.Context(), 3)
			if err != nil {
				t.Fatal(err)
			}
			var seen []string
			for _, tx := range txs {
				var n string
				if err := tx.QueryRowContext(t.Context(), "SELECT count(*) FROM audit_logs").Scan(&n); err != nil {
					t.Fatal(err)
				}
				seen = append(seen, n)
			}
			for _, tx := range txs {
				if err := tx.Rollback(); err != nil {
					t.Fatal(err)
				}
			}
			if strings.Count(strings.Join(seen, " "), seen[0]) != len(seen) {
				t.Errorf("the readers see %v rows", seen)
			}
			if len(txs) == 3 {
				several++
			}
		}
		close(stop)
		writing.Wait()
		if several < 25 {
			t.Errorf("only %d of 50 times there were several readers", several)
		}
	})
}
