package spool

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// checkSize compares what Letters know of a sink's file with the file.
func checkSize(t *testing.T, when string, l *Letters, dir string) {
	t.Helper()
	want := int64(0)
	info, err := os.Stat(filepath.Join(dir, "posthog.jsonl"))
	switch {
	case err == nil:
		want = info.Size()
	case !isGone(err):
		t.Fatal(err)
	}
	if bytes, limit := l.Size("posthog"); bytes != want || limit != l.quota {
		t.Errorf("%s: %d of %d bytes, the file has %d", when, bytes, limit, want)
	}
}

func appendDead(t *testing.T, l *Letters, first, end uint64) {
	t.Helper()
	for n := first; n < end; n++ {
		if err := l.Append(dead(n)); err != nil {
			t.Fatal(err)
		}
	}
}

func removeDead(t *testing.T, l *Letters, doomed func(n uint64) bool) {
	t.Helper()
	_, err := l.Remove("posthog", func(letter Letter, damage error) bool { return damage == nil && doomed(number(t, letter)) })
	if err != nil {
		t.Fatal(err)
	}
}

// TestLetterSize changes a file in all ways that these Letters know of by themselves.
func TestLetterSize(t *testing.T) {
	t.Parallel()
	l, dir := openLetters(t)
	checkSize(t, "before the first letter", l, dir)
	appendDead(t, l, 0, 10)
	checkSize(t, "after ten", l, dir)
	other := dead(10)
	other.Sink = "audit"
	if err := l.Append(other); err != nil {
		t.Fatal(err)
	}
	checkSize(t, "after one of another sink", l, dir)
	if _, err := l.Remove("posthog", func(Letter, error) bool { return false }); err != nil {
		t.Fatal(err)
	}
	checkSize(t, "after none was removed", l, dir)
	removeDead(t, l, func(n uint64) bool { return n%3 == 0 })
	checkSize(t, "after some were removed", l, dir)
	path := filepath.Join(dir, "posthog.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text[:len(text)-10], "\n\n\nno letter\n{"...), 0o600); err != nil {
		t.Fatal(err)
	}
	appendDead(t, l, 11, 12)
	checkSize(t, "after a line without an end", l, dir)
	removeDead(t, l, func(n uint64) bool { return n == 11 })
	checkSize(t, "after lines that are empty or damaged", l, dir)
	if _, err := l.Remove("posthog", func(Letter, error) bool { return true }); err != nil {
		t.Fatal(err)
	}
	checkSize(t, "after all were removed", l, dir)
	if _, err := os.Stat(path); !isGone(err) {
		t.Errorf("the file is still there: %v", err)
	}
}

// TestLetterSizeFull checks that a refused letter does not count, and that one who is refused knows why, whoever has filled the
// file.
func TestLetterSizeFull(t *testing.T) {
	t.Parallel()
	l, dir := openLetters(t)
	refused, err := OpenLetters(dir)
	if err != nil {
		t.Fatal(err)
	}
	l.quota, refused.quota = 1000, 1000
	for n := range uint64(10) {
		if err := l.Append(dead(n)); err != nil && !errors.Is(err, ErrFull) {
			t.Fatal(err)
		}
		checkSize(t, "on the way to full", l, dir)
	}
	if err := refused.Append(dead(10)); !errors.Is(err, ErrFull) {
		t.Errorf("not full: %v", err)
	}
	checkSize(t, "when refused", refused, dir)
	if bytes, limit := l.Size("posthog"); bytes > limit || bytes < limit/2 {
		t.Errorf("%d of %d bytes", bytes, limit)
	}
}

// TestLetterSizeOfOthers has somebody else change the file. That shows after Refresh, and after any change of one's own.
func TestLetterSizeOfOthers(t *testing.T) {
	t.Parallel()
	l, dir := openLetters(t)
	other, err := OpenLetters(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "posthog.jsonl")
	for what, change := range map[string]func() error{
		"append": func() error { appendDead(t, other, 100, 120); return nil },
		"replay": func() error { removeDead(t, other, func(n uint64) bool { return n%2 == 0 }); return nil },
		"purge":  func() error { removeDead(t, other, func(uint64) bool { return true }); return nil },
		"rotate": func() error { return os.Rename(path, path+".1") },
		"edit":   func() error { return os.WriteFile(path, []byte("no letter\n"), 0o600) },
		"delete": func() error { return os.RemoveAll(dir) },
	} {
		for look, find := range map[string]func() error{
			"Refresh": l.Refresh,
			"Append":  func() error { return l.Append(dead(4)) },
			"Remove":  func() error { removeDead(t, l, func(uint64) bool { return false }); return nil },
		} {
			appendDead(t, l, 0, 4)
			before, _ := l.Size("posthog")
			if err := change(); err != nil {
				t.Fatal(err)
			}
			if after, _ := l.Size("posthog"); after != before {
				t.Errorf("%s: known before anybody looked: %d, then %d bytes", what, before, after)
			}
			if err := find(); err != nil {
				t.Fatal(err)
			}
			checkSize(t, what+", then "+look, l, dir)
		}
	}
	appendDead(t, l, 0, 1)
	late, err := OpenLetters(dir)
	if err != nil {
		t.Fatal(err)
	}
	checkSize(t, "what was there before", late, dir)
}

// TestLetterSizeUnknown cannot look: what was known stays.
func TestLetterSizeUnknown(t *testing.T) {
	t.Parallel()
	l, dir := openLetters(t)
	appendDead(t, l, 0, 3)
	before, _ := l.Size("posthog")
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := l.Refresh(); err == nil {
		t.Error("a file passes as a folder")
	}
	if after, _ := l.Size("posthog"); after != before {
		t.Errorf("%d bytes, then %d", before, after)
	}
}

// TestLetterSizeTogether appends and removes from many goroutines while others look and ask. Once all is done, what is known is
// right without another look.
func TestLetterSizeTogether(t *testing.T) {
	t.Parallel()
	l, dir := openLetters(t)
	done := make(chan struct{})
	var changes, looks sync.WaitGroup
	for g := range uint64(4) {
		changes.Go(func() {
			for n := g * 1000; n < g*1000+100; n++ {
				if err := l.Append(dead(n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	changes.Go(func() {
		for range 20 {
			if _, err := l.Remove("posthog", func(letter Letter, _ error) bool { return number(t, letter)%3 == 0 }); err != nil {
				t.Error(err)
			}
		}
	})
	for range 2 {
		looks.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if err := l.Refresh(); err != nil {
					t.Error(err)
				}
				if bytes, limit := l.Size("posthog"); bytes < 0 || bytes > limit {
					t.Errorf("%d of %d bytes", bytes, limit)
				}
			}
		})
	}
	changes.Wait()
	close(done)
	looks.Wait()
	checkSize(t, "after all", l, dir)
}

// TestRefreshWaits checks that a look does not end amid a change, or what the folder was like before it could be noted after it.
func TestRefreshWaits(t *testing.T) {
	t.Parallel()
	l, dir := openLetters(t)
	appendDead(t, l, 0, 3)
	looked := make(chan error, 1)
	removeDead(t, l, func(n uint64) bool {
		if n > 0 {
			return true
		}
		go func() { looked <- l.Refresh() }()
		select {
		case err := <-looked:
			t.Errorf("looked amid the change: %v", err)
			looked <- err
		case <-time.After(20 * time.Millisecond):
		}
		return true
	})
	if err := <-looked; err != nil {
		t.Error(err)
	}
	checkSize(t, "after the change", l, dir)
}

// TestLetterSizeIsCheap asks while a change is under way, which a disk can make last for any time, and counts allocations. It must
// not run beside other tests.
func TestLetterSizeIsCheap(t *testing.T) {
	l, dir := openLetters(t)
	appendDead(t, l, 0, 3)
	before, _ := l.Size("posthog")
	asked := 0
	removeDead(t, l, func(uint64) bool {
		if bytes, _ := l.Size("posthog"); bytes != before {
			t.Errorf("%d bytes amid the change, %d before", bytes, before)
		}
		asked++
		return true
	})
	if asked != 3 {
		t.Errorf("asked %d times", asked)
	}
	checkSize(t, "after the change", l, dir)
	sink := strings.Repeat("s", 64)
	if n := testing.AllocsPerRun(100, func() { l.Size(sink) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
