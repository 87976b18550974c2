package spool

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// bubbled are options with the clock of a synctest bubble.
func bubbled(overflow Overflow) Options {
	o := smallOptions(Interval)
	o.now, o.SyncEvery, o.Patience = nil, 0, 0
	o.Quota, o.Overflow = minQuota, overflow
	return o
}

// fillUp appends until it is refused, and returns how often that went well.
func (w *world) fillUp(want error) int {
	w.t.Helper()
	for n := range 10_000 {
		if err := w.append(); err != nil {
			if !errors.Is(err, want) {
				w.t.Fatal(err)
			}
			return n
		}
	}
	w.t.Fatal("never full")
	return 0
}

// drainAll acknowledges everything that the readers have.
func (w *world) drainAll() {
	w.t.Helper()
	if err := w.oracle.judge(detached(w.spool), isAccepted); err != nil {
		w.t.Fatal(err)
	}
	for n := range destinations {
		for _, i := range w.oracle.records {
			i.acked[n] = true
		}
	}
}

func TestRefuse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, bubbled(Refuse))
		w.fillUp(ErrFull)
		if st := w.spool.Stats(); st.Bytes > minQuota || st.Refused.Full != 1 || !st.NoRoom {
			t.Errorf("%+v", st)
		}
		w.drainAll()
		synctest.Wait()
		if err := w.append(); err != nil {
			t.Errorf("after room was made: %v", err)
		}
		w.drainAll()
		w.close()
	})
}

func TestBlock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, bubbled(Block))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		var err error
		n := 0
		for ; err == nil; n++ {
			_, err = w.spool.Append(ctx, numbered(uint64(n)))
		}
		if !errors.Is(err, ErrFull) || !errors.Is(err, context.DeadlineExceeded) || w.spool.Stats().Refused.Full != 1 {
			t.Errorf("%v, %+v", err, w.spool.Stats())
		}
		waited := make(chan error)
		go func() {
			_, err := w.spool.Append(t.Context(), numbered(uint64(n)))
			waited <- err
		}()
		synctest.Wait()
		for _, r := range w.readers[:1] {
			drain(t, r)
		}
		if err := <-waited; err != nil {
			t.Errorf("after room was made: %v", err)
		}
		w.close()
	})
}

func TestBlockClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, bubbled(Block))
		done := make(chan error)
		go func() {
			var err error
			for n := uint64(0); err == nil; n++ {
				_, err = w.spool.Append(t.Context(), numbered(n))
			}
			done <- err
		}()
		time.Sleep(time.Second)
		synctest.Wait()
		w.close()
		if err := <-done; !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	})
}

func TestDropOldest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, bubbled(DropOldest))
		for range 1000 {
			if err := w.append(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Millisecond)
		}
		if st := w.spool.Stats(); st.Bytes > minQuota || st.Refused.Total() != 0 {
			t.Errorf("%+v", st)
		}
		for n, r := range w.readers {
			got := 0
			for batch, err := r.Peek(nil, 50, 1<<20); len(batch) > 0; batch, err = r.Peek(nil, 50, 1<<20) {
				if err != nil {
					t.Fatal(err)
				}
				for i := range batch {
					if _, err := w.oracle.find(n, &batch[i]); err != nil {
						t.Fatal(err)
					}
					if err := r.Ack(batch[i].Seq); err != nil {
						t.Fatal(err)
					}
					got++
				}
			}
			dropped := r.Stats().Dropped
			if dropped.Oldest == 0 || dropped.Damaged != 0 || got+int(dropped.Oldest) != w.oracle.count(n) {
				t.Errorf("reader %d: %d of %d, %+v", n, got, w.oracle.count(n), dropped)
			}
		}
		w.close()
	})
}

// TestFullDisk fills the disk, not the quota. When others make room, the spool goes on by itself.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		opts := bubbled(Refuse)
		opts.Quota = 1 << 20
		w := newWorld(t, 1, opts)
		setRoom := func(room int64) {
			w.disk.mu.Lock()
			defer w.disk.mu.Unlock()
			w.disk.room = room
		}
		for range 5 {
			setRoom(10_000)
			if w.fillUp(ErrNoSpace) == 0 {
				t.Error("nothing fits")
			}
			setRoom(1 << 20)
			time.Sleep(retryEvery)
			for range 100 {
				if err := w.append(); err != nil {
					t.Fatalf("after room was made: %v", err)
				}
			}
		}
		if err := w.oracle.judge(detached(w.spool), isAccepted); err != nil {
			t.Error(err)
		}
		w.close()
	})
}

