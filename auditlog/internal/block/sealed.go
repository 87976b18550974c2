package block

import (
	"database/sql"
	"fmt"
	"slices"
	"sync"

	"github.com/eventgen/eventgen/auditlog/internal/database"
)

// sealed is a block as the database keeps it: the bytes of some of its columns.
type sealed struct {
	first  int64 // its first id, which names it
	rows   int
	within bool
	names  []Column
	data   [][]byte // of each name; what is longer is memory to use again
	made   *Block   // instead of all that: a block of rows that the database keeps none of
}

func (s *sealed) add(name Column, data []byte) {
	n := len(s.names)
	if s.names = append(s.names, name); n == len(s.data) {
		s.data = append(s.data, nil)
	}
	s.data[n] = append(s.data[n][:0], data...)
}

// open decodes what is wanted into a block.
func (s *sealed) open(b *Block, want Want) error {
	if s.rows > Size {
		return s.fault(errDamaged)
	}
	b.Rows, b.Within, b.Summed = s.rows, s.within, s.within && want.Sums != ""
	for i, c := range s.names {
		if err := b.decode(c, s.data[i]); err != nil {
			return s.fault(err)
		}
	}
	for _, c := range want.of(s.within) {
		if !slices.Contains(s.names, c) {
			return s.fault(fmt.Errorf("column %q is missing", c))
		}
	}
	return nil
}

func (s *sealed) fault(err error) error {
	chain, seq := database.Place(s.first)
	return fmt.Errorf("block at row %d of chain number %d: %w", seq, chain, err)
}

// reader puts columns together to blocks. Those of one block follow each other.
type reader struct {
	next *sealed                               // without names before the first row
	pass func(*sealed) (free *sealed, _ error) // takes a block, and gives one to fill
}

// column takes one row of the query.
func (r *reader) column(scan database.Scan) error {
	var (
		first   int64
		rows    int
		partial bool
		name    Column
		data    sql.RawBytes
	)
	if err := scan(&first, &rows, &partial, &name, &data); err != nil {
		return err
	}
	if len(r.next.names) > 0 && first != r.next.first {
		if err := r.finish(); err != nil {
			return err
		}
	}
	r.next.first, r.next.rows, r.next.within = first, rows, !partial
	r.next.add(name, data)
	return nil
}

// finish hands on the block, if there is one.
func (r *reader) finish() (err error) {
	if len(r.next.names) == 0 {
		return nil
	}
	if r.next, err = r.pass(r.next); err == nil {
		r.next.names = r.next.names[:0]
	}
	return err
}

// crew decodes blocks while others are read, with a goroutine for each function that takes them.
type crew struct {
	full, free chan *sealed
	workers    sync.WaitGroup
	errs       []error // of the workers
}

func newCrew(want Want, do []func(*Block) error) *crew {
	c := &crew{full: make(chan *sealed), free: make(chan *sealed, 2*len(do)), errs: make([]error, len(do))}
	for i, do := range do {
		c.free <- &sealed{}
		c.workers.Go(func() { c.errs[i] = c.work(want, do) })
	}
	return c
}

// pass waits for a worker.
func (c *crew) pass(s *sealed) (*sealed, error) {
	c.full <- s
	return <-c.free, nil
}

// work takes blocks until there are no more, and after an error does nothing with them.
func (c *crew) work(want Want, do func(*Block) error) (err error) {
	var b Block // used for one after the other
	for s := range c.full {
		if s.made != nil {
			if err == nil {
				err = do(s.made)
			}
			continue
		}
		if err == nil {
			if err = s.open(&b, want); err == nil {
				err = do(&b)
			}
		}
		c.free <- s
	}
	return err
}

// end waits until all blocks are done.
func (c *crew) end() error {
	close(c.full)
	c.workers.Wait()
	for _, err := range c.errs {
		if err != nil {
			return err
		}
	}
	return nil
}
