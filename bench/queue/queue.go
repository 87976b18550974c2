// Package queue compares what keeps events on disk until they are delivered: package spool, and bbolt and modernc's SQLite
// used as queues, each with the same durability in the same run, next to the bare system calls.
//
// Interval means that a record is in the kernel's hands when the call returns, and on the disk within 100 ms: bbolt without
// sync and SQLite with synchronous=OFF, one transaction a record, and a goroutine that syncs the file. Sync means that it is
// on the disk: bbolt as it comes, SQLite with a write-ahead log and synchronous=FULL. A record has 300 bytes in the spool's
// files; the others store its payload under a key of their own.
package queue

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/eventgen/eventgen/bench/measure"
)

// store is a queue on disk. Records are numbered from 1.
type store interface {
	// add stores n records in one step.
	add(n int) error
	// drain reads and acknowledges the n oldest, in one step.
	drain(n int) error
	close() error
}

// durability is when a record counts as stored.
type durability int

const (
	interval durability = iota
	synced
)

// engine opens a store in an empty folder.
type engine struct {
	name string
	open func(folder string, d durability) (store, error)
}

const (
	ours       = "eventgen spool"
	writeFloor = "floor: write(2) of the same bytes"
	syncFloor  = "floor: write(2) and fdatasync of the same bytes"
	batch      = 100
)

func engines() []engine {
	return []engine{{ours, openSpool}, {"bbolt", openBolt}, {"SQLite (modernc)", openSQLite}}
}

// Comparisons returns all of them. Files are made and removed below dir, which should be on the disk that a service would
// use, and not in memory. The last comparison opens a spool of so many bytes.
func Comparisons(dir string, recovery int64) []measure.Comparison {
	w := workshop{dir: dir}
	return []measure.Comparison{
		{
			Name: "append one record, interval", Unit: "record", Floor: []string{writeFloor},
			Weight: 3, // longer than the interval, so that each run has its syncs
			Cases:  w.cases(interval, one, measure.Case{Name: writeFloor, Open: w.bare(interval, 1)}),
			Targets: []measure.Target{
				{What: "append, interval / write(2)", Of: []string{ours}, Over: []string{writeFloor}, Limit: 1.3},
				{What: "allocations of append", Metric: measure.Allocs, Of: []string{ours}, Limit: 0.5},
			},
		},
		{
			Name: "append 100 records, sync", Unit: "100 records", Floor: []string{syncFloor}, Weight: 2,
			Cases: w.cases(synced, hundred, measure.Case{Name: syncFloor, Open: w.bare(synced, batch)}),
			Targets: []measure.Target{{
				What: "write(2) and fdatasync / append of 100, sync", Of: []string{syncFloor}, Over: []string{ours},
				Limit: 0.8, AtLeast: true,
			}},
		},
		{
			Name: "append from 64 goroutines, sync", Unit: "record", Weight: 2,
			Cases: w.cases(synced, crowd, measure.Case{Name: syncFloor, Open: w.bare(synced, 1)}),
		},
		{
			Name: "drain in hundreds, interval", Unit: "record", Cases: w.cases(interval, drain),
			Targets: []measure.Target{{What: "drain, ns a record (250 k/s)", Of: []string{ours}, Limit: 4000}},
		},
		w.recovery(recovery),
	}
}

// workshop makes folders for stores.
type workshop struct{ dir string }

// cases returns one case for each engine, and more.
func (w workshop) cases(d durability, use usage, more ...measure.Case) []measure.Case {
	var all []measure.Case
	for _, e := range engines() {
		all = append(all, measure.Case{Name: e.name, Open: func() (*measure.Run, error) {
			p := &place{dir: w.dir, open: func(folder string) (store, error) { return e.open(folder, d) }}
			return use(p), nil
		}})
	}
	return append(all, more...)
}

// place holds one store at a time, in a folder of its own.
type place struct {
	dir    string
	open   func(folder string) (store, error)
	folder string
	store  store
}

// renew replaces the store by an empty one.
func (p *place) renew() error {
	if err := p.clear(); err != nil {
		return err
	}
	folder, err := os.MkdirTemp(p.dir, "eventgen-bench-")
	if err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	p.folder = folder
	p.store, err = p.open(filepath.Join(folder, "q"))
	return err
}

// fresh replaces the store by one that has done something already: its first file is made before the clock runs.
func (p *place) fresh(int) error {
	if err := p.renew(); err != nil {
		return err
	}
	return p.store.add(batch)
}

func (p *place) clear() error {
	var err error
	if p.store != nil {
		err = p.store.close()
		p.store = nil
	}
	if p.folder == "" {
		return err
	}
	return errors.Join(err, os.RemoveAll(p.folder))
}
