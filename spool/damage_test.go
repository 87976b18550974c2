package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestDamage flips bits in segment files, overwrites sectors and cuts files short. At most the records whose bytes were touched
// may be missing, none may be wrong, and the damage must be reported.
func TestDamage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, smallOptions(Interval))
	for range damagedRecords {
		if err := w.append(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.sync(); err != nil {
		t.Fatal(err)
	}
	origin := w.disk.kill()
	where := locate(t, origin)
	w.close()
	for seed := range uint64(times(20_000, 200_000)) {
		damageOnce(t, seed, w, origin, where)
	}
}

// damagedRecords is how many records the damaged log has: some segments.
const damagedRecords = 60

// located is where a record is.
type located struct {
	name     string
	from, to int64
}

// locate returns where each record is, by its number.
func locate(t *testing.T, disk *simDisk) map[uint64]located {
	t.Helper()
	where := map[uint64]located{}
	entries, _ := disk.List()
	err := inspect(disk).walk(entries, func(*segment, finding) {}, func(s Stored) bool {
		size := int64(frameHeader + s.Record.bodySize())
		where[uint64(s.Time)] = located{s.Segment, s.Offset, s.Offset + size}
		return true
	})
	if err != nil || len(where) != damagedRecords {
		t.Fatalf("%d records: %v", len(where), err)
	}
	return where
}

func damageOnce(t *testing.T, seed uint64, w *world, origin *simDisk, where map[uint64]located) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 3))
	disk := origin.share()
	if seed%10 == 0 {
		disk = origin.kill()
	}
	names := slices.Sorted(maps.Keys(disk.cache))
	names = slices.DeleteFunc(names, func(n string) bool { return !strings.HasSuffix(n, segmentSuffix) })
	name := names[rng.IntN(len(names))]
	inode := &simInode{cache: bytes.Clone(disk.cache[name].cache)}
	disk.cache[name] = inode
	used := int64(len(bytes.TrimRight(inode.cache, "\x00")))
	hit := damageFile(rng, inode, used)
	touched := func(i *issued) bool {
		l := where[uint64(i.record.Time)]
		return l.name == name && l.from < hit.to && hit.from < l.to
	}
	report, err := inspect(disk).verify()
	if err == nil {
		err = w.oracle.judgeStored(disk, touched)
	}
	if err == nil && seed%10 == 0 {
		err = w.oracle.reopened(disk, w.opts, func(i *issued) bool { return i.accepted && !touched(i) })
	}
	if err != nil {
		t.Fatalf("seed %d, %s bytes %d to %d: %v", seed, name, hit.from, hit.to, err)
	}
	lost := damagedRecords - report.Records
	damaged := 0
	for _, s := range report.Segments {
		damaged += len(s.Damaged)
	}
	last := name == names[len(names)-1]
	if lost > 0 && damaged == 0 && int(report.Missing) < lost && !last {
		t.Fatalf("seed %d: %d records lost, and nothing reported", seed, lost)
	}
}

// judgeStored checks what tools find: only what was issued, and all of it but for what was touched.
func (o *oracle) judgeStored(disk *simDisk, touched func(*issued) bool) error {
	got := map[uint64]bool{}
	var wrong error
	err := inspect(disk).records(func(s Stored, err error) bool {
		if err != nil {
			return true // damage, as expected
		}
		i := o.records[uint64(s.Time)]
		if i == nil || !bytes.Equal(s.body(), i.record.body()) || got[uint64(s.Time)] {
			wrong = fmt.Errorf("record %d: not what was issued, or twice", s.Seq)
		}
		got[uint64(s.Time)] = true
		return true
	})
	for id, i := range o.records {
		if !got[id] && !touched(i) {
			wrong = fmt.Errorf("record with id %d is lost", id)
		}
	}
	return errors.Join(err, wrong)
}

// damageFile returns what it changed.
func damageFile(rng *rand.Rand, inode *simInode, used int64) span {
	at := rng.Int64N(used)
	switch rng.IntN(10) {
	case 0:
		inode.cache = inode.cache[:at]
		return span{at, minSegment}
	case 1:
		end := min(used, at/sector*sector+sector)
		clear(inode.cache[at/sector*sector : end])
		return span{at / sector * sector, end}
	default:
		inode.cache[at] ^= 1 << rng.IntN(8)
		return span{at, at + 1}
	}
}

// TestQuarantine checks that damaged bytes are kept aside once, named after their place, and reported each time.
func TestQuarantine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, smallOptions(Interval))
	for range 30 {
		if err := w.append(); err != nil {
			t.Fatal(err)
		}
	}
	w.close()
	name := segmentName(1, 1)
	f := w.disk.cache[name]
	f.cache[200] ^= 1
	for range 2 {
		s, err := start(w.disk, w.opts)
		if err != nil {
			t.Fatal(err)
		}
		st := s.Stats()
		if st.Damaged != 1 || st.DamagedBytes == 0 || st.Missing != 1 || st.Recovered != 29 {
			t.Errorf("damaged %d, %d bytes, missing %d, recovered %d", st.Damaged, st.DamagedBytes, st.Missing, st.Recovered)
		}
		if err := s.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	var kept []string
	for n, inode := range w.disk.cache {
		if strings.HasPrefix(n, corruptFolder+"/"+name+"@") && bytes.Contains(f.cache, inode.cache) {
			kept = append(kept, n)
		}
	}
	if len(kept) != 1 {
		t.Errorf("quarantined: %q", kept)
	}
}

