package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/eventgen/eventgen/bench/measure"
	"github.com/eventgen/eventgen/spool"
)

const readFloor = "floor: reading the same files"

// recovery opens a spool with so many bytes, which are all read and checked, whether or not the last process ended it
// properly. The files are dropped from the kernel's cache before each run, as far as the kernel does what it is asked to.
func (w workshop) recovery(bytes int64) measure.Comparison {
	return measure.Comparison{
		Name: fmt.Sprintf("open a spool of %d MiB, not cached", bytes>>20), Unit: "open",
		CPUs: []int{2}, MaxPasses: 3, Floor: []string{readFloor},
		Cases: []measure.Case{
			{Name: ours, Open: w.reopening(bytes, reopen)},
			{Name: readFloor, Open: w.reopening(bytes, readAll)},
		},
		Targets: recoveryTargets(bytes),
	}
}

// recoveryTargets are for 1 GiB only.
func recoveryTargets(bytes int64) []measure.Target {
	if bytes != 1<<30 {
		return nil
	}
	return []measure.Target{{What: "open 1 GiB, ns", Of: []string{ours}, Limit: 2e9}}
}

// reopening fills a spool once, and then opens it in some way in each run.
func (w workshop) reopening(bytes int64, open func(folder string) error) func() (*measure.Run, error) {
	return func() (*measure.Run, error) {
		p := &place{dir: w.dir, open: func(folder string) (store, error) { return openSpool(folder, interval) }}
		if err := fill(p, bytes); err != nil {
			return nil, errors.Join(err, p.clear())
		}
		folder := filepath.Join(p.folder, "q")
		return &measure.Run{
			Prepare: func(int) error { return each(folder, forget) },
			Do: func(n int) error {
				for range n {
					if err := open(folder); err != nil {
						return err
					}
				}
				return nil
			},
			Close: p.clear,
		}, nil
	}
}

// fill stores so many bytes and closes the store.
func fill(p *place, bytes int64) error {
	if err := p.renew(); err != nil {
		return err
	}
	for stored := int64(0); stored < bytes; stored += batch * recordSize {
		if err := p.store.add(batch); err != nil {
			return err
		}
	}
	err := p.store.close()
	p.store = nil
	return err
}

func reopen(folder string) error {
	s, err := spool.Open(folder, options(interval))
	if err != nil {
		return err
	}
	return s.Close(context.Background())
}

func readAll(folder string) error {
	return each(folder, func(f *os.File) error {
		_, err := io.CopyBuffer(io.Discard, struct{ io.Reader }{f}, make([]byte, 1<<20))
		return err
	})
}

// forget drops a file from the cache.
func forget(f *os.File) error {
	if err := f.Sync(); err != nil {
		return err
	}
	return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
}

// each opens the files of a folder one after the other.
func each(folder string, do func(*os.File) error) error {
	names, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	for _, name := range names {
		if !name.Type().IsRegular() {
			continue
		}
		f, err := os.Open(filepath.Join(folder, name.Name()))
		if err != nil {
			return fmt.Errorf("queue: %w", err)
		}
		if err := errors.Join(do(f), f.Close()); err != nil {
			return err
		}
	}
	return nil
}
