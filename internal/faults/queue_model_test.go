package faults

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eventgen/eventgen/spool"
)

// The spool of the model is small, so that its quota and many segments come into play.
const (
	modelQuota   = 64 << 10
	modelSegment = 8 << 10
	mostPeeked   = 12 // a mark keeps a few dozen acknowledgements out of order; beyond that, records may come again
)

// The destinations of the two readers, and one that nobody reads.
var modelBits = [...]uint8{1, 4, 32}

// queueModel is a spool and, for each reader, the queue that it should be.
type queueModel struct {
	dir     string
	options spool.Options
	spool   *spool.Spool
	readers [2]*spool.Reader
	queues  [2]queue
	refused uint64
	last    uint64 // number of the last record that was made
	orphans [2][]waiting
	left    bool // there is a folder of a dead process, with orphans
	tally   *tally
}

// tally counts what a test came across.
type tally struct{ appended, refused, acked, dropped, adopted, reopened uint64 }

// queue is what a reader should get.
type queue struct {
	waiting []waiting // oldest first
	acked   uint64
	dropped uint64
}

// waiting is a record that a reader has not acknowledged.
type waiting struct {
	seq, number uint64
	peeked      bool // the reader has it in memory
}

var modelNames = [...]string{"posthog", "audit"}

// TestQueueModel does with a spool what comes to rapid's mind, and compares it with plain queues in memory: nothing is lost,
// nothing comes twice, nothing is out of order, and all counters are right after every step.
func TestQueueModel(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "spool")
	var seen tally
	defer func() { t.Logf("%+v", seen) }()
	rapid.Check(t, func(t *rapid.T) {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		m := &queueModel{tally: &seen, dir: dir, options: roomy(spool.Options{
			Mode:     rapid.SampledFrom([]spool.Mode{spool.Interval, spool.Sync}).Draw(t, "mode"),
			Overflow: rapid.SampledFrom([]spool.Overflow{spool.Refuse, spool.DropOldest}).Draw(t, "overflow"),
			Quota:    modelQuota, SegmentBytes: modelSegment,
		})}
		m.open(t)
		t.Repeat(map[string]func(*rapid.T){
			"append": m.append, "fill": m.fill, "append too much": m.tooLarge, "await": m.await, "peek": m.peek, "ack": m.ack,
			"drain": m.drain, "reopen": m.reopen, "die": m.die, "adopt": m.adopt, "sync": m.sync,
			"": m.check,
		})
		m.close(t)
	})
}

func (m *queueModel) open(t *rapid.T) {
	s, readers := openReaders(t, m.dir, m.options)
	m.spool, m.readers = s, readers
	for i := range m.queues {
		m.queues[i].acked, m.queues[i].dropped = 0, 0
	}
	m.refused = 0
}

func openReaders(t *rapid.T, dir string, options spool.Options) (s *spool.Spool, readers [2]*spool.Reader) {
	s, err := spool.Open(dir, options)
	if err != nil {
		t.Fatal(err)
	}
	for i := range readers {
		if readers[i], err = s.Reader(modelNames[i], modelBits[i], nil); err != nil {
			t.Fatal(err)
		}
	}
	return s, readers
}

func (m *queueModel) close(t *rapid.T) {
	if err := m.spool.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	st := m.spool.Stats()
	m.tally.appended += st.Appended
	m.tally.adopted += st.Adopted
	m.tally.refused += m.refused
	m.tally.reopened++
	for i := range m.queues {
		m.tally.acked += m.queues[i].acked
		m.tally.dropped += m.queues[i].dropped
	}
}

// records makes some records, each of which differs from all others.
func (m *queueModel) records(t *rapid.T, most int) []spool.Record {
	records := make([]spool.Record, rapid.IntRange(1, most).Draw(t, "records"))
	for i := range records {
		m.last++
		size := rapid.SampledFrom([]int{0, 10, 100, 500}).Draw(t, "size")
		lanes := []spool.Lane{laneOf(m.last, size, modelBits[0]|modelBits[1])}
		switch rapid.IntRange(0, 4).Draw(t, "destinations") {
		case 0:
			lanes = []spool.Lane{laneOf(m.last, size, modelBits[0])}
		case 1:
			lanes = []spool.Lane{laneOf(m.last, size, modelBits[1]), laneOf(m.last, size, modelBits[0]|modelBits[2])}
		case 2:
			lanes = []spool.Lane{laneOf(m.last, size, modelBits[2])}
		}
		records[i] = recordOf(m.last, lanes...)
	}
	return records
}

