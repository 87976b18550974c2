package spool

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// fault reports whether the long versions of the fault tests are asked for.
func fault() bool { return os.Getenv("EVENTGEN_FAULT") == "1" }

// times returns the number of rounds of a fault test.
func times(usual, long int) int {
	if fault() {
		return long
	}
	return usual
}

// Two readers are in every test: their destinations.
var destinations = [...]uint8{1, 4}

// oracle knows what was appended, and what became of it.
type oracle struct {
	mu      sync.Mutex
	records map[uint64]*issued
	last    uint64
	// mayRevive allows that refused records appear, as they may when the power fails before the disk has answered.
	mayRevive bool
}

// issued is a record that was given to Append. Its number is in its UUID.
type issued struct {
	record   Record
	accepted bool // Append returned nil
	refused  bool // Append returned an error
	durable  bool // and it is known to be on disk
	revived  bool // after a power cut it may be there in spite of a refusal
	acked    [len(destinations)]bool
	forgot   [len(destinations)]bool // it was acknowledged before a power cut, which may have undone that
}

// issue makes a record that differs from all others.
func (o *oracle) issue(rng *rand.Rand) *issued {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last++
	r := Record{Time: int64(o.last), Queued: time.Now().UnixMicro(), Event: fmt.Sprintf("event_%d", o.last%3)}
	binary.BigEndian.PutUint64(r.UUID[8:], o.last)
	text := bytes.Repeat([]byte(fmt.Sprintf("%x.", o.last)), 1+rng.IntN(60))
	switch rng.IntN(4) {
	case 0:
		r.Lanes = []Lane{{destinations[0], []byte("id"), text}}
	case 1:
		r.Lanes = []Lane{{destinations[0], []byte("id"), text}, {destinations[1], []byte("other"), text[1:]}}
	default:
		r.Lanes = []Lane{{destinations[0] | destinations[1], []byte("user"), text}}
	}
	i := &issued{record: r}
	o.records[o.last] = i
	return i
}

// lane returns what a reader should see of a record, or nil.
func (i *issued) lane(reader int) *Lane {
	for l := range i.record.Lanes {
		if i.record.Lanes[l].Destinations&destinations[reader] != 0 {
			return &i.record.Lanes[l]
		}
	}
	return nil
}

// find returns the record that an entry shows, or an error when there never was one.
func (o *oracle) find(reader int, e *Entry) (*issued, error) {
	i := o.records[binary.BigEndian.Uint64(e.UUID[8:])]
	if i == nil {
		return nil, fmt.Errorf("record %d: never issued", e.Seq)
	}
	l := i.lane(reader)
	if l == nil || string(e.Event) != i.record.Event || e.Time != i.record.Time || e.Queued != i.record.Queued ||
		!bytes.Equal(e.DistinctID, l.DistinctID) || !bytes.Equal(e.Properties, l.Properties) {
		return nil, fmt.Errorf("record %d: not what was issued", e.Seq)
	}
	return i, nil
}

// judge checks what the readers of a fresh spool get against what they must get: nothing wrong, nothing twice, everything
// for which must is true and that was not acknowledged.
func (o *oracle) judge(s *Spool, must func(*issued) bool) error {
	for n := range destinations {
		r, err := s.Reader(readerNames[n], destinations[n], nil)
		if err != nil {
			return err
		}
		got := map[*issued]bool{}
		var batch []Entry
		for first := true; first || len(batch) > 0; first = false {
			if batch, err = r.Peek(batch[:0], 7, 1<<20); err != nil {
				return err
			}
			var seqs []uint64
			for e := range batch {
				i, err := o.find(n, &batch[e])
				if err != nil {
					return err
				}
				if i.refused && !i.revived && !o.mayRevive {
					return fmt.Errorf("record %d: was refused", batch[e].Seq)
				}
				if got[i] {
					return fmt.Errorf("record %d: twice", batch[e].Seq)
				}
				got[i] = true
				seqs = append(seqs, batch[e].Seq)
			}
			if err := r.Ack(seqs...); err != nil {
				return err
			}
		}
		for id, i := range o.records {
			if must(i) && !i.acked[n] && !i.forgot[n] && i.lane(n) != nil && !got[i] {
				return fmt.Errorf("reader %d: record with id %d is lost", n, id)
			}
		}
	}
	return nil
}

var readerNames = [...]string{"posthog", "log"}

// world is a spool on a simulated disk, and what should be in it.
type world struct {
	t       testing.TB
	rng     *rand.Rand
	opts    Options
	disk    *simDisk
	spool   *Spool
	readers [len(destinations)]*Reader
	oracle  *oracle
}

