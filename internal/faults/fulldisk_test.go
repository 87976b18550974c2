//go:build linux

package faults

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/spool"
)

const (
	diskSize = "size=2m,mode=0700"
	ballast  = 1 << 20 // bytes that others occupy
	most     = 100_000 // events, of which far fewer fit
)

// fullDisk is a service with its spool on a small disk of its own, which is mostly occupied, and a receiver that is down.
type fullDisk struct {
	*service
	t        *testing.T
	ballast  string
	receiver *receiver
	accepted int
	refused  uint64
}

func newFullDisk(t *testing.T, overflow spool.Overflow) *fullDisk {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, diskSize); err != nil {
		t.Skipf("no full disk: mounting: %v; TestFullDisk in spool has a simulated one", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	d := &fullDisk{t: t, ballast: filepath.Join(dir, "ballast"), receiver: &receiver{t: t, got: make([]bool, most)}}
	if err := os.WriteFile(d.ballast, make([]byte, ballast), 0o600); err != nil {
		t.Fatal(err)
	}
	d.receiver.down.Store(true)
	options := roomy(spool.Options{SegmentBytes: 64 << 10, Overflow: overflow})
	d.service = open(t, filepath.Join(dir, "spool"), options, runtime.Config{
		BatchSize: 100, BatchInterval: time.Millisecond, RetryMin: time.Millisecond, RetryMax: 20 * time.Millisecond,
	}, d.receiver)
	return d
}

// next tracks the next event, and notes what became of it. One that was refused is tried again by the next call.
func (d *fullDisk) next(ctx context.Context) error {
	err := d.track(ctx, d.accepted)
	if err == nil {
		d.accepted++
	} else {
		d.refused++
	}
	return err
}

// fill tracks until there is no room. How long a call may wait for some is the caller's concern.
func (d *fullDisk) fill(bound func() (context.Context, context.CancelFunc)) {
	d.t.Helper()
	before := d.accepted
	for {
		ctx, cancel := bound()
		err := d.next(ctx)
		ended := ctx.Err()
		cancel()
		if err == nil {
			continue
		}
		if !errors.Is(err, runtime.ErrQueueFull) || !errors.Is(err, spool.ErrNoSpace) || ended != nil && !errors.Is(err, ended) {
			d.t.Fatalf("event %d on a full disk: %v", d.accepted, err)
		}
		break
	}
	if d.accepted < before+1000 || d.accepted == most {
		d.t.Fatalf("full after %d events", d.accepted-before)
	}
}

// unbound lets a call wait for as long as it likes, which is not at all but under block.
func unbound() (context.Context, context.CancelFunc) { return context.WithCancel(context.Background()) }

// freeDisk lets others give up their space.
func (d *fullDisk) freeDisk() {
	d.t.Helper()
	if err := os.Remove(d.ballast); err != nil {
		d.t.Fatal(err)
	}
}

// finish delivers what is left and checks that each event is accounted for.
func (d *fullDisk) finish() runtime.SinkStats {
	d.t.Helper()
	d.receiver.down.Store(false)
	s := d.stop(d.t, time.Minute)
	stats := d.Stats()
	if stats.Accepted != uint64(d.accepted) || stats.Rejected["queue_full"] != d.refused || stats.Rejected.Total() != d.refused {
		d.t.Errorf("accepted %d of %d, rejected %v of %d", stats.Accepted, d.accepted, stats.Rejected, d.refused)
	}
	if s.Queued != 0 || s.Delivered != uint64(d.receiver.received) {
		d.t.Errorf("%d events arrived: %+v", d.receiver.received, s)
	}
	return s
}

// TestFullDiskRefuse fills the disk. Events are refused and counted until there is space again, first because others made some,
// then because events were delivered.
func TestFullDiskRefuse(t *testing.T) {
	t.Parallel()
	d := newFullDisk(t, spool.Refuse)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	d.fill(unbound)
	for range 10 {
		if err := d.next(ctx); !errors.Is(err, spool.ErrNoSpace) {
			t.Errorf("on a full disk: %v", err)
		}
	}
	if s := d.sums(t); s.Dropped.Total() != 0 || s.Queued != d.accepted {
		t.Errorf("%+v", s)
	}
	first := d.accepted
	d.freeDisk()
	await(ctx, t, "nothing is accepted although there is space", func() bool { return d.next(ctx) == nil })
	d.fill(unbound)
	second := d.accepted
	d.receiver.down.Store(false)
	await(ctx, t, "nothing is accepted although events were delivered", func() bool { return d.next(ctx) == nil })
	if s := d.finish(); s.Delivered != uint64(d.accepted) {
		t.Errorf("%d events accepted: %+v", d.accepted, s)
	}
	t.Logf("%d events in 1 MiB, %d in 2 MiB, %d refused, %d delivered", first, second, d.refused, d.receiver.received)
}

// TestFullDiskBlock fills the disk. A call then waits until its context ends, or there is space.
func TestFullDiskBlock(t *testing.T) {
	t.Parallel()
	d := newFullDisk(t, spool.Block)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	d.fill(func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(context.Background(), 50*time.Millisecond)
	})
	waiting := make(chan error)
	go func() { waiting <- d.next(ctx) }()
	await(ctx, t, "the spool does not see that the disk is full", func() bool { return d.Stats().Spool.NoRoom })
	d.freeDisk()
	if err := <-waiting; err != nil {
		t.Errorf("with space again: %v", err)
	}
	d.fill(func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(context.Background(), 50*time.Millisecond)
	})
	go func() { waiting <- d.next(ctx) }()
	d.receiver.down.Store(false)
	if err := <-waiting; err != nil {
		t.Errorf("after events were delivered: %v", err)
	}
	if s := d.finish(); s.Delivered != uint64(d.accepted) || s.Dropped.Total() != 0 {
		t.Errorf("%d events accepted: %+v", d.accepted, s)
	}
}

// TestFullDiskDropOldest fills the disk. No event is refused; the oldest go and are counted, until there is space.
func TestFullDiskDropOldest(t *testing.T) {
	t.Parallel()
	d := newFullDisk(t, spool.DropOldest)
	track := func(n int) uint64 {
		for range n {
			if err := d.next(t.Context()); err != nil {
				t.Fatalf("event %d: %v", d.accepted, err)
			}
		}
		return d.sums(t).Dropped["drop_oldest"]
	}
	dropped := track(12_000)
	if dropped == 0 {
		t.Error("nothing was dropped")
	}
	d.freeDisk()
	settled := track(2_000)
	if s := d.finish(); s.Delivered+settled != uint64(d.accepted) || s.Dropped.Total() != settled || d.refused != 0 {
		t.Errorf("%d events accepted, %d dropped, %d refused: %+v", d.accepted, settled, d.refused, s)
	}
	for n := d.accepted - 2_000; n < d.accepted; n++ {
		if !d.receiver.got[n] {
			t.Fatalf("event %d of %d was dropped, which is none of the oldest", n, d.accepted)
		}
	}
	if settled != dropped {
		t.Errorf("%d events dropped although there was space", settled-dropped)
	}
	t.Logf("%d of %d events dropped", dropped, d.accepted)
}