// recordOf makes a record that tells its number in several places.
func recordOf(number uint64, lanes ...spool.Lane) spool.Record {
	r := spool.Record{Time: int64(number), Queued: int64(number), Event: "numbered", Lanes: lanes}
	binary.BigEndian.PutUint64(r.UUID[:], number)
	return r
}

// laneOf makes an encoding that tells from its content for whom it is.
func laneOf(number uint64, size int, destinations uint8) spool.Lane {
	text := bytes.Repeat([]byte{byte(number), byte(number >> 8), destinations}, size/3+1)
	return spool.Lane{Destinations: destinations, DistinctID: text[:3], Properties: text}
}

// expect adds records to the queues of those whom they are for.
func expect(queues *[2][]waiting, records []spool.Record, first uint64) {
	for i := range records {
		for q := range queues {
			if serves(&records[i], modelBits[q]) {
				queues[q] = append(queues[q], waiting{seq: first + uint64(i), number: uint64(records[i].Time)})
			}
		}
	}
}

func serves(r *spool.Record, bit uint8) bool {
	for _, l := range r.Lanes {
		if l.Destinations&bit != 0 {
			return true
		}
	}
	return false
}

func (m *queueModel) append(t *rapid.T) { m.store(t, m.records(t, 6)) }

// fill appends up to a quota's worth of large records.
func (m *queueModel) fill(t *rapid.T) {
	for range rapid.IntRange(1, modelQuota/modelSegment).Draw(t, "segments") {
		records := make([]spool.Record, 7)
		for i := range records {
			m.last++
			records[i] = recordOf(m.last, laneOf(m.last, 1000, modelBits[0]|modelBits[1]))
		}
		m.store(t, records)
	}
}

// store appends records, which the policy may refuse.
func (m *queueModel) store(t *rapid.T, records []spool.Record) {
	next := m.spool.Next()
	first, err := m.spool.Append(t.Context(), records...)
	if errors.Is(err, spool.ErrFull) && m.spool.Stats().Bytes+modelSegment <= modelQuota {
		m.refused += uint64(len(records)) // the syncer was not done with a segment that everybody had passed
		first, err = m.spool.Append(t.Context(), records...)
	}
	if errors.Is(err, spool.ErrFull) { // under DropOldest, when the segments that are left still wait for their sync
		m.refused += uint64(len(records))
		m.noteDrops(t)
		return
	}
	if err != nil || first != next {
		t.Fatalf("appended at %d instead of %d: %v", first, next, err)
	}
	var expected [2][]waiting
	expect(&expected, records, first)
	for i := range m.queues {
		m.queues[i].waiting = append(m.queues[i].waiting, expected[i]...)
	}
	m.noteDrops(t)
}

// noteDrops takes out of the queues what the spool says that it dropped: the oldest records that no reader has in memory.
func (m *queueModel) noteDrops(t *rapid.T) {
	for i := range m.queues {
		q := &m.queues[i]
		dropped := m.readers[i].Stats().Dropped.Oldest
		if dropped > 0 && m.options.Overflow != spool.DropOldest {
			t.Fatalf("%d records dropped under another policy", dropped)
		}
		for n := 0; q.dropped < dropped; {
			if n == len(q.waiting) {
				t.Fatalf("%d records dropped, more than there were", dropped)
			}
			if q.waiting[n].peeked {
				n++
				continue
			}
			q.waiting = append(q.waiting[:n:n], q.waiting[n+1:]...)
			q.dropped++
		}
	}
}

func (m *queueModel) tooLarge(t *rapid.T) {
	r := spool.Record{Event: "large", Lanes: []spool.Lane{laneOf(0, modelSegment, modelBits[0])}}
	if _, err := m.spool.Append(t.Context(), r); !errors.Is(err, spool.ErrTooLarge) {
		t.Fatalf("a record that fits in no segment: %v", err)
	}
}

func (m *queueModel) pick(t *rapid.T) (*spool.Reader, *queue, uint8) {
	i := rapid.IntRange(0, len(m.readers)-1).Draw(t, "reader")
	return m.readers[i], &m.queues[i], modelBits[i]
}

func (m *queueModel) await(t *rapid.T) {
	r, q, _ := m.pick(t)
	w, err := r.Await(0)
	if err != nil || w.Records != len(q.waiting) {
		t.Fatalf("%d records are waiting, want %d: %v", w.Records, len(q.waiting), err)
	}
	if w.Records > 0 {
		q.waiting[0].peeked = true
		if w.Oldest.UnixMicro() != int64(q.waiting[0].number) {
			t.Fatalf("the oldest is number %d, want %d", w.Oldest.UnixMicro(), q.waiting[0].number)
		}
	}
}

