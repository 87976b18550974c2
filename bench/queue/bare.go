package queue

import (
	"os"

	"golang.org/x/sys/unix"

	"github.com/eventgen/eventgen/bench/measure"
)

// bare writes the bytes of so many records to a file that grows, and makes them durable if need be: no less will do.
func (w workshop) bare(d durability, records int) func() (*measure.Run, error) {
	return func() (*measure.Run, error) {
		p := &place{dir: w.dir, open: func(folder string) (store, error) {
			f, err := os.Create(folder)
			return &file{File: f, bytes: make([]byte, records*recordSize), sync: d == synced}, err
		}}
		return one(p), nil
	}
}

type file struct {
	*os.File
	bytes []byte
	sync  bool
}

func (f *file) add(int) error {
	if _, err := f.Write(f.bytes); err != nil || !f.sync {
		return err
	}
	return unix.Fdatasync(int(f.Fd()))
}

func (*file) drain(int) error { return nil }

func (f *file) close() error { return f.Close() }
