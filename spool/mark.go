package spool

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// A mark file keeps how far a reader is. It has two slots of one disk sector each. Between two syncs only one of them is
// written, again and again, so that the other one is on disk whatever happens; the intact slot with the higher generation counts.
const (
	markSuffix  = ".reader"
	markMagic   = "\xf8MRK"
	markSlot    = 512
	markHeader  = 40
	maxMarkOpen = (markSlot - markHeader) / 8
	// markSyncEvery bounds how many acknowledgements a power cut undoes.
	markSyncEvery = time.Second
	// markRefreshEvery is how often a reader writes that it is in use, however long nothing is acknowledged.
	markRefreshEvery = time.Hour
)

// mark is what a slot holds.
type mark struct {
	generation uint64
	next       uint64   // all records before it are acknowledged, but for those in open
	open       []uint64 // at most maxMarkOpen, in order
	used       int64    // when the reader was last in use, in seconds since 1970
	index      int      // of its destination's bit
}

// encode returns the slot.
func (m *mark) encode() []byte {
	b := make([]byte, markSlot)
	copy(b, markMagic)
	binary.LittleEndian.PutUint64(b[8:], m.generation)
	binary.LittleEndian.PutUint64(b[16:], m.next)
	binary.LittleEndian.PutUint64(b[24:], uint64(m.used))
	b[32] = 1 << m.index
	b[33] = uint8(len(m.open))
	for i, seq := range m.open {
		binary.LittleEndian.PutUint64(b[markHeader+8*i:], seq)
	}
	binary.LittleEndian.PutUint32(b[4:], crc32.Checksum(b[8:], castagnoli))
	return b
}

// parseMark reads a slot.
func parseMark(b []byte) (m mark, ok bool) {
	if len(b) < markSlot || string(b[:4]) != markMagic || binary.LittleEndian.Uint32(b[4:]) != crc32.Checksum(b[8:markSlot], castagnoli) {
		return m, false
	}
	m.generation = binary.LittleEndian.Uint64(b[8:])
	m.next = binary.LittleEndian.Uint64(b[16:])
	m.used = int64(binary.LittleEndian.Uint64(b[24:]))
	for i := range 8 {
		if b[32] == 1<<i {
			m.index, ok = i, true
		}
	}
	if b[33] > maxMarkOpen {
		return m, false
	}
	for i := range int(b[33]) {
		m.open = append(m.open, binary.LittleEndian.Uint64(b[markHeader+8*i:]))
	}
	return m, ok && slices.IsSorted(m.open)
}

// latestMark returns what counts in the content of a mark file, and in which slot it is.
func latestMark(content []byte) (m mark, slot int, ok bool) {
	for i := range 2 {
		if len(content) < (i+1)*markSlot {
			break
		}
		if found, intact := parseMark(content[i*markSlot:]); intact && (!ok || found.generation > m.generation) {
			m, slot, ok = found, i, true
		}
	}
	return m, slot, ok
}

// markFile writes a mark file. It belongs to the reader's goroutine.
type markFile struct {
	file       file
	generation uint64
	slot       int // that is being written
	synced     time.Time
	dirty      bool // was written since then
}

// write puts down a mark, and syncs it now and then. When the sync fails, the same slot is written again the next time: the
// other one stays what can be relied on.
func (f *markFile) write(m mark, now time.Time, force bool) error {
	f.generation++
	m.generation = f.generation
	f.dirty = true
	if _, err := f.file.WriteAt(m.encode(), int64(f.slot)*markSlot); err != nil {
		return err
	}
	if !force && now.Sub(f.synced) < markSyncEvery {
		return nil
	}
	if err := f.file.Sync(); err != nil {
		return err
	}
	f.slot, f.synced, f.dirty = 1-f.slot, now, false
	return nil
}

// state is what is to be written down. The lock is held.
func (r *Reader) state() mark {
	m := mark{next: r.next, index: r.index}
	for i := range r.open {
		m.open = append(m.open, r.open[i].Seq)
	}
	m.open = append(m.open, r.redo...)
	if len(m.open) > maxMarkOpen {
		m.next = m.open[maxMarkOpen]
		m.open = m.open[:maxMarkOpen]
	}
	return m
}

// save writes a mark down.
func (r *Reader) save(m mark) error { return r.put(m, false) }

func (r *Reader) put(m mark, force bool) error {
	now := r.spool.opts.now()
	m.used = now.Unix()
	if err := r.mark.write(m, now, force); err != nil {
		r.spool.mu.Lock()
		defer r.spool.mu.Unlock()
		r.spool.counted.writeErrors++
		return fmt.Errorf("spool: reader %s: %w", r.name, err)
	}
	return nil
}

// register opens the mark file, or makes it, and writes down that the reader is in use.
func (r *Reader) register() error {
	if r.mark.file == nil {
		name := markName(r.name, r.index)
		f, err := r.spool.folder.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			f, err = r.spool.folder.Create(name)
		}
		if err != nil {
			return err
		}
		r.mark.file = f
	}
	r.spool.mu.Lock()
	m := r.state()
	r.spool.mu.Unlock()
	if err := r.put(m, true); err != nil {
		return err
	}
	return r.spool.folder.Sync()
}

// markName includes the destination, so that it is known even if the content is lost.
func markName(name string, index int) string { return fmt.Sprintf("%s.%d%s", name, index, markSuffix) }

// parseMarkName is the inverse of markName.
func parseMarkName(file string) (name string, index int, ok bool) {
	base, ok := strings.CutSuffix(file, markSuffix)
	if !ok || len(base) < 3 || base[len(base)-2] != '.' {
		return "", 0, false
	}
	name, index = base[:len(base)-2], int(base[len(base)-1])-'0'
	return name, index, readerName.MatchString(name) && index >= 0 && index < 8
}

// loadMarks finds the readers of processes before this one. One whose file has no intact slot gets everything that is left:
// twice is better than never.
func (s *Spool) loadMarks(entries []entry) error {
	for _, e := range entries {
		name, index, ok := parseMarkName(e.name)
		if !ok || e.dir {
			continue
		}
		r := newReader(s, name, index)
		m, slot, ok, err := readMark(s.folder, e)
		if err != nil {
			return fmt.Errorf("spool: %w", err)
		}
		if !ok {
			s.counted.lostMarks++
			m.used = s.opts.now().Unix()
		}
		r.next, r.redo = m.next, m.open
		r.mark = markFile{generation: m.generation, slot: 1 - slot, synced: time.Unix(m.used, 0)}
		s.readers = append(s.readers, r)
	}
	return nil
}

// readMark reads a mark file.
func readMark(dir opener, e entry) (m mark, slot int, ok bool, err error) {
	f, err := dir.Open(e.name)
	if err != nil {
		return m, 0, false, err
	}
	var sc scanner
	sc.start(f, 0, e.size, 0)
	m, slot, ok = latestMark(sc.read(0, 2*markSlot))
	return m, slot, ok, f.Close()
}
