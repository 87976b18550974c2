package spool

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
)

// osFolder is a directory of the operating system. It stays with the directory that it was opened on, whatever happens to the
// path.
type osFolder struct {
	root     *os.Root
	dir      *os.File
	readOnly bool
}

// openFolder opens a directory that is no symbolic link.
func openFolder(path string) (*osFolder, error) {
	before, err := os.Lstat(path) //nolint:gosec // the caller names the folder
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	f, err := wrapRoot(root)
	if err != nil {
		return nil, err
	}
	info, err := f.dir.Stat()
	if err == nil && !os.SameFile(before, info) {
		err = fmt.Errorf("%w: %s is a symbolic link", ErrUnsafe, path)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// openReadOnly opens a folder for tools.
func openReadOnly(path string) (folder, error) {
	f, err := openFolder(path)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	f.readOnly = true
	return f, nil
}

func wrapRoot(root *os.Root) (*osFolder, error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return &osFolder{root: root, dir: dir}, nil
}

// check refuses a folder that others may write to or that is not on this machine.
func (f *osFolder) check(network bool) error {
	info, err := f.dir.Stat()
	if err != nil {
		return err
	}
	if reason := unsafeFolder(info); reason != "" {
		return fmt.Errorf("%w: it %s", ErrUnsafe, reason)
	}
	if !network && onNetwork(f.dir) {
		return fmt.Errorf("%w: it is on a network file system", ErrUnsafe)
	}
	return nil
}

// lock takes the folder for this process. The system gives it back when the process ends, however that happens. Somebody
// may have deleted the file just before it was locked; then another one has to be.
func (f *osFolder) lock() (io.Closer, error) {
	for range 10 {
		l, err := f.root.OpenFile(lockName, os.O_RDWR|os.O_CREATE|noFollow, 0o600)
		if err != nil {
			return nil, err
		}
		if err := lockFile(l); err != nil {
			return nil, errors.Join(err, l.Close())
		}
		held, heldErr := l.Stat()
		named, namedErr := f.root.Lstat(lockName)
		if heldErr == nil && namedErr == nil && os.SameFile(held, named) {
			_, err := l.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
			return l, ignoreFull(err)
		}
		if err := l.Close(); err != nil {
			return nil, err
		}
	}
	return nil, errLocked
}

// ignoreFull drops the error of a full disk: the process id in the lock is for people.
func ignoreFull(err error) error {
	if isNoSpace(err) {
		return nil
	}
	return err
}

func (f *osFolder) Create(name string) (file, error) {
	return f.openFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL)
}

func (f *osFolder) Open(name string) (file, error) {
	if f.readOnly {
		return f.openFile(name, os.O_RDONLY)
	}
	return f.openFile(name, os.O_RDWR)
}

func (f *osFolder) openFile(name string, flag int) (file, error) {
	opened, err := f.root.OpenFile(name, flag|noFollow, 0o600)
	if err != nil {
		return nil, err
	}
	return osFile{opened}, nil
}

func (f *osFolder) Sub(name string) (folder, error) {
	if err := f.root.Mkdir(name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	root, err := f.root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	sub, err := wrapRoot(root)
	if err != nil {
		return nil, err
	}
	return sub, nil
}

func (f *osFolder) Rename(from, to string) error { return f.root.Rename(from, to) }
func (f *osFolder) Remove(name string) error     { return f.root.Remove(name) }
func (f *osFolder) Sync() error                  { return syncFolder(f.dir) }
func (f *osFolder) Space() (space, error)        { return diskSpace(f.dir) }
func (f *osFolder) Close() error                 { return errors.Join(f.dir.Close(), f.root.Close()) }

// List skips what is deleted meanwhile.
func (f *osFolder) List() ([]entry, error) {
	names, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return nil, err
	}
	var all []entry
	for _, n := range names {
		info, err := n.Info()
		if isGone(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, entry{name: n.Name(), size: info.Size(), dir: info.IsDir()})
	}
	return all, nil
}

// isGone reports whether an error means that a file does not exist.
func isGone(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// osFile is a file of the operating system. Its Sync leaves out metadata that is not needed to read the content, where the
// system can.
type osFile struct{ *os.File }

func (f osFile) Allocate(size int64) error { return allocate(f.File, size) }
func (f osFile) Sync() error               { return syncFile(f.File) }