func (m *queueModel) peek(t *rapid.T) {
	r, q, bit := m.pick(t)
	look(t, r, q, bit, rapid.IntRange(1, mostPeeked).Draw(t, "limit"))
}

// look peeks and compares with the head of the queue.
func look(t *rapid.T, r *spool.Reader, q *queue, bit uint8, limit int) {
	got, err := r.Peek(nil, limit, 1<<20)
	if err != nil || len(got) != min(limit, len(q.waiting)) {
		t.Fatalf("%d records of %d, want %d: %v", len(got), len(q.waiting), limit, err)
	}
	for i := range got {
		w := &q.waiting[i]
		w.peeked = true
		e := &got[i]
		// The content begins with the number, then the destinations of its lane.
		if e.Seq != w.seq || e.Time != int64(w.number) || e.Queued != int64(w.number) || binary.BigEndian.Uint64(e.UUID[:]) != w.number ||
			string(e.Event) != "numbered" || e.DistinctID[0] != byte(w.number) || e.DistinctID[2]&bit == 0 ||
			!bytes.Equal(e.Properties, bytes.Repeat(e.DistinctID, len(e.Properties)/3)) {
			t.Fatalf("record %d is number %d, want %d, number %d", e.Seq, e.Time, w.seq, w.number)
		}
	}
}

// ack acknowledges some of what was peeked, in any order, and some that is none of the reader's business.
func (m *queueModel) ack(t *rapid.T) {
	r, q, _ := m.pick(t)
	var seqs []uint64
	kept := q.waiting[:0:0]
	for _, w := range q.waiting {
		if w.peeked && rapid.Bool().Draw(t, "acknowledge") {
			seqs = append(seqs, w.seq)
			q.acked++
		} else {
			kept = append(kept, w)
		}
	}
	if len(seqs) > 0 {
		q.waiting = kept
		seqs = append(seqs, seqs[0], 0, m.spool.Next()+5)
		seqs = rapid.Permutation(seqs).Draw(t, "order")
	}
	if err := r.Ack(seqs...); err != nil {
		t.Fatal(err)
	}
}