// TestLiveDamage lets bytes rot under a running process.
func TestLiveDamage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, smallOptions(Interval))
	for range 30 {
		if err := w.append(); err != nil {
			t.Fatal(err)
		}
	}
	w.disk.mu.Lock()
	w.disk.cache[segmentName(1, 1)].cache[200] ^= 1
	w.disk.mu.Unlock()
	for n, r := range w.readers {
		entries, err := r.Peek(nil, 100, 1<<20)
		st := r.Stats()
		if err != nil || st.Dropped.Damaged > 1 || len(entries)+int(st.Dropped.Damaged) != w.oracle.count(n) {
			t.Errorf("reader %d: %d entries, %+v, %v", n, len(entries), st.Dropped, err)
		}
	}
	if st := w.spool.Stats(); st.Damaged != 1 {
		t.Errorf("damaged: %d", st.Damaged)
	}
	w.close()
}

// count is how many accepted records are for a reader.
func (o *oracle) count(reader int) int {
	n := 0
	for _, i := range o.records {
		if i.accepted && i.lane(reader) != nil {
			n++
		}
	}
	return n
}

// TestModel does random things to a spool for long, with clean restarts, kills and power cuts between, and holds it against the
// oracle.
func TestModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(times(30, 1000)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			mode := Mode(seed % 2)
			w := newWorld(t, seed, smallOptions(mode))
			for range 12 {
				for range w.rng.IntN(80) {
					w.step()
				}
				w.restart()
			}
			if err := w.oracle.judge(detached(w.spool), isAccepted); err != nil {
				t.Error(err)
			}
			w.close()
		})
	}
}

// detached allows the readers to be opened once more.
func detached(s *Spool) *Spool {
	for _, r := range s.readers {
		r.attached = false
	}
	return s
}

// restart ends the process in one of three ways and starts the next. After a power cut, what was not durable may or may not
// be there: what is missing counts as never accepted, and what was acknowledged may come again.
func (w *world) restart() {
	switch w.rng.IntN(3) {
	case 0:
		w.close()
		w.disk = w.disk.kill()
	case 1:
		next := w.disk.kill()
		w.abandon()
		w.disk = next
	default:
		w.disk.mu.Lock()
		next := w.disk.crash(w.rng)
		w.disk.mu.Unlock()
		w.abandon()
		w.disk = next
		w.oracle.powerCut()
	}
	if err := w.open(); err != nil {
		w.t.Fatal(err)
	}
}

func (o *oracle) powerCut() {
	for _, i := range o.records {
		i.accepted = i.durable
		i.revived = true
		for n := range i.acked {
			i.forgot[n] = i.forgot[n] || i.acked[n]
			i.acked[n] = false
		}
	}
}

// TestExpire gives up a reader that nobody opens.
func TestExpire(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	opts := smallOptions(Interval)
	opts.now = func() time.Time { return now }
	w := newWorld(t, 1, opts)
	for range 40 {
		if err := w.append(); err != nil {
			t.Fatal(err)
		}
	}
	left := w.oracle.count(1)
	w.close()
	now = now.Add(8 * 24 * time.Hour)
	s, err := start(w.disk, opts)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Reader(readerNames[0], destinations[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(t.Context(), w.oracle.issue(w.rng).record); err != nil {
		t.Fatal(err)
	}
	st := s.Stats()
	if st.ExpiredReaders != 1 || int(st.ExpiredRecords) < left || len(st.Readers) != 1 {
		t.Errorf("%+v, want %d expired", st, left)
	}
	entries, err := r.Peek(nil, 100, 1<<20)
	if err != nil || len(entries) < 20 {
		t.Errorf("the other reader got %d entries: %v", len(entries), err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestLimit finds in a segment a record that the next one has, too: the first writing of it was refused, but could not be cut
// off.
func TestLimit(t *testing.T) {
	t.Parallel()
	disk := newSimDisk()
	write := func(seg *segment, events ...string) {
		f, err := disk.Create(seg.name)
		if err != nil {
			t.Fatal(err)
		}
		content := seg.header(0)
		for i, event := range events {
			r := Record{Event: event, Lanes: []Lane{{Destinations: 1}}}
			from := len(content)
			content = appendFrame(content, &r, r.bodySize())
			stamp(content[from:], seg.first+uint64(i))
		}
		if _, err := f.WriteAt(content, 0); err != nil {
			t.Fatal(err)
		}
	}
	write(newSegment(1, 1), "one", "two", "refused")
	write(newSegment(2, 3), "three", "four")
	r := newReader(nil, readerNames[0], 0)
	r.next = 1
	f, err := disk.Create(markName(r.name, 0))
	if err != nil {
		t.Fatal(err)
	}
	m := mark{next: 1, generation: 1}
	if _, err := f.WriteAt(m.encode(), 0); err != nil {
		t.Fatal(err)
	}
	s, err := start(disk, smallOptions(Interval))
	if err != nil {
		t.Fatal(err)
	}
	if r, err = s.Reader(r.name, 1, nil); err != nil {
		t.Fatal(err)
	}
	entries, err := r.Peek(nil, 10, 1<<20)
	var events []string
	for _, e := range entries {
		events = append(events, string(e.Event))
	}
	if want := []string{"one", "two", "three", "four"}; err != nil || !slices.Equal(events, want) {
		t.Errorf("%q: %v", events, err)
	}
	if st := s.Stats(); st.Missing != 0 || st.Damaged != 0 || st.Recovered != 4 {
		t.Errorf("%+v", st)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}
