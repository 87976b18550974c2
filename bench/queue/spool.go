package queue

import (
	"context"
	"fmt"
	"slices"

	"github.com/eventgen/eventgen/spool"
)

// recordSize is what a record takes in the spool's files, with everything. A test holds it.
const recordSize = 300

// payload is what each record holds: what remains of 300 bytes.
var payload = make([]byte, 216)

// record is one event as the runtime spools it.
func record() spool.Record {
	return spool.Record{
		UUID: [16]byte{1, 2, 3}, Time: 1_700_000_000_000_000, Queued: 1_700_000_000_000_000, Event: "api_request",
		Lanes: []spool.Lane{{Destinations: 7, DistinctID: []byte("user_123"), Properties: payload}},
	}
}

// options are the defaults, but for room enough for every run.
func options(d durability) spool.Options {
	mode := spool.Interval
	if d == synced {
		mode = spool.Sync
	}
	return spool.Options{Mode: mode, Quota: 64 << 30, MinFree: -1, MinFreePercent: -1}
}

type spooled struct {
	spool   *spool.Spool
	reader  *spool.Reader
	records []spool.Record
	entries []spool.Entry
	seqs    []uint64
}

func openSpool(folder string, d durability) (store, error) {
	s, err := spool.Open(folder, options(d))
	if err != nil {
		return nil, err
	}
	reader, err := s.Reader("posthog", 1, nil)
	if err != nil {
		return nil, err
	}
	return &spooled{spool: s, reader: reader, records: slices.Repeat([]spool.Record{record()}, batch)}, nil
}

func (s *spooled) add(n int) error {
	_, err := s.spool.Append(context.Background(), s.records[:n]...)
	return err
}

func (s *spooled) drain(n int) (err error) {
	if s.entries, err = s.reader.Peek(s.entries[:0], n, 1<<20); err != nil {
		return err
	}
	if len(s.entries) != n {
		return fmt.Errorf("queue: %d of %d records", len(s.entries), n)
	}
	s.seqs = s.seqs[:0]
	for i := range s.entries {
		s.seqs = append(s.seqs, s.entries[i].Seq)
	}
	return s.reader.Ack(s.seqs...)
}

func (s *spooled) close() error { return s.spool.Close(context.Background()) }
