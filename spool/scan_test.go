package spool

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"testing"
)

// FuzzScanner feeds the scanner anything: it never panics, covers each byte once, returns only frames whose checksum holds, and
// needs no more memory than its window.
func FuzzScanner(f *testing.F) {
	r := Record{Event: "event", Lanes: []Lane{{1, []byte("id"), []byte(`{"a":1}`)}}}
	one := appendFrame(nil, &r, r.bodySize())
	stamp(one, 7)
	f.Add(one)
	f.Add(append(append([]byte("garbage"+frameMagic), one...), one[:30]...))
	f.Add(bytes.Repeat([]byte(frameMagic+"sum.\x20\x00\x00\x00"), 100))
	f.Fuzz(func(t *testing.T, content []byte) {
		var sc scanner
		sc.start(bytes.NewReader(content), 0, int64(len(content)), 0)
		at, last := int64(0), uint64(0)
		for {
			found, hole, ok := sc.scan()
			if hole.from != at || hole.to < hole.from {
				t.Fatalf("hole %v at %d", hole, at)
			}
			if !ok {
				if hole.to != int64(len(content)) {
					t.Fatalf("ends at %d of %d", hole.to, len(content))
				}
				return
			}
			if found.off != hole.to || found.seq < last {
				t.Fatalf("frame at %d with number %d", found.off, found.seq)
			}
			frame := content[found.off:found.end()]
			if seq, body, ok := parseFrame(frame); !ok || seq != found.seq || !bytes.Equal(body, found.body) {
				t.Fatal("not the frame that is there")
			}
			checkParse(t, found.body)
			at, last = found.end(), found.seq
		}
	})
}

// body returns the encoded record.
func (r *Record) body() []byte {
	b := make([]byte, r.bodySize())
	r.putBody(b)
	return b
}

// checkParse holds the two parsers of bodies against each other.
func checkParse(t *testing.T, body []byte) {
	r, ok := parseRecord(body)
	if !ok {
		return
	}
	if !bytes.Equal(r.body(), body) {
		t.Fatal("a record does not encode to what it was read from")
	}
	for i := range 8 {
		e, ok := parseEntry(body, 1, 1<<i)
		if ok != (body[0]>>i&1 == 1) {
			t.Fatalf("destination %d: %v", i, ok)
		}
		if ok && (string(e.Event) != r.Event || e.UUID != r.UUID) {
			t.Fatal("the parsers differ")
		}
	}
}

func FuzzMark(f *testing.F) {
	m := mark{next: 9, open: []uint64{3, 5}}
	f.Add(m.encode())
	f.Fuzz(func(t *testing.T, content []byte) {
		m, _, ok := latestMark(content)
		if ok && (len(m.open) > maxMarkOpen || m.index > 7) {
			t.Fatalf("%+v", m)
		}
	})
}

func TestMarkRoundTrip(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		m := mark{generation: rng.Uint64(), next: rng.Uint64(), used: rng.Int64(), index: rng.IntN(8)}
		for i := range uint64(rng.IntN(maxMarkOpen + 1)) {
			m.open = append(m.open, i*3)
		}
		slots := append(make([]byte, markSlot), m.encode()...)
		got, slot, ok := latestMark(slots)
		if !ok || slot != 1 || got.generation != m.generation || got.next != m.next || got.used != m.used ||
			got.index != m.index || len(got.open) != len(m.open) {
			t.Fatalf("%+v, want %+v", got, m)
		}
	}
}

// TestUnreadable lets the disk refuse to return a page: only the records on it are gone.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	var content []byte
	r := Record{Event: "event", Lanes: []Lane{{1, []byte("id"), make([]byte, 100)}}}
	for range 500 {
		content = appendFrame(content, &r, r.bodySize())
	}
	stamp(content, 1)
	var sc scanner
	sc.start(badPage{content}, 0, int64(len(content)), 0)
	n := 0
	for {
		if _, _, ok := sc.scan(); !ok {
			break
		}
		n++
	}
	size := len(content) / 500
	if most := 500 - pageBytes/size + 1; n > most || n < most-3 || sc.unreadable != pageBytes {
		t.Errorf("%d records of 500, %d bytes unreadable", n, sc.unreadable)
	}
}

