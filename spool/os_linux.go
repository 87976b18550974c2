package spool

import (
	"errors"
	"os"
	"syscall"
)

// allocate reserves disk space, where the file system can; elsewhere the file is sparse.
func allocate(f *os.File, size int64) error {
	err := control(f, func(fd int) error { return syscall.Fallocate(fd, 0, 0, size) })
	if errors.Is(err, syscall.EOPNOTSUPP) || errors.Is(err, syscall.ENOSYS) {
		return f.Truncate(size)
	}
	return err
}

func syncFile(f *os.File) error { return control(f, syscall.Fdatasync) }

func diskSpace(dir *os.File) (space, error) {
	st, err := statfs(dir)
	return space{free: int64(st.Bavail) * st.Bsize, total: int64(st.Blocks) * st.Bsize}, err
}

func statfs(dir *os.File) (st syscall.Statfs_t, err error) {
	err = control(dir, func(fd int) error { return syscall.Fstatfs(fd, &st) })
	return st, err
}

// Magic numbers of network file systems, from linux/magic.h and fs/smb.
const (
	magicNFS  = 0x6969
	magicSMB  = 0x517b
	magicSMB2 = 0xfe534d42
	magicCIFS = 0xff534d42
	magicAFS  = 0x5346414f
	magicCeph = 0x00c36400
)

// onNetwork reports whether a folder is on a file system where another machine may have it, too. FUSE and 9p pass: containers
// have them in front of local disks.
func onNetwork(dir *os.File) bool {
	st, err := statfs(dir)
	if err != nil {
		return false
	}
	switch uint32(st.Type) {
	case magicNFS, magicSMB, magicSMB2, magicCIFS, magicAFS, magicCeph:
		return true
	default:
		return false
	}
}
