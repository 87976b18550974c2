package spool

import (
	"errors"
	"fmt"
	"io"
)

// Remove deletes the dead letters of a sink for which a function returns true, and returns how many that were. The function
// gets what ReadLetters would hand out, damaged lines included, and is called while no process can append: it should be quick.
// The file is replaced as a whole. After a crash it is either the old or the new one.
func (l *Letters) Remove(sink string, doomed func(Letter, error) bool) (removed int, err error) {
	if !readerName.MatchString(sink) {
		return 0, ErrName
	}
	err = l.change(func(f folder) error {
		removed, err = l.removeLines(f, sink+letterSuffix, doomed)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("spool: remove dead letters of sink %s: %w", sink, err)
	}
	return removed, nil
}

func (l *Letters) removeLines(f folder, name string, doomed func(Letter, error) bool) (int, error) {
	size, ok, err := l.sizeOf(f, name)
	if err != nil || !ok {
		return 0, err
	}
	removed, left := 0, int64(0)
	var kept []span
	err = readLines(f, name, size, func(line *letterLine) bool {
		if doomed(line.letter()) {
			removed++
		} else {
			kept = appendSpan(kept, span{line.From, line.To})
			left += line.To - line.From
		}
		return true
	})
	switch {
	case err != nil || removed == 0:
		return 0, err
	case len(kept) == 0:
		err = f.Remove(name)
	default:
		err = replaceFile(f, name, kept)
	}
	if err == nil {
		l.noteSize(name, left)
		err = l.secure(f, name)
	}
	return removed, err
}

// appendSpan adds a range of bytes behind the others, to the last one if it follows upon that.
func appendSpan(all []span, next span) []span {
	if n := len(all); n > 0 && all[n-1].to == next.from {
		all[n-1].to = next.to
		return all
	}
	return append(all, next)
}

// replaceFile leaves only some parts of a file, by way of a second one that takes its place.
func replaceFile(f folder, name string, kept []span) error {
	temporary := name + temporarySuffix
	if err := f.Remove(temporary); err != nil && !isGone(err) { // of a process that was killed
		return err
	}
	dst, err := f.Create(temporary)
	if err != nil {
		return err
	}
	err = copyParts(f, dst, name, kept)
	if err == nil {
		err = dst.Sync()
	}
	if err = errors.Join(err, dst.Close()); err == nil {
		err = f.Rename(temporary, name)
	}
	if err != nil {
		return errors.Join(err, f.Remove(temporary))
	}
	return nil
}

// copyParts copies parts of the file of that name, one behind the other.
func copyParts(f opener, dst io.WriterAt, name string, parts []span) error {
	src, err := f.Open(name)
	if err != nil {
		return err
	}
	w := io.NewOffsetWriter(dst, 0)
	for _, part := range parts {
		n, copyErr := io.Copy(w, io.NewSectionReader(src, part.from, part.size()))
		if copyErr == nil && n < part.size() {
			copyErr = io.ErrUnexpectedEOF
		}
		if copyErr != nil {
			return errors.Join(copyErr, src.Close())
		}
	}
	return src.Close()
}