// badPage does not return its third page.
type badPage struct{ content []byte }

func (b badPage) ReadAt(p []byte, off int64) (int, error) {
	if off < 3*pageBytes && off+int64(len(p)) > 2*pageBytes {
		return 0, io.ErrUnexpectedEOF
	}
	return bytes.NewReader(b.content).ReadAt(p, off)
}

// TestAppendAllocates nothing, once the buffers have grown.
func TestAppendAllocates(t *testing.T) {
	s, err := start(newSimDisk(), Options{MinFree: -1, MinFreePercent: -1})
	if err != nil {
		t.Fatal(err)
	}
	f := discard{}
	if _, err := s.Append(t.Context(), numbered(1)); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.tail.file, s.unsynced.frames = f, make([]byte, 0, maxCopy)
	s.mu.Unlock()
	record := numbered(2)
	if n := testing.AllocsPerRun(1000, func() { _, err = s.Append(t.Context(), record) }); n != 0 || err != nil {
		t.Errorf("%v allocations, %v", n, err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// discard is a file that takes everything.
type discard struct{ file }

func (discard) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }
func (discard) ReadAt(p []byte, _ int64) (int, error)  { return len(p), nil }
func (discard) Truncate(int64) error                   { return nil }
func (discard) Sync() error                            { return nil }
func (discard) Close() error                           { return nil }

// growing is a segment that somebody writes to: each read sees some bytes more, and the next bytes as zeros.
type growing struct {
	content []byte
	visible *int
	step    int
}

func (g growing) ReadAt(p []byte, off int64) (int, error) {
	seen := make([]byte, len(g.content))
	copy(seen, g.content[:min(*g.visible, len(g.content))])
	*g.visible += g.step
	return bytes.NewReader(seen).ReadAt(p, off)
}

// TestExamineLive reads a segment while it is written to, and finds no damage in what was not there yet; but it does find what
// stays damaged.
func TestExamineLive(t *testing.T) {
	t.Parallel()
	seg := newSegment(1, 1)
	content := seg.header(0)
	for n := range 500 {
		r := numbered(uint64(n))
		from := len(content)
		content = appendFrame(content, &r, r.bodySize())
		stamp(content[from:], uint64(n+1))
	}
	half := len(content) / 2
	content = append(content, make([]byte, 2*windowBytes)...)
	seg.size = int64(len(content))
	for _, damaged := range []bool{false, true} {
		if damaged {
			content[half] ^= 1
		}
		for _, step := range []int{97, 300, 5000} {
			x, visible, records := examiner{pause: func() {}}, segmentHeader, 0
			for x.sc.next != 501 && visible < 2*len(content) { // a snapshot, until it has everything
				records = 0
				x = examiner{pause: func() {}}
				found := x.examine(growing{content, &visible, step}, seg, func(frame) { records++ })
				if !damaged && len(found.holes) > 0 || len(found.holes) > 1 {
					t.Fatalf("step %d: %v in %d visible bytes", step, found.holes, visible)
				}
				visible += 1000
			}
			if want := 500 - map[bool]int{true: 1}[damaged]; records != want {
				t.Errorf("step %d: %d records, want %d", step, records, want)
			}
		}
	}
}

// TestVerifyNewerFormat asks that tools say so when a later version has written a segment, as Open does.
func TestVerifyNewerFormat(t *testing.T) {
	t.Parallel()
	disk := newSimDisk()
	seg := newSegment(1, 1)
	f, err := disk.Create(seg.name)
	if err != nil {
		t.Fatal(err)
	}
	h := seg.header(0)
	h[8] = segmentVersion + 1
	binary.LittleEndian.PutUint32(h[segmentHeader-4:], crc32.Checksum(h[:segmentHeader-4], castagnoli))
	if _, err := f.WriteAt(h, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := inspect(disk).verify(); !errors.Is(err, ErrFormat) {
		t.Errorf("verify: %v", err)
	}
	if err := inspect(disk).records(func(Stored, error) bool { return true }); !errors.Is(err, ErrFormat) {
		t.Errorf("records: %v", err)
	}
}
