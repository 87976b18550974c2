package spool

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// childFolder is the variable that turns the test binary into a process that appends until it is killed.
const childFolder = "SPOOL_TEST_CHILD_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		if err := child(dir, os.Getenv("SPOOL_TEST_CHILD_FIRST")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child appends from several goroutines, and prints the number of each record after Append returned nil. Now and then it prints
// how far the spool says that it is on disk.
func child(dir, first string) error {
	start, err := strconv.ParseUint(first, 10, 64)
	if err != nil {
		return err
	}
	s, err := Open(dir, Options{SegmentBytes: 64 << 10, Mode: Mode(start / 1e6 % 2)})
	if err != nil {
		return err
	}
	fmt.Println("path", s.Path())
	if _, err := s.Reader("posthog", 1, nil); err != nil {
		return err
	}
	failed := make(chan error)
	go func() {
		for range time.Tick(20 * time.Millisecond) {
			fmt.Println("synced", s.Stats().Synced)
		}
	}()
	for g := range uint64(4) {
		go func() {
			for n := start + g; ; n += 4 {
				if _, err := s.Append(context.Background(), numbered(n)); err != nil {
					failed <- err
					return
				}
				if _, err := os.Stdout.WriteString(strconv.FormatUint(n, 10) + "\n"); err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	return <-failed
}

// numbered is a record whose content follows from its number.
func numbered(n uint64) Record {
	r := Record{Time: int64(n), Queued: int64(n), Event: "numbered"}
	binary.BigEndian.PutUint64(r.UUID[:], n)
	text := strings.Repeat(strconv.FormatUint(n, 10)+",", int(n%50)+1)
	r.Lanes = []Lane{{Destinations: 1, DistinctID: []byte("user"), Properties: []byte(text)}}
	return r
}

// startChild starts such a process and returns its output.
func startChild(t *testing.T, dir string, first uint64) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childFolder+"="+dir, "SPOOL_TEST_CHILD_FIRST="+strconv.FormatUint(first, 10))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewScanner(out)
}

// kill ends a child for good and returns what it had printed.
func kill(cmd *exec.Cmd, out *bufio.Scanner, after time.Duration) (acked []uint64) {
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	for out.Scan() {
		if n, err := strconv.ParseUint(out.Text(), 10, 64); err == nil {
			acked = append(acked, n)
		}
	}
	_ = cmd.Wait()
	return acked
}

// TestKill kills a process that appends at full speed, again and again: whatever it was told is stored must be there for the
// next one.
func TestKill(t *testing.T) {
	t.Parallel()
	skipWithoutLocks(t)
	dir := filepath.Join(t.TempDir(), "spool")
	rng := rand.New(rand.NewPCG(1, 1))
	total := 0
	for round := range uint64(times(40, 400)) {
		cmd, out := startChild(t, dir, (round+1)*1_000_000)
		if !out.Scan() {
			t.Fatal("the child does not start")
		}
		acked := kill(cmd, out, time.Duration(5+rng.IntN(40))*time.Millisecond)
		total += len(acked)
		checkKilled(t, dir, acked)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d records", total)
}

func checkKilled(t *testing.T, dir string, acked []uint64) {
	t.Helper()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Reader("posthog", 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := drain(t, r)
	for _, n := range acked {
		if !got[n] {
			t.Errorf("record %d is lost", n)
		}
	}
	if st := s.Stats(); st.Missing > 0 {
		t.Errorf("%d sequence numbers are missing", st.Missing)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// drain reads and acknowledges everything, and checks each record.
func drain(t *testing.T, r *Reader) map[uint64]bool {
	t.Helper()
	got := map[uint64]bool{}
	var batch []Entry
	var err error
	for first := true; first || len(batch) > 0; first = false {
		if batch, err = r.Peek(batch[:0], 500, 1<<20); err != nil {
			t.Fatal(err)
		}
		var seqs []uint64
		for i := range batch {
			n := uint64(batch[i].Time)
			want := numbered(n)
			if string(batch[i].Properties) != string(want.Lanes[0].Properties) || batch[i].UUID != want.UUID {
				t.Fatalf("record %d is not what was appended", n)
			}
			got[n] = true
			seqs = append(seqs, batch[i].Seq)
		}
		if err := r.Ack(seqs...); err != nil {
			t.Fatal(err)
		}
	}
	return got
}

// skipWithoutLocks skips where a spool cannot be opened at all.
func skipWithoutLocks(t *testing.T) {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "try"), Options{})
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestTwoProcesses opens one folder twice: the second one gets a folder of its own, which the first adopts after it was
// killed.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	skipWithoutLocks(t)
	dir := filepath.Join(t.TempDir(), "spool")
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Reader("posthog", 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	cmd, out := startChild(t, dir, 1_000_000)
	if !out.Scan() {
		t.Fatal("the child does not start")
	}
	path, ok := strings.CutPrefix(out.Text(), "path ")
	if !ok || filepath.Dir(path) != dir {
		t.Fatalf("the child uses %q", out.Text())
	}
	if done, err := s.Adopt(t.Context()); err != nil || done.Busy != 1 || done.Folders != 0 {
		t.Errorf("adopted from the living: %+v, %v", done, err)
	}
	acked := kill(cmd, out, 50*time.Millisecond)
	done, err := s.Adopt(t.Context())
	if err != nil || done.Folders != 1 || int(done.Records) < len(acked) {
		t.Errorf("%+v, %v; want %d records", done, err, len(acked))
	}
	got := drain(t, r)
	for _, n := range acked {
		if !got[n] {
			t.Errorf("record %d is lost", n)
		}
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the adopted folder is left: %v", err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestConcurrent appends from many goroutines while two readers read and tools look on.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	skipWithoutLocks(t)
	for _, mode := range []Mode{Interval, Sync} {
		t.Run(fmt.Sprint(mode), func(t *testing.T) {
			t.Parallel()
			concurrent(t, mode)
		})
	}
}

func concurrent(t *testing.T, mode Mode) {
	const goroutines, each = 16, 300
	dir := filepath.Join(t.TempDir(), "spool")
	s, err := Open(dir, Options{Mode: mode, SegmentBytes: 32 << 10})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for n, name := range readerNames {
		wake := make(chan struct{}, 1)
		r, err := s.Reader(name, 1<<n, wake)
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() { consume(t, r, wake, goroutines*each) })
	}
	for g := range uint64(goroutines) {
		wg.Go(func() {
			for i := range uint64(each) {
				record := numbered(g*each + i)
				record.Lanes[0].Destinations = 3
				if _, err := s.Append(t.Context(), record); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() {
		for range 20 {
			s.Stats()
			if report, err := Verify(dir); err != nil {
				t.Errorf("verify: %v, %+v", err, report)
			}
		}
	})
	wg.Wait()
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st := s.Stats(); st.Bytes != 0 || st.Appended != goroutines*each {
		t.Errorf("%+v", st)
	}
}

// consume reads until it has seen so many records, each once, those of one goroutine in order.
func consume(t *testing.T, r *Reader, wake <-chan struct{}, want int) {
	got := map[int64]bool{}
	for len(got) < want {
		w, err := r.Await(1)
		if err != nil {
			t.Error(err)
			return
		}
		if w.Records == 0 {
			<-wake
			continue
		}
		batch, err := r.Peek(nil, 64, 1<<20)
		if err != nil {
			t.Error(err)
			return
		}
		var seqs []uint64
		for i := range batch {
			if at := batch[i].Time; got[at] || at%300 > 0 && !got[at-1] {
				t.Errorf("record %d: twice, or too early", at)
			}
			got[batch[i].Time] = true
			seqs = append(seqs, batch[i].Seq)
		}
		if err := r.Ack(seqs...); err != nil {
			t.Error(err)
		}
	}
}

// TestUnsafeFolder refuses folders in which others could have a hand.
func TestUnsafeFolder(t *testing.T) {
	t.Parallel()
	skipWithoutLocks(t)
	dir := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if unsafeFolder(mustStat(t, "/")) == "" && os.Geteuid() != 0 {
		t.Skip("no owners and modes on this system")
	}
	if err := os.Chmod(dir, 0o770); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrUnsafe) {
		t.Errorf("writable for a group: %v", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(link, Options{}); !errors.Is(err, ErrUnsafe) {
		t.Errorf("a link: %v", err)
	}
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, filepath.Join(dir, lockName)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); err == nil {
		t.Error("followed a link in place of the lock")
	}
	if content, err := os.ReadFile(victim); err != nil || string(content) != "precious" {
		t.Errorf("%q, %v", content, err)
	}
}

func mustStat(t *testing.T, name string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// TestModes checks that only the user of the process can read what is stored.
func TestModes(t *testing.T) {
	t.Parallel()
	skipWithoutLocks(t)
	dir := filepath.Join(t.TempDir(), "spool")
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reader("posthog", 1, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(t.Context(), numbered(1)); err != nil {
		t.Fatal(err)
	}
	err = filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v", path, info.Mode())
		}
		return err
	})
	if err := errors.Join(err, s.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
}
