package spool

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"unsafe"
)

// noFollow is not needed: creating a link takes a privilege, and os.Root does not leave the folder.
const noFollow = 0

// Error codes and flags of winerror.h and fileapi.h.
const (
	errorLockViolation  = syscall.Errno(33)
	errorHandleDiskFull = syscall.Errno(39)
	errorDiskFull       = syscall.Errno(112)
	lockFailNow         = 1
	lockExclusive       = 2
)

var (
	kernel32           = syscall.NewLazyDLL("kernel32.dll")
	lockFileEx         = kernel32.NewProc("LockFileEx")
	getDiskFreeSpaceEx = kernel32.NewProc("GetDiskFreeSpaceExW")
)

// lockFile locks a byte far behind the content, so that the process id can be read.
func lockFile(f *os.File) error {
	at := syscall.Overlapped{OffsetHigh: 1 << 20}
	ok, _, err := lockFileEx.Call(f.Fd(), lockFailNow|lockExclusive, 0, 1, 0, uintptr(unsafe.Pointer(&at)))
	if ok != 0 {
		return nil
	}
	if errors.Is(err, errorLockViolation) || errors.Is(err, syscall.ERROR_IO_PENDING) {
		return errLocked
	}
	return err
}

// unsafeFolder trusts the access control list that the folder inherits from its parent.
func unsafeFolder(fs.FileInfo) string { return "" }

// syncFolder does nothing: NTFS journals its names.
func syncFolder(*os.File) error { return nil }

func isNoSpace(err error) bool {
	return errors.Is(err, errorDiskFull) || errors.Is(err, errorHandleDiskFull)
}

func allocate(f *os.File, size int64) error { return f.Truncate(size) }
func syncFile(f *os.File) error             { return f.Sync() }
func onNetwork(*os.File) bool               { return false }

func diskSpace(dir *os.File) (space, error) {
	path, err := syscall.UTF16PtrFromString(dir.Name())
	if err != nil {
		return space{}, err
	}
	var free, total, all uint64
	ok, _, err := getDiskFreeSpaceEx.Call(uintptr(unsafe.Pointer(path)),
		uintptr(unsafe.Pointer(&free)), uintptr(unsafe.Pointer(&total)), uintptr(unsafe.Pointer(&all)))
	if ok == 0 {
		return space{}, err
	}
	return space{free: int64(free), total: int64(total)}, nil
}
