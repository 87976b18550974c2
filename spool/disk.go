package spool

import "io"

// folder is one directory of a disk. The real one is osFolder; tests have one that fails and crashes.
type folder interface {
	opener
	namer
	surveyor
}

// opener opens the files of a folder.
type opener interface {
	// Create makes a file that must not exist, for reading and writing.
	Create(name string) (file, error)
	// Open opens a file for reading, and for writing if the folder is writable.
	Open(name string) (file, error)
	// Sub opens a folder inside the folder, and makes it first if need be.
	Sub(name string) (folder, error)
}

// namer changes the names in a folder. They are on disk after Sync.
type namer interface {
	Rename(from, to string) error
	Remove(name string) error
	Sync() error
}

// surveyor looks at a folder.
type surveyor interface {
	List() ([]entry, error)
	Space() (space, error)
	Close() error
}

// entry is a name in a folder.
type entry struct {
	name string
	size int64
	dir  bool
}

// space is the room on the disk in bytes.
type space struct{ free, total int64 }

// file is an open file.
type file interface {
	io.ReaderAt
	io.WriterAt
	extent
	io.Closer
}

// extent changes the room that a file takes, and secures its content.
type extent interface {
	// Allocate gives the file the size and, where the system can, the disk space for it, filled with zeros.
	Allocate(size int64) error
	Truncate(size int64) error
	// Sync returns when all that was written is on disk. After an error, what was written since the last success may be
	// lost even if a later call succeeds.
	Sync() error
}
