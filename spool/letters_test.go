package spool

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// dead is a letter whose content follows from its number.
func dead(n uint64) Letter {
	r := numbered(n)
	return Letter{
		At:          time.UnixMicro(int64(n)).UTC(),
		Sink:        "posthog",
		Destination: 1,
		Reason:      "http_400",
		Event:       r.Event,
		DistinctID:  "<user> & \"co\"\u2028",
		UUID:        fmt.Sprintf("%x-%x-%x-%x-%x", r.UUID[:4], r.UUID[4:6], r.UUID[6:8], r.UUID[8:10], r.UUID[10:]),
		Timestamp:   time.UnixMicro(r.Time).UTC(),
		Properties:  json.RawMessage(`{"n":` + strconv.FormatUint(n, 10) + `,"t":"<a&b>` + "\u2028é" + `"}`),
	}
}

// number is the inverse of dead; it fails on a letter of any other content.
func number(t *testing.T, l Letter) uint64 {
	t.Helper()
	n := uint64(l.At.UnixMicro())
	if want := dead(n); !reflect.DeepEqual(l, want) {
		t.Errorf("got  %+v\nwant %+v", l, want)
	}
	return n
}

// readDead returns the numbers of the letters in a folder and how many lines are damaged.
func readDead(t *testing.T, dir string) (got map[uint64]int, damaged int) {
	t.Helper()
	got = map[uint64]int{}
	for l, err := range ReadLetters(dir, "posthog") {
		var line *DamagedLetter
		switch {
		case errors.As(err, &line):
			damaged++
		case err != nil:
			t.Fatal(err)
		default:
			got[number(t, l)]++
		}
	}
	return got, damaged
}

func openLetters(t *testing.T) (*Letters, string) {
	t.Helper()
	skipWithoutLocks(t)
	dir := filepath.Join(t.TempDir(), "events", "dead")
	l, err := OpenLetters(dir)
	if err != nil {
		t.Fatal(err)
	}
	return l, dir
}

func TestLetters(t *testing.T) {
	t.Parallel()
	l, dir := openLetters(t)
	if sinks, err := LetterSinks(dir); err != nil || len(sinks) != 0 {
		t.Errorf("%v, %v", sinks, err)
	}
	for n := range uint64(5) {
		if err := l.Append(dead(n)); err != nil {
			t.Fatal(err)
		}
	}
	other := dead(7)
	other.Sink = "audit"
	if err := l.Append(other); err != nil {
		t.Fatal(err)
	}
	if sinks, err := LetterSinks(dir); err != nil || !reflect.DeepEqual(sinks, []string{"audit", "posthog"}) {
		t.Errorf("%v, %v", sinks, err)
	}
	if got, damaged := readDead(t, dir); len(got) != 5 || damaged != 0 {
		t.Errorf("%v, %d damaged", got, damaged)
	}
	removed, err := l.Remove("posthog", func(l Letter, _ error) bool { return number(t, l)%2 == 0 })
	if got, _ := readDead(t, dir); err != nil || removed != 3 || len(got) != 2 || got[1] != 1 || got[3] != 1 {
		t.Errorf("%d, %v, left %v", removed, err, got)
	}
	if removed, err := l.Remove("posthog", func(Letter, error) bool { return true }); err != nil || removed != 2 {
		t.Errorf("%d, %v", removed, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "posthog.jsonl")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty file is left: %v", err)
	}
	if removed, err := l.Remove("nobody", func(Letter, error) bool { return true }); err != nil || removed != 0 {
		t.Errorf("%d, %v", removed, err)
	}
	if sinks, err := LetterSinks(filepath.Join(dir, "nowhere")); err != nil || sinks != nil {
		t.Errorf("%v, %v", sinks, err)
	}
}