// TestFloor leaves space to others.
func TestFloor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		opts := bubbled(Refuse)
		opts.MinFree = 100_000
		w := newWorld(t, 1, opts)
		w.disk.room = 120_000
		w.fillUp(ErrNoSpace)
		w.disk.mu.Lock()
		room := w.disk.room
		w.disk.mu.Unlock()
		if room < 100_000 {
			t.Errorf("%d bytes are left to others", room)
		}
		w.close()
	})
}

// TestStall lets the disk stop answering. No caller waits for longer than was promised, and nobody is told a lie.
func TestStall(t *testing.T) {
	t.Parallel()
	for _, mode := range []Mode{Interval, Sync} {
		for _, stuck := range []string{"sync", "write"} {
			synctest.Test(t, func(t *testing.T) { stall(t, mode, stuck) })
		}
	}
}

func stall(t *testing.T, mode Mode, stuck string) {
	opts := bubbled(Refuse)
	opts.Mode, opts.Quota = mode, 1<<20
	w := newWorld(t, 1, opts)
	answer := make(chan struct{})
	if err := w.append(); err != nil {
		t.Fatal(err)
	}
	w.disk.gate = func(op string) {
		if op == stuck {
			<-answer
		}
	}
	direct := make(chan error, 1)
	go func() { // in mode Interval, this one writes itself
		_, err := w.spool.Append(t.Context(), numbered(1_000_000))
		direct <- err
	}()
	time.Sleep(2 * time.Second)
	synctest.Wait()
	refused := 0
	for range 20 {
		before := time.Now()
		err := w.append()
		if waited := time.Since(before); waited > 2*time.Second {
			t.Errorf("%d, %s: waited for %v", mode, stuck, waited)
		}
		if err != nil && !errors.Is(err, ErrStalled) {
			t.Error(err)
		}
		if err != nil {
			refused++
		}
	}
	if st := w.spool.Stats(); refused < 19 || int(st.Refused.Stalled) < refused {
		t.Errorf("%d, %s: refused %d: %+v", mode, stuck, refused, st)
	}
	close(answer)
	directErr := <-direct
	synctest.Wait()
	time.Sleep(time.Second)
	if err := w.append(); err != nil {
		t.Errorf("after the disk answered: %v", err)
	}
	checkAfterStall(t, w, directErr == nil)
	w.close()
}

// checkAfterStall reads everything: what was accepted, and nothing that was refused.
func checkAfterStall(t *testing.T, w *world, direct bool) {
	t.Helper()
	want := w.oracle.count(0)
	if direct {
		want++
	}
	entries, err := w.readers[0].Peek(nil, 1000, 1<<20)
	if err != nil || len(entries) != want {
		t.Errorf("%d entries, want %d: %v", len(entries), want, err)
	}
	for i := range entries {
		if entries[i].Time == 1_000_000 {
			continue
		}
		if found, err := w.oracle.find(0, &entries[i]); err != nil || found.refused {
			t.Errorf("entry %d: %v", entries[i].Seq, err)
		}
	}
}

// TestFailedSync checks that a failed sync is never asked again to do what it did not.
func TestFailedSync(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		opts := bubbled(Refuse)
		w := newWorld(t, 1, opts)
		if err := w.append(); err != nil { // with the sync of a process's first segment
			t.Fatal(err)
		}
		failures := 0
		w.disk.fail = func(op string, _ int) error {
			if op == "sync" && failures < 1 {
				failures++
				return syscall.EIO
			}
			return nil
		}
		for range 10 {
			if err := w.append(); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.sync(); err != nil {
			t.Fatal(err)
		}
		if st := w.spool.Stats(); st.SyncErrors != 1 || st.Rewritten != 1 || st.Suspect {
			t.Errorf("%+v", st)
		}
		w.disk.mu.Lock()
		after := w.disk.crash(w.rng)
		w.disk.mu.Unlock()
		if err := w.oracle.reopened(after, opts, isDurable); err != nil {
			t.Error(err)
		}
		w.close()
	})
}

// TestIdle checks that a spool with nothing to do does nothing.
func TestIdle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, bubbled(Refuse))
		if err := w.append(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		before := w.operations()
		time.Sleep(24 * time.Hour)
		if after := w.operations(); after != before {
			t.Errorf("%d operations", after-before)
		}
		if st := w.spool.Stats(); st.Synced != st.Next {
			t.Errorf("%+v", st)
		}
		w.close()
	})
}