// smallOptions make many segments of few records, and no timers.
func smallOptions(mode Mode) Options {
	var seconds atomic.Int64
	return Options{
		now:  func() time.Time { return time.Unix(1_700_000_000+seconds.Add(1), 0) },
		Mode: mode, Quota: 1 << 20, SegmentBytes: minSegment, SyncEvery: time.Hour, Patience: time.Hour,
		MinFree: -1, MinFreePercent: -1,
	}
}

func newWorld(t testing.TB, seed uint64, opts Options) *world {
	w := &world{
		t: t, rng: rand.New(rand.NewPCG(seed, 1)), opts: opts, disk: newSimDisk(),
		oracle: &oracle{records: map[uint64]*issued{}},
	}
	if err := w.open(); err != nil {
		t.Fatal(err)
	}
	return w
}

// open opens the spool on what is on the disk.
func (w *world) open() error {
	s, err := start(w.disk, w.opts)
	if err != nil {
		return err
	}
	w.spool = s
	for n := range destinations {
		if w.readers[n], err = s.Reader(readerNames[n], destinations[n], nil); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) append() error {
	i := w.oracle.issue(w.rng)
	_, err := w.spool.Append(context.Background(), i.record)
	w.oracle.mu.Lock()
	defer w.oracle.mu.Unlock()
	i.accepted, i.refused = err == nil, err != nil
	i.durable = err == nil && w.opts.Mode == Sync
	return err
}

func (w *world) sync() error {
	w.oracle.mu.Lock()
	var accepted []*issued
	for _, i := range w.oracle.records {
		if i.accepted {
			accepted = append(accepted, i)
		}
	}
	w.oracle.mu.Unlock()
	err := w.spool.Sync(context.Background())
	if err == nil {
		w.oracle.mu.Lock()
		defer w.oracle.mu.Unlock()
		for _, i := range accepted {
			i.durable = true
		}
	}
	return err
}

// ack peeks some records with one reader, checks them, and acknowledges some of them in any order.
func (w *world) ack() error {
	n := w.rng.IntN(len(destinations))
	batch, err := w.readers[n].Peek(nil, 1+w.rng.IntN(12), 1<<20)
	if err != nil {
		return err
	}
	var seqs []uint64
	w.oracle.mu.Lock()
	for e := range batch {
		i, err := w.oracle.find(n, &batch[e])
		if err != nil {
			w.t.Fatal(err)
		}
		if i.acked[n] {
			w.t.Fatalf("reader %d: record %d comes again after it was acknowledged", n, batch[e].Seq)
		}
		if w.rng.IntN(4) > 0 {
			i.acked[n] = true
			seqs = append(seqs, batch[e].Seq)
		}
	}
	w.oracle.mu.Unlock()
	w.rng.Shuffle(len(seqs), func(i, j int) { seqs[i], seqs[j] = seqs[j], seqs[i] })
	return w.readers[n].Ack(seqs...)
}

// step does something at random. Errors are not the caller's concern: what they mean for a record is noted.
func (w *world) step() {
	switch n := w.rng.IntN(20); {
	case n < 14:
		_ = w.append()
	case n < 16:
		_ = w.sync()
	default:
		_ = w.ack()
	}
	w.checkSums()
}

// checkSums fails the test when the counters of a reader do not add up.
func (w *world) checkSums() {
	for _, r := range w.readers {
		if st := r.Stats(); st.Recovered+st.Appended != st.Acked+uint64(st.Waiting)+st.Dropped.Total() {
			w.t.Fatalf("%+v", st)
		}
	}
}

func (w *world) close() {
	if err := w.spool.Close(context.Background()); err != nil {
		w.t.Error(err)
	}
}

// reopened judges another spool on a disk, and closes it.
func (o *oracle) reopened(disk *simDisk, opts Options, must func(*issued) bool) error {
	s, err := start(disk, opts)
	if err != nil {
		return err
	}
	err = o.judge(s, must)
	if closeErr := s.Close(context.Background()); err == nil {
		err = closeErr
	}
	return err
}

func isDurable(i *issued) bool  { return i.durable }
func isAccepted(i *issued) bool { return i.accepted }

// killed abandons a spool as if its process had died: no goroutine of it may touch its disk again. The disk refuses.
func (w *world) abandon() {
	w.disk.mu.Lock()
	w.disk.fail = func(string, int) error { return os.ErrClosed }
	w.disk.after = nil
	w.disk.mu.Unlock()
	_ = w.spool.Close(context.Background())
}
