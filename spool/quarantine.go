package spool

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

const (
	corruptFolder    = "corrupt"
	quarantineSuffix = ".bin"
)

// quarantineName says where the bytes come from.
func quarantineName(seg *segment, hole span) string {
	return fmt.Sprintf("%s@%d%s", seg.name, hole.from, quarantineSuffix)
}

// quarantineAll keeps copies of damaged bytes. It reports whether there is one of each.
func (s *Spool) quarantineAll(src io.ReaderAt, seg *segment, holes []span) bool {
	all := true
	for _, hole := range holes {
		all = s.quarantine(src, seg, hole) && all
	}
	return all
}

// quarantine counts a hole and keeps a copy of it, unless that was done before or too much is kept already. It reports
// whether there is a copy.
func (s *Spool) quarantine(src io.ReaderAt, seg *segment, hole span) bool {
	name := quarantineName(seg, hole)
	s.mu.Lock()
	_, known := s.damage[name]
	s.damage[name] = hole
	var kept int64
	for _, h := range s.damage {
		kept += h.size()
	}
	s.mu.Unlock()
	if known {
		return true
	}
	if kept > s.opts.Quota/16 {
		return false
	}
	err := s.copyAside(src, name, hole)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.counted.writeErrors++
	}
	return err == nil
}

// copyAside writes a quarantine file. One that exists may be incomplete: it is written again.
func (s *Spool) copyAside(src io.ReaderAt, name string, hole span) error {
	dir, err := s.folder.Sub(corruptFolder)
	if err != nil {
		return err
	}
	f, err := dir.Create(name)
	if errors.Is(err, fs.ErrExist) {
		f, err = dir.Open(name)
	}
	if err != nil {
		return errors.Join(err, dir.Close())
	}
	err = copySpan(f, src, hole)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, dir.Remove(name), dir.Close())
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// copySpan copies a range of one file to the start of another.
func copySpan(dst file, src io.ReaderAt, hole span) error {
	var sc scanner
	sc.start(src, hole.from, hole.to, 0)
	for off := hole.from; off < hole.to; off += windowBytes {
		if _, err := dst.WriteAt(sc.read(off, windowBytes), off-hole.from); err != nil {
			return err
		}
	}
	return nil
}
