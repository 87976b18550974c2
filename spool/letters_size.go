package spool

import (
	"strings"
	"sync"
)

// letterSizes remembers how many bytes the file of each sink has. It has a lock of its own, for that of Letters is held while the
// disk works, and whoever asks for a size must not wait for the disk.
type letterSizes struct {
	mu    sync.Mutex
	bytes map[string]int64
}

// Size returns how many bytes of dead letters a sink has, and how many it may have: beyond them Append returns ErrFull. It does
// not look at the disk and never waits for it: what was changed through these Letters is known at once, what anybody else has
// done only after the next Refresh, or an Append for the sink. A sink without letters has 0 bytes.
func (l *Letters) Size(sink string) (bytes, limit int64) {
	l.sizes.mu.Lock()
	defer l.sizes.mu.Unlock()
	return l.sizes.bytes[sink], l.quota
}

// Refresh looks at the disk, so that Size knows what others have done: other processes append, replay and purge, and anybody
// may move or delete a file. It waits for the disk, and for a change that is under way. After an error, Size knows what it knew.
func (l *Letters) Refresh() error {
	l.mu.Lock() // or a change could be overwritten by what the folder was like before
	defer l.mu.Unlock()
	files, err := LetterFiles(l.dir)
	if err != nil {
		return err
	}
	l.sizes.mu.Lock()
	defer l.sizes.mu.Unlock()
	clear(l.sizes.bytes)
	for _, f := range files {
		l.sizes.bytes[f.Sink] = f.Bytes
	}
	return nil
}

// sizeOf looks how large a file is, and whether it is there.
func (l *Letters) sizeOf(f surveyor, name string) (size int64, ok bool, err error) {
	entries, err := f.List()
	if err != nil {
		return 0, false, err
	}
	for _, e := range entries {
		if e.name == name {
			size, ok = e.size, true
		}
	}
	l.noteSize(name, size)
	return size, ok, nil
}

// noteSize remembers the size of a file.
func (l *Letters) noteSize(name string, size int64) {
	l.sizes.mu.Lock()
	defer l.sizes.mu.Unlock()
	l.sizes.bytes[strings.TrimSuffix(name, letterSuffix)] = size
}
