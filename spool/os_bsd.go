//go:build freebsd || netbsd || openbsd || dragonfly

package spool

import "os"

func allocate(f *os.File, size int64) error { return f.Truncate(size) }
func syncFile(f *os.File) error             { return f.Sync() }

// diskSpace does not know: a full disk shows up when a segment is written.
func diskSpace(*os.File) (space, error) { return space{free: 1 << 60}, nil }
func onNetwork(*os.File) bool           { return false }
