package spool

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// leave is a process with a folder of its own inside dir that stores records for a reader and ends. It returns the folder.
func leave(t *testing.T, dir, reader string, records int) string {
	t.Helper()
	s, err := Open(dir, Options{Quota: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reader(reader, 1, nil); err != nil {
		t.Fatal(err)
	}
	for n := range records {
		if _, err := s.Append(t.Context(), numbered(uint64(n))); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s.Path()
}

// openSmall opens a spool of 1 MiB with a reader.
func openSmall(t *testing.T, dir string) (*Spool, *Reader) {
	t.Helper()
	s, err := Open(dir, Options{Quota: 1 << 20, MinFree: -1, MinFreePercent: -1})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Reader("posthog", 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s, r
}

// TestAdoptLeavesNoEmptyFolder checks that the folder of a process that has delivered everything goes, too.
func TestAdoptLeavesNoEmptyFolder(t *testing.T) {
	t.Parallel()
	skipWithoutLocks(t)
	dir := filepath.Join(t.TempDir(), "spool")
	s, r := openSmall(t, dir)
	empty, full := leave(t, dir, "other", 0), leave(t, dir, "posthog", 10)
	done, err := s.Adopt(t.Context())
	if err != nil || done.Folders != 2 || done.Records != 10 || done.Left != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	for _, path := range []string{empty, full} {
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left: %v", path, err)
		}
	}
	if st := r.Stats(); st.Recovered != 10 || st.Appended != 0 || st.Waiting != 10 || s.Stats().Adopted != 10 {
		t.Errorf("%+v", st)
	}
}

// TestAdoptLeavesWhatOthersWaitFor checks that a folder whose reader is not open here is left alone.
func TestAdoptLeavesWhatOthersWaitFor(t *testing.T) {
	t.Parallel()
	skipWithoutLocks(t)
	dir := filepath.Join(t.TempDir(), "spool")
	s, _ := openSmall(t, dir)
	path := leave(t, dir, "other", 10)
	if done, err := s.Adopt(t.Context()); err != nil || done != (Adopted{Left: 1}) {
		t.Errorf("%+v, %v", done, err)
	}
	if r, err := Verify(path); err != nil || r.Records != 10 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestAdoptWaitsForRoom checks that nothing is adopted in part, and thus again, while there is no room for it.
func TestAdoptWaitsForRoom(t *testing.T) {
	t.Parallel()
	skipWithoutLocks(t)
	dir := filepath.Join(t.TempDir(), "spool")
	s, r := openSmall(t, dir)
	leave(t, dir, "posthog", 10)
	for n := uint64(0); ; n++ {
		if _, err := s.Append(t.Context(), numbered(n)); errors.Is(err, ErrFull) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if done, err := s.Adopt(t.Context()); !errors.Is(err, ErrFull) || done.Records != 0 {
			t.Errorf("%+v, %v", done, err)
		}
	}
	drain(t, r)
	if done, err := s.Adopt(t.Context()); err != nil || done.Records != 10 {
		t.Errorf("%+v, %v", done, err)
	}
}

// TestAdoptLooksForRoomItself checks that somebody else's refusal of just now does not stop Adopt midway.
func TestAdoptLooksForRoomItself(t *testing.T) {
	t.Parallel()
	skipWithoutLocks(t)
	dir := filepath.Join(t.TempDir(), "spool")
	s, r := openSmall(t, dir)
	leave(t, dir, "posthog", 10)
	s.mu.Lock()
	s.noRoom, s.retryAt = ErrNoSpace, time.Now().Add(time.Hour)
	s.mu.Unlock()
	if _, err := s.Append(t.Context(), numbered(1)); !errors.Is(err, ErrNoSpace) {
		t.Fatalf("%v, want a refusal", err)
	}
	if done, err := s.Adopt(t.Context()); err != nil || done.Records != 10 {
		t.Errorf("%+v, %v", done, err)
	}
	drain(t, r)
}
