package spool

import (
	"os"
	"syscall"
)

// mountLocal is MNT_LOCAL of sys/mount.h.
const mountLocal = 0x1000

// allocate makes the file sparse: the system has no call that reserves and zeroes.
func allocate(f *os.File, size int64) error { return f.Truncate(size) }

// syncFile asks the drive itself to write (F_FULLFSYNC), as os.File.Sync does on this system.
func syncFile(f *os.File) error { return f.Sync() }

func diskSpace(dir *os.File) (space, error) {
	st, err := statfs(dir)
	return space{free: int64(st.Bavail) * int64(st.Bsize), total: int64(st.Blocks) * int64(st.Bsize)}, err
}

func statfs(dir *os.File) (st syscall.Statfs_t, err error) {
	err = control(dir, func(fd int) error { return syscall.Fstatfs(fd, &st) })
	return st, err
}

func onNetwork(dir *os.File) bool {
	st, err := statfs(dir)
	return err == nil && st.Flags&mountLocal == 0
}
