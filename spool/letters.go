package spool

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	letterSuffix = ".jsonl"
	// letterPatience is how long a change waits for another process to finish its own. It is long because that other one may
	// be rewriting a large file.
	letterPatience = 10 * time.Second
	letterPoll     = 5 * time.Millisecond
)

// LettersQuota bounds the file of one sink. A full one takes no more: see Letters.Append. Letters.Size and LetterFiles say how full
// it is.
const LettersQuota = 256 << 20

// Letters is a folder of dead letters: one file for each sink, one line of JSON for each letter. Dead letters are rare, so
// every change opens the folder anew, takes its lock, and closes it again; any number of processes may use it at a time, and
// files may be renamed or deleted meanwhile. It is safe for concurrent use and needs no closing.
type Letters struct {
	dir   string
	quota int64      // of each file
	mu    sync.Mutex // one change at a time
	// suspect names the files that may not be on disk as they look. The lock is held.
	suspect map[string]bool
	sizes   letterSizes
}

// OpenLetters makes the folder if need be, and checks that no other user could write to it. Where the spool itself may be,
// its dead letters may be, too: network file systems are not refused.
func OpenLetters(dir string) (*Letters, error) {
	l := newLetters(dir)
	f, err := l.open()
	if err == nil {
		err = errors.Join(f.Close(), l.Refresh())
	}
	if err != nil {
		return nil, fmt.Errorf("spool: open %s: %w", dir, err)
	}
	return l, nil
}

func newLetters(dir string) *Letters {
	return &Letters{
		dir: dir, quota: LettersQuota, suspect: map[string]bool{}, sizes: letterSizes{bytes: map[string]int64{}},
	}
}

// Append stores a letter. When it returns nil, the letter is on disk. A file of 256 MiB takes no more: ErrFull. Append waits
// for another process that changes the folder, for ten seconds at most. What a crash has left of a line damages no other.
func (l *Letters) Append(letter Letter) error {
	line, err := letter.encode()
	if err == nil {
		err = l.change(func(f folder) error { return l.appendLine(f, letter.Sink+letterSuffix, line) })
	}
	if err != nil {
		return fmt.Errorf("spool: dead letter for sink %.64q: %w", letter.Sink, err)
	}
	return nil
}

// change does something with the folder while no other process does.
func (l *Letters) change(do func(folder) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, err := l.open()
	if err != nil {
		return err
	}
	lock, err := awaitLock(f)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	return errors.Join(do(f), lock.Close(), f.Close())
}

// open opens the folder and makes it first if it is not there, or not there any more.
func (l *Letters) open() (*osFolder, error) {
	f, err := openFolder(l.dir)
	if isGone(err) {
		if err = makeFolder(l.dir); err == nil {
			f, err = openFolder(l.dir)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := f.check(true); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// makeFolder makes a folder so that it is there after a power cut, too.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil { //nolint:gosec // the caller names the folder
		return err
	}
	parent, err := openFolder(filepath.Dir(dir))
	if err != nil {
		return err
	}
	return errors.Join(parent.Sync(), parent.Close())
}

// awaitLock takes the lock of a folder. There is nothing to be told by when it becomes free.
func awaitLock(f *osFolder) (io.Closer, error) {
	deadline := time.Now().Add(letterPatience)
	tick := time.NewTicker(letterPoll)
	defer tick.Stop()
	for {
		lock, err := f.lock()
		if !errors.Is(err, errLocked) || time.Now().After(deadline) {
			return lock, err
		}
		<-tick.C
	}
}

// appendLine writes a line behind the last one.
func (l *Letters) appendLine(f folder, name string, line []byte) error {
	if l.suspect[name] {
		if err := l.renew(f, name); err != nil {
			return err
		}
	}
	opened, size, created, err := l.openSized(f, name)
	if err != nil {
		return err
	}
	torn, err := isTorn(opened, size)
	if torn {
		line = append([]byte{'\n'}, line...)
	}
	if err == nil && size+int64(len(line)) > l.quota {
		err = ErrFull
	}
	if err == nil {
		err = l.writeLine(opened, name, line, size)
	}
	if created {
		err = errors.Join(err, l.secure(f, name))
	}
	return errors.Join(err, opened.Close())
}

// writeLine writes and syncs a line, or takes it back.
func (l *Letters) writeLine(opened file, name string, line []byte, at int64) error {
	_, err := opened.WriteAt(line, at)
	if err == nil {
		if err = opened.Sync(); err == nil {
			l.noteSize(name, at+int64(len(line)))
			return nil
		}
		l.suspect[name] = true
	}
	cause := ErrDisk
	if isNoSpace(err) {
		cause = ErrNoSpace
	}
	err = fmt.Errorf("%w: %w", cause, err)
	if truncateErr := opened.Truncate(at); truncateErr != nil {
		l.suspect[name] = true
		err = errors.Join(err, truncateErr)
	}
	return err
}

// secure returns when the names in the folder are on disk.
func (l *Letters) secure(f namer, name string) error {
	err := f.Sync()
	if err != nil {
		l.suspect[name] = true
	}
	return err
}

// renew replaces a file by its copy: after a failed sync, it may look sound and not be on disk, and no later sync would tell.
func (l *Letters) renew(f folder, name string) error {
	size, ok, err := l.sizeOf(f, name)
	if err != nil {
		return err
	}
	if !ok {
		delete(l.suspect, name)
		return nil
	}
	if err := replaceFile(f, name, []span{{0, size}}); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	delete(l.suspect, name)
	return nil
}

// openSized opens a file, or creates it, and returns its size.
func (l *Letters) openSized(f folder, name string) (opened file, size int64, created bool, err error) {
	size, ok, err := l.sizeOf(f, name)
	switch {
	case err != nil:
		return nil, 0, false, err
	case ok:
		opened, err = f.Open(name)
	default:
		opened, err = f.Create(name)
	}
	return opened, size, !ok, err
}

// isTorn reports whether a file ends amid a line.
func isTorn(f io.ReaderAt, size int64) (bool, error) {
	if size == 0 {
		return false, nil
	}
	var last [1]byte
	if _, err := f.ReadAt(last[:], size-1); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return last[0] != '\n', nil
}
