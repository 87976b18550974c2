package queue

import (
	"encoding/binary"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
)

// bolted is a bucket with ascending keys.
type bolted struct {
	db     *bolt.DB
	ending chan struct{}
	ended  chan struct{}
}

var bucket = []byte("queue")

func openBolt(folder string, d durability) (store, error) {
	opts := bolt.Options{NoSync: d == interval, NoFreelistSync: true, FreelistType: bolt.FreelistMapType}
	db, err := bolt.Open(folder, 0o600, &opts)
	if err != nil {
		return nil, fmt.Errorf("bbolt: %w", err)
	}
	b := &bolted{db: db, ending: make(chan struct{}), ended: make(chan struct{})}
	go b.syncer(d)
	return b, db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucket(bucket)
		return err
	})
}

// syncer syncs every 100 ms where transactions do not.
func (b *bolted) syncer(d durability) {
	defer close(b.ended)
	for d == interval && pause(b.ending) {
		_ = b.db.Sync() // the spool does not tell its callers at once either
	}
}

// pause waits for 100 ms, or reports false when it is time to end.
func pause(ending <-chan struct{}) bool {
	select {
	case <-ending:
		return false
	case <-time.After(100 * time.Millisecond):
		return true
	}
}

// add uses Batch for single records, which lets concurrent callers share a transaction where each waits for the disk.
func (b *bolted) add(n int) error {
	put := func(tx *bolt.Tx) error {
		in := tx.Bucket(bucket)
		in.FillPercent = 1 // keys ascend
		for range n {
			seq, err := in.NextSequence()
			if err != nil {
				return err
			}
			if err := in.Put(binary.BigEndian.AppendUint64(nil, seq), payload); err != nil {
				return err
			}
		}
		return nil
	}
	if n == 1 && !b.db.NoSync {
		return b.db.Batch(put)
	}
	return b.db.Update(put)
}

func (b *bolted) drain(n int) error {
	return b.db.Update(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucket).Cursor()
		var read int
		for key, value := c.First(); key != nil && n > 0; key, value = c.First() {
			read += len(value)
			n--
			if err := c.Delete(); err != nil {
				return err
			}
		}
		if n > 0 {
			return fmt.Errorf("bbolt: %d records are missing", n)
		}
		return nil
	})
}

func (b *bolted) close() error {
	close(b.ending)
	<-b.ended
	return b.db.Close()
}
