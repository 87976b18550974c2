package spool

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const (
	lockName       = "LOCK"
	instancePrefix = "instance-"
)

// Open opens the spool in a folder, and makes the folder if need be. It recovers what the last process left; see Stats
// for what was found. When another process has the folder, a new one inside it is used; see Path and Adopt.
//
// The folder must belong to the user of the process, with no right to write for others, and be on a local file system.
func Open(dir string, opts Options) (*Spool, error) {
	if _, err := opts.withDefaults(); err != nil {
		return nil, err
	}
	path, f, lock, err := claim(dir, opts)
	if err != nil {
		return nil, fmt.Errorf("spool: open %s: %w", dir, err)
	}
	s, err := start(f, opts)
	if err != nil {
		return nil, errors.Join(err, f.Close(), lock.Close())
	}
	s.root, s.path, s.lock = dir, path, lock
	return s, nil
}

// claim locks the folder, or a new one inside it.
func claim(dir string, opts Options) (path string, f *osFolder, lock io.Closer, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil { //nolint:gosec // the caller names the folder
		return "", nil, nil, err
	}
	f, lock, err = openLocked(dir, opts)
	if !errors.Is(err, errLocked) {
		return dir, f, lock, err
	}
	for range 10 { // another process may adopt the new folder before it is locked
		path = filepath.Join(dir, instancePrefix+strings.ToLower(rand.Text()))
		if err := os.Mkdir(path, 0o700); err != nil { //nolint:gosec // the caller names the folder
			return "", nil, nil, err
		}
		f, lock, err = openLocked(path, opts)
		if !errors.Is(err, errLocked) && !isGone(err) {
			break
		}
	}
	return path, f, lock, err
}

// isInstance reports whether a name inside a spool folder is one of a folder for a further process.
func isInstance(name string) bool { return strings.HasPrefix(name, instancePrefix) }

// openLocked opens a folder that no other process has.
func openLocked(path string, opts Options) (*osFolder, io.Closer, error) {
	f, err := openFolder(path)
	if err != nil {
		return nil, nil, err
	}
	err = f.check(opts.AllowNetwork)
	var lock io.Closer
	if err == nil {
		lock, err = f.lock()
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, lock, nil
}