// TestLetterRecord compares the record of a letter with the one that it was made of.
func TestLetterRecord(t *testing.T) {
	t.Parallel()
	l := dead(41)
	got, err := l.Record(time.UnixMicro(99))
	want := numbered(41)
	want.Queued = 99
	want.Lanes = []Lane{{Destinations: 1, DistinctID: []byte(l.DistinctID), Properties: l.Properties}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestLetterFlips flips each bit of a letter's line: none may become another letter.
func TestLetterFlips(t *testing.T) {
	t.Parallel()
	letter := dead(77)
	line, err := letter.encode()
	if err != nil {
		t.Fatal(err)
	}
	for i := range (len(line) - 1) * 8 {
		flipped := bytes.Clone(line)
		flipped[i/8] ^= 1 << (i % 8)
		if l, ok := parseLetter(flipped); ok && !reflect.DeepEqual(l, letter) {
			t.Errorf("bit %d: %q passes", i, flipped)
		}
	}
	byHand := bytes.Replace(line, line[len(line)-1-sumSize:], []byte("}"), 1)
	if l, ok := parseLetter(byHand); !ok || !reflect.DeepEqual(l, letter) {
		t.Errorf("%q does not pass", byHand)
	}
}

func TestLetterRefused(t *testing.T) {
	t.Parallel()
	l, dir := openLetters(t)
	for name, change := range map[string]func(*Letter){
		"sink":        func(l *Letter) { l.Sink = "../posthog" },
		"destination": func(l *Letter) { l.Destination = 3 },
		"event":       func(l *Letter) { l.Event = "" },
		"short uuid":  func(l *Letter) { l.UUID = l.UUID[1:] },
		"no dash":     func(l *Letter) { l.UUID = strings.Replace(l.UUID, "-", "0", 1) },
		"no digit":    func(l *Letter) { l.UUID = "g" + l.UUID[1:] },
		"array":       func(l *Letter) { l.Properties = json.RawMessage(`[]`) },
		"no JSON":     func(l *Letter) { l.Properties = json.RawMessage(`{`) },
		"too large":   func(l *Letter) { l.Event = strings.Repeat("x", maxLetter) },
	} {
		letter := dead(1)
		change(&letter)
		if err := l.Append(letter); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if got, damaged := readDead(t, dir); len(got)+damaged != 0 {
		t.Errorf("%v, %d damaged", got, damaged)
	}
}

func TestLettersFull(t *testing.T) {
	t.Parallel()
	l, dir := openLetters(t)
	l.quota = 1000
	stored := 0
	for n := range uint64(10) {
		switch err := l.Append(dead(n)); {
		case err == nil:
			stored++
		case !errors.Is(err, ErrFull):
			t.Fatal(err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "posthog.jsonl"))
	if err != nil || info.Size() > 1000 || stored < 2 {
		t.Errorf("%d stored: %v, %v", stored, info, err)
	}
	if got, damaged := readDead(t, dir); len(got) != stored || damaged != 0 {
		t.Errorf("%v, %d damaged; %d stored", got, damaged, stored)
	}
}

// TestLettersTorn cuts the file at every byte and appends one more: only the letter that was cut may be missing.
func TestLettersTorn(t *testing.T) {
	t.Parallel()
	l, dir := openLetters(t)
	path := filepath.Join(dir, "posthog.jsonl")
	for n := range uint64(3) {
		if err := l.Append(dead(n)); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range whole {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := l.Append(dead(9)); err != nil {
			t.Fatal(err)
		}
		got, damaged := readDead(t, dir)
		intact, wantDamaged := bytes.Count(whole[:cut], []byte("\n")), 0
		switch {
		case cut == 0 || whole[cut-1] == '\n': // between two lines
		case whole[cut] == '\n': // only the end of the line is missing
			intact++
		default:
			wantDamaged = 1
		}
		if len(got) != intact+1 || got[9] != 1 || damaged != wantDamaged {
			t.Fatalf("cut at %d: %v, %d damaged", cut, got, damaged)
		}
	}
}

// TestLettersUnsafe refuses folders and files in which others could have a hand.
func TestLettersUnsafe(t *testing.T) {
	t.Parallel()
	l, dir := openLetters(t)
	if unsafeFolder(mustStat(t, "/")) == "" && os.Geteuid() != 0 {
		t.Skip("no owners and modes on this system")
	}
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, filepath.Join(dir, "posthog.jsonl")); err != nil {
		t.Fatal(err)
	}
	if err := l.Append(dead(1)); err == nil {
		t.Error("followed a link")
	}
	if content, err := os.ReadFile(victim); err != nil || string(content) != "precious" {
		t.Errorf("%q, %v", content, err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenLetters(link); !errors.Is(err, ErrUnsafe) {
		t.Errorf("a link: %v", err)
	}
	if err := os.Chmod(dir, 0o770); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenLetters(dir); !errors.Is(err, ErrUnsafe) {
		t.Errorf("writable for a group: %v", err)
	}
	if err := l.Append(dead(1)); !errors.Is(err, ErrUnsafe) {
		t.Errorf("made writable for a group later: %v", err)
	}
}

// TestLettersAreNoSpool checks that a folder of dead letters inside a spool is neither opened as one nor adopted.
func TestLettersAreNoSpool(t *testing.T) {
	t.Parallel()
	l, dir := openLetters(t)
	if err := l.Append(dead(1)); err != nil {
		t.Fatal(err)
	}
	s, err := Open(filepath.Dir(dir), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reader("posthog", 1, nil); err != nil {
		t.Fatal(err)
	}
	if done, err := s.Adopt(t.Context()); err != nil || done != (Adopted{}) {
		t.Errorf("%+v, %v", done, err)
	}
	if all, err := Folders(filepath.Dir(dir)); err != nil || len(all) != 1 {
		t.Errorf("%v, %v", all, err)
	}
	if report, err := Verify(filepath.Dir(dir)); err != nil || report.Records != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, damaged := readDead(t, dir); len(got) != 1 || damaged != 0 {
		t.Errorf("%v, %d damaged", got, damaged)
	}
}

// TestLettersReappear deletes and renames what is in use.
func TestLettersReappear(t *testing.T) {
	t.Parallel()
	l, dir := openLetters(t)
	if err := l.Append(dead(1)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "posthog.jsonl"), filepath.Join(dir, "posthog.jsonl.1")); err != nil {
		t.Fatal(err)
	}
	if err := l.Append(dead(2)); err != nil {
		t.Fatal(err)
	}
	if got, _ := readDead(t, dir); len(got) != 1 || got[2] != 1 {
		t.Errorf("after a rename: %v", got)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := l.Append(dead(3)); err != nil {
		t.Fatal(err)
	}
	if got, _ := readDead(t, dir); len(got) != 1 || got[3] != 1 {
		t.Errorf("after the folder was deleted: %v", got)
	}
}

// lettersFolder and lettersFirst turn TestLettersChild into a process that appends until it is killed.
const (
	lettersFolder = "SPOOL_TEST_LETTERS_FOLDER"
	lettersFirst  = "SPOOL_TEST_LETTERS_FIRST"
)

// TestLettersChild prints the number of each letter after Append returned nil.
func TestLettersChild(t *testing.T) {
	t.Parallel()
	dir := os.Getenv(lettersFolder)
	if dir == "" {
		t.Skip("for other tests")
	}
	first, err := strconv.ParseUint(os.Getenv(lettersFirst), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	l, err := OpenLetters(dir)
	if err != nil {
		t.Fatal(err)
	}
	for n := first; ; n++ {
		if err := l.Append(dead(n)); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stdout.WriteString(strconv.FormatUint(n, 10) + "\n"); err != nil {
			t.Fatal(err)
		}
	}
}

func startLettersChild(t *testing.T, dir string, first uint64) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestLettersChild$")
	cmd.Env = append(os.Environ(), lettersFolder+"="+dir, lettersFirst+"="+strconv.FormatUint(first, 10))
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

// TestLettersKill lets two processes and two goroutines append, and one more goroutine remove, while the processes are killed
// and started again: every letter is in the file or was removed, once.
func TestLettersKill(t *testing.T) {
	t.Parallel()
	l, dir := openLetters(t)
	var mu sync.Mutex
	stored := map[uint64]bool{}
	note := func(all ...uint64) {
		mu.Lock()
		defer mu.Unlock()
		for _, n := range all {
			stored[n] = true
		}
	}
	rng := rand.New(rand.NewPCG(5, 5))
	var wg sync.WaitGroup
	for p := range uint64(2) {
		waits := make([]time.Duration, times(8, 100))
		for i := range waits {
			waits[i] = time.Duration(20+rng.IntN(60)) * time.Millisecond
		}
		wg.Go(func() {
			for i, wait := range waits {
				cmd, out := startLettersChild(t, dir, (p+1)*1_000_000_000+uint64(i)*1_000_000)
				if out.Scan() { // the first one says that it works
					n, err := strconv.ParseUint(out.Text(), 10, 64)
					if err != nil {
						t.Error(out.Text())
					}
					note(n)
				}
				note(kill(cmd, out, wait)...)
			}
		})
	}
	for g := range uint64(2) {
		wg.Go(func() {
			for n := g * 1000; n < g*1000+200; n++ {
				if err := l.Append(dead(n)); err != nil {
					t.Error(err)
				}
				note(n)
			}
		})
	}
	done := make(chan struct{})
	removed := make(chan map[uint64]int)
	go func() { removed <- removeSome(t, l, done) }()
	wg.Wait()
	close(done)
	gone := <-removed
	if err := l.Refresh(); err != nil {
		t.Error(err)
	}
	checkSize(t, "after others were killed", l, dir)
	left, damaged := readDead(t, dir)
	if damaged > 2*times(8, 100) {
		t.Errorf("%d lines are damaged", damaged)
	}
	for n := range stored {
		if left[n]+gone[n] != 1 {
			t.Errorf("letter %d: %d left, %d removed", n, left[n], gone[n])
		}
	}
	t.Logf("%d letters, %d removed, %d lines damaged", len(stored), len(gone), damaged)
}

// removeSome removes a third of what it meets, until told to stop.
func removeSome(t *testing.T, l *Letters, done <-chan struct{}) map[uint64]int {
	gone := map[uint64]int{}
	for {
		select {
		case <-done:
			return gone
		default:
		}
		_, err := l.Remove("posthog", func(letter Letter, damage error) bool {
			if damage != nil {
				return false
			}
			n := number(t, letter)
			if n%3 == 0 {
				gone[n]++
			}
			return n%3 == 0
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestLettersCrash cuts the power after every operation of a workload in which operations fail at random. What was stored
// must be there, unless it was removed; what was removed for good must not come back whole.
func TestLettersCrash(t *testing.T) {
	t.Parallel()
	states := 0
	for seed := uint64(0); states < times(4_000, 200_000); seed++ {
		states += crashLetters(t, seed)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d states", states)
}

func crashLetters(t *testing.T, seed uint64) (states int) {
	disk, rng := newSimDisk(), rand.New(rand.NewPCG(seed, 6))
	faults := rand.New(rand.NewPCG(seed, 7))
	l := newLetters("")
	stored, doubtful := map[uint64]bool{}, map[uint64]bool{}
	check := func(d *simDisk) {
		got := map[uint64]int{}
		err := readLines(d, "posthog.jsonl", 1<<30, func(line *letterLine) bool {
			if letter, err := line.letter(); err == nil {
				got[number(t, letter)]++
			}
			return true
		})
		for n := range stored {
			if got[n] == 0 && !doubtful[n] {
				t.Errorf("seed %d, operation %d: letter %d is lost", seed, d.ops, n)
			}
		}
		for n := range got {
			if !stored[n] && !doubtful[n] {
				t.Errorf("seed %d, operation %d: letter %d is from nowhere", seed, d.ops, n)
			}
		}
		if err != nil {
			t.Error(err)
		}
	}
	disk.after = func() {
		for range 4 {
			states++
			check(disk.crash(rng))
		}
	}
	stuck := false // a write that failed could not be taken back: nobody knows what there is of it
	if seed%2 == 1 {
		disk.fail = func(op string, _ int) error {
			if faults.IntN(12) == 0 {
				stuck = stuck || op == "truncate"
				return syscall.EIO
			}
			return nil
		}
	}
	for n := range uint64(30) {
		stuck = false
		if n%7 == 6 {
			removeEven(l, disk, stored, doubtful)
			checkSimSize(t, l, disk, seed)
			continue
		}
		letter := dead(n)
		line, err := letter.encode()
		if err != nil {
			t.Fatal(err)
		}
		doubtful[n] = true
		if l.appendLine(disk, "posthog.jsonl", line) == nil {
			stored[n] = true
			delete(doubtful, n)
		}
		if !stuck {
			checkSimSize(t, l, disk, seed)
		}
	}
	return states
}

// checkSimSize compares what Letters know of a file's size with the disk.
func checkSimSize(t *testing.T, l *Letters, disk *simDisk, seed uint64) {
	t.Helper()
	disk.mu.Lock()
	defer disk.mu.Unlock()
	want := int64(0)
	if inode := disk.cache["posthog.jsonl"]; inode != nil {
		want = int64(len(inode.cache))
	}
	if got, _ := l.Size("posthog"); got != want {
		t.Errorf("seed %d, operation %d: %d bytes, the disk has %d", seed, disk.ops, got, want)
	}
}

// removeEven removes letters; what becomes of them is open while that goes on, and when it failed.
func removeEven(l *Letters, disk *simDisk, stored, doubtful map[uint64]bool) {
	for n := range stored {
		doubtful[n] = doubtful[n] || n%2 == 0
	}
	_, err := l.removeLines(disk, "posthog.jsonl", func(l Letter, damage error) bool {
		return damage == nil && l.At.UnixMicro()%2 == 0
	})
	if err != nil {
		return
	}
	for _, known := range []map[uint64]bool{stored, doubtful} {
		for n := range known {
			if n%2 == 0 {
				delete(known, n)
			}
		}
	}
}

// FuzzReadLetters compares the reader with one that cuts the whole text at its line ends.
func FuzzReadLetters(f *testing.F) {
	letter := dead(3)
	good, err := letter.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(bytes.Repeat(good, 3))
	f.Add(append([]byte("\n{}\r\n  \n"), good[:40]...))
	f.Add([]byte("null\n[]\n\"\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		disk := newSimDisk()
		disk.cache["x.jsonl"] = &simInode{cache: text}
		var got, want []string
		end := int64(0)
		err := readLines(disk, "x.jsonl", int64(len(text)), func(line *letterLine) bool {
			if line.From < end || line.To > int64(len(text)) || string(text[line.From:line.To]) != string(line.text) {
				t.Fatalf("%+v", line)
			}
			end = line.To
			l, err := line.letter()
			got = append(got, fmt.Sprint(line.Line, err == nil))
			if err != nil {
				return true
			}
			again, err := l.encode()
			if err != nil {
				t.Fatalf("%q: %v", line.text, err)
			}
			if back, ok := parseLetter(again); !ok || back.UUID != l.UUID || !back.Timestamp.Equal(l.Timestamp) {
				t.Fatalf("%q became %q", line.text, again)
			}
			return true
		})
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if strings.TrimSpace(line) != "" {
				_, ok := parseLetter([]byte(line))
				want = append(want, fmt.Sprint(i+1, ok))
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// TestLongLine puts a line beside which nothing would fit into memory between two letters.
func TestLongLine(t *testing.T) {
	t.Parallel()
	l, dir := openLetters(t)
	if err := l.Append(dead(1)); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(filepath.Join(dir, "posthog.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.Write(append(bytes.Repeat([]byte(" "), 3*maxLetter), '\n'))
	if err := errors.Join(err, file.Close(), l.Append(dead(2))); err != nil {
		t.Fatal(err)
	}
	if got, damaged := readDead(t, dir); len(got) != 2 || damaged != 1 {
		t.Errorf("%v, %d damaged", got, damaged)
	}
	if n, err := l.Remove("posthog", func(_ Letter, damage error) bool { return damage != nil }); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	if got, damaged := readDead(t, dir); len(got) != 2 || damaged != 0 {
		t.Errorf("%v, %d damaged", got, damaged)
	}
}
