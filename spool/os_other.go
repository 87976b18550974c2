//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly || windows)

package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

const noFollow = 0

// lockFile fails, and with it Open: without a lock, two processes could write to one folder.
func lockFile(*os.File) error {
	return fmt.Errorf("no file locks on this system: %w", errors.ErrUnsupported)
}

func unsafeFolder(fs.FileInfo) string       { return "" }
func syncFolder(dir *os.File) error         { return dir.Sync() }
func isNoSpace(error) bool                  { return false }
func allocate(f *os.File, size int64) error { return f.Truncate(size) }
func syncFile(f *os.File) error             { return f.Sync() }
func diskSpace(*os.File) (space, error)     { return space{free: 1 << 60}, nil }
func onNetwork(*os.File) bool               { return false }