func (w *world) operations() int {
	w.disk.mu.Lock()
	defer w.disk.mu.Unlock()
	return w.disk.ops
}

// spaceHook is a disk that calls a function whenever it is asked for its space.
type spaceHook struct {
	*simDisk
	hook func() space
}

func (d *spaceHook) Space() (space, error) { return d.hook(), nil }

// TestRefusalIsForgotten makes room while a record is being refused for want of it: the refusal rests on what was seen before,
// so the next record must not be refused unseen.
func TestRefusalIsForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const plenty = 1 << 40
		disk := &spaceHook{simDisk: newSimDisk(), hook: func() space { return space{plenty, plenty} }}
		opts := bubbled(Refuse)
		opts.MinFree, opts.Quota = 1, 1<<30
		s, err := start(disk, opts)
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Reader("posthog", 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		appendTo := func(segments int) (err error) {
			for n := uint64(0); err == nil && s.Stats().Segments < segments; n++ {
				_, err = s.Append(t.Context(), numbered(n))
			}
			return err
		}
		if err := appendTo(3); err != nil {
			t.Fatal(err)
		}
		if err := s.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		asked := 0
		disk.hook = func() space {
			if asked++; asked > 1 {
				return space{plenty, plenty}
			}
			drain(t, r)
			return space{0, plenty}
		}
		if err := appendTo(4); !errors.Is(err, ErrNoSpace) {
			t.Fatalf("%v, want a refusal", err)
		}
		if _, err := s.Append(t.Context(), numbered(1)); err != nil {
			t.Errorf("after room was made: %v", err)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestNoRoomLasts lets the syncer cut off the unused ends of segments after a record was refused. That makes some room, but not for
// another segment: the next record may look again, and until one finds room, the statistics say that there is none.
func TestNoRoomLasts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		disk, cut := newSimDisk(), make(chan struct{})
		disk.gate = func(op string) {
			if op == "truncate" {
				<-cut
			}
		}
		opts := bubbled(Refuse)
		opts.SegmentBytes = opts.Quota / 8
		s, err := start(disk, opts)
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Reader("posthog", 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		for n := uint64(0); err == nil; n++ {
			_, err = s.Append(t.Context(), numbered(n))
		}
		full := s.Stats()
		if !errors.Is(err, ErrFull) || !full.NoRoom {
			t.Fatalf("%v, %+v", err, full)
		}
		close(cut)
		synctest.Wait()
		if st := s.Stats(); st.Bytes >= full.Bytes || !st.NoRoom {
			t.Errorf("%d bytes, %d before; no room: %v", st.Bytes, full.Bytes, st.NoRoom)
		}
		s.mu.Lock()
		if err := s.admit(); err != nil {
			t.Errorf("refused unseen: %v", err)
		}
		s.mu.Unlock()
		drain(t, r)
		if st := s.Stats(); st.NoRoom {
			t.Errorf("no room with %d bytes of %d", st.Bytes, opts.Quota)
		}
		if _, err := s.Append(t.Context(), numbered(1)); err != nil {
			t.Errorf("with room: %v", err)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestOutageWritesNoMark checks that attempts to deliver that fail leave the mark file alone, but for a sign of life now and then,
// and that an acknowledgement is synced although none follows.
func TestOutageWritesNoMark(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, err := start(newSimDisk(), bubbled(Refuse))
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Reader("posthog", 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		for n := range 10 {
			if _, err := s.Append(t.Context(), numbered(uint64(n))); err != nil {
				t.Fatal(err)
			}
		}
		entries, err := r.Peek(nil, 10, 1<<20)
		if err != nil || len(entries) != 10 {
			t.Fatal(len(entries), err)
		}
		if err := r.Ack(entries[0].Seq); err != nil || !r.mark.dirty {
			t.Fatalf("dirty %v, %v", r.mark.dirty, err)
		}
		attempts := func(n int, each time.Duration) uint64 {
			before := r.mark.generation
			for range n {
				time.Sleep(each)
				if err := r.Ack(); err != nil {
					t.Fatal(err)
				}
			}
			return r.mark.generation - before
		}
		if n := attempts(5, markSyncEvery/10); n != 0 {
			t.Errorf("%d writes within a second", n)
		}
		if n := attempts(50, markSyncEvery); n != 1 || r.mark.dirty {
			t.Errorf("%d writes after that, want one with a sync", n)
		}
		if n := attempts(24*60, time.Minute); n < 23 || n > 24 {
			t.Errorf("%d writes in a day, want one an hour", n)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