// drain takes everything out, and thereby makes room.
func (m *queueModel) drain(t *rapid.T) {
	for i, r := range m.readers {
		q := &m.queues[i]
		for len(q.waiting) > 0 {
			look(t, r, q, modelBits[i], mostPeeked)
			var seqs []uint64
			for _, w := range q.waiting[:min(mostPeeked, len(q.waiting))] {
				seqs = append(seqs, w.seq)
			}
			if err := r.Ack(seqs...); err != nil {
				t.Fatal(err)
			}
			q.waiting = q.waiting[len(seqs):]
			q.acked += uint64(len(seqs))
		}
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 2000 { // segments go as soon as they are synced
		_, err := m.spool.Append(t.Context(), spool.Record{Event: "nobody's"})
		if err == nil {
			return
		}
		if !errors.Is(err, spool.ErrFull) {
			t.Fatal(err)
		}
		m.refused++
		<-tick.C
	}
	t.Fatal("no room in a queue that nobody needs")
}

func (m *queueModel) sync(t *rapid.T) {
	if err := m.spool.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (m *queueModel) reopen(t *rapid.T) {
	next := m.spool.Next()
	m.close(t)
	m.forgetDropped(t)
	m.options.Mode = rapid.SampledFrom([]spool.Mode{spool.Interval, spool.Sync}).Draw(t, "mode")
	m.open(t)
	st := m.spool.Stats()
	if st.Next != next || st.Missing != 0 || st.Damaged != 0 || st.Untrimmed != 0 || st.LostMarks != 0 {
		t.Fatalf("opened again, the next record was to be %d: %+v", next, st)
	}
	for i := range m.queues {
		if n := m.readers[i].Stats().Recovered; n != uint64(len(m.queues[i].waiting)) {
			t.Fatalf("reader %d recovered %d records of %d", i, n, len(m.queues[i].waiting))
		}
	}
}

// forgetDropped takes out of the queues what was in memory when its segment was dropped: it ends with the process.
func (m *queueModel) forgetDropped(t *rapid.T) {
	report, err := spool.Verify(m.dir)
	if err != nil {
		t.Fatal(err)
	}
	first := m.spool.Next()
	if len(report.Segments) > 0 {
		first = report.Segments[0].First
	}
	for i := range m.queues {
		q := &m.queues[i]
		kept := q.waiting[:0:0]
		for _, w := range q.waiting {
			if w.seq >= first {
				kept = append(kept, waiting{w.seq, w.number, false})
			} else if !w.peeked || m.options.Overflow != spool.DropOldest {
				t.Fatalf("reader %d: record %d is not on disk, which begins with %d", i, w.seq, first)
			}
		}
		q.waiting = kept
	}
}

// die has another process use the same spool, and end with something left.
func (m *queueModel) die(t *rapid.T) {
	if m.left {
		t.Skip("there is such a folder")
	}
	other, readers := openReaders(t, m.dir, m.options)
	if other.Path() == m.dir {
		t.Fatal("two processes in one folder")
	}
	records := m.records(t, 6)
	first, err := other.Append(t.Context(), records...)
	if err != nil {
		t.Fatal(err)
	}
	m.orphans = [2][]waiting{}
	expect(&m.orphans, records, first)
	for i, r := range readers {
		limit := rapid.IntRange(0, 3).Draw(t, "delivered")
		got, err := r.Peek(nil, limit, 1<<20)
		if err != nil || len(got) != min(limit, len(m.orphans[i])) {
			t.Fatalf("the other process read %d records: %v", len(got), err)
		}
		for n := range got {
			if err := r.Ack(got[n].Seq); err != nil {
				t.Fatal(err)
			}
		}
		m.orphans[i] = m.orphans[i][len(got):]
	}
	if done, err := m.spool.Adopt(t.Context()); err != nil || done != (spool.Adopted{Busy: 1}) {
		t.Fatalf("adopted from the living: %+v, %v", done, err)
	}
	if err := other.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	m.left = true
}

// adopt takes over what the other process left, if there is room.
func (m *queueModel) adopt(t *rapid.T) {
	if m.options.Overflow == spool.DropOldest && m.spool.Stats().Bytes+modelSegment > modelQuota {
		t.Skip("adoption that finds nothing to drop ends midway, and records come twice")
	}
	next := m.spool.Next()
	done, err := m.spool.Adopt(t.Context())
	if errors.Is(err, spool.ErrFull) {
		if m.spool.Next() != next {
			t.Fatal("adopted in part")
		}
		if m.spool.Stats().Refused.Full == m.refused+1 { // for a moment after a refusal, what would fit is refused, too
			m.refused++
		}
		return
	}
	if err != nil || (done.Folders == 1) != m.left {
		t.Fatalf("adopted %+v, %v; there was a folder: %t", done, err, m.left)
	}
	moved := m.renumber(next)
	if moved != done.Records && m.left {
		t.Fatalf("adopted %d records, want %d", done.Records, moved)
	}
	m.left, m.orphans = false, [2][]waiting{}
	m.noteDrops(t)
}

// renumber appends the orphans to the queues with the sequence numbers that they got: in order, those that somebody still needs.
func (m *queueModel) renumber(next uint64) (moved uint64) {
	for number := uint64(1); number <= m.last; number++ {
		wanted := false
		for i := range m.orphans {
			for _, w := range m.orphans[i] {
				if w.number == number {
					m.queues[i].waiting = append(m.queues[i].waiting, waiting{seq: next + moved, number: number})
					wanted = true
				}
			}
		}
		if wanted {
			moved++
		}
	}
	return moved
}

// check compares all counters.
func (m *queueModel) check(t *rapid.T) {
	st := m.spool.Stats()
	if st.Bytes > modelQuota || st.Refused.Full != m.refused || st.Damaged != 0 || st.WriteErrors != 0 || st.SyncErrors != 0 {
		t.Fatalf("%d refused: %+v", m.refused, st)
	}
	for i := range m.readers {
		r, q := m.readers[i].Stats(), &m.queues[i]
		if r.Waiting != len(q.waiting) || r.Acked != q.acked || r.Dropped != (spool.Dropped{Oldest: q.dropped}) ||
			r.Recovered+r.Appended != r.Acked+uint64(r.Waiting)+r.Dropped.Total() {
			t.Fatalf("reader %d: %+v; want %d waiting, %d acknowledged, %d dropped", i, r, len(q.waiting), q.acked, q.dropped)
		}
		if len(q.waiting) > 0 && r.Mark > q.waiting[0].seq {
			t.Fatalf("reader %d: record %d waits and the mark is %d", i, q.waiting[0].seq, r.Mark)
		}
	}
}
