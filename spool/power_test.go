//go:build linux

package spool

import (
	"bufio"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// From linux/fs.h: a file system that is shut down this way drops everything that is not on its device, the journal included,
// and answers with errors from then on. That is what a power cut leaves.
const (
	ioctlShutdown = 0x8004587d // FS_IOC_SHUTDOWN
	noLogFlush    = 2          // EXT4_GOING_FLAGS_NOLOGFLUSH
)

// powered is an ext4 file system on a loop device.
type powered struct {
	t      *testing.T
	device string
	dir    string // where it is mounted
	rng    *rand.Rand
}

// newPowered makes a file system, or skips the test where that is not possible.
func newPowered(t *testing.T) *powered {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("no power cuts: only root may mount; TestCrashStates has simulated ones")
	}
	image := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p := &powered{t: t, dir: filepath.Join(t.TempDir(), "mount"), rng: rand.New(rand.NewPCG(4, 1))}
	if err := errors.Join(os.Truncate(image, 256<<20), os.Mkdir(p.dir, 0o700)); err != nil {
		t.Fatal(err)
	}
	p.tool("mkfs.ext4", "-q", "-F", image)
	p.device = p.tool("losetup", "--find", "--show", image)
	t.Cleanup(func() {
		if out, err := exec.Command("losetup", "--detach", p.device).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	if err := p.mount(""); err != nil {
		t.Skipf("no power cuts: mounting %s: %v; TestCrashStates has simulated ones", p.device, err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(p.dir, syscall.MNT_DETACH) }) // what a failed test left
	return p
}

// tool runs a command and returns its output. Without the command, or its right to do its work, there is no test.
func (p *powered) tool(name string, args ...string) string {
	p.t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		p.t.Skipf("no power cuts: %s: %v: %s; TestCrashStates has simulated ones", name, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (p *powered) mount(options string) error {
	return syscall.Mount(p.device, p.dir, "ext4", 0, options)
}

// cut cuts the power.
func (p *powered) cut() error {
	root, err := os.Open(p.dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	flags := uint32(noLogFlush)
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, root.Fd(), ioctlShutdown, uintptr(unsafe.Pointer(&flags)))
	if errno != 0 {
		return errno
	}
	return nil
}

// restart switches the machine on again.
func (p *powered) restart(round int) {
	p.t.Helper()
	if err := syscall.Unmount(p.dir, 0); err != nil {
		p.t.Fatalf("unmount: %v", err)
	}
	if err := p.mount([]string{"commit=1", "commit=5", "commit=1000"}[round%3]); err != nil {
		p.t.Fatalf("mount: %v", err)
	}
}

// witness is what was seen of a child before the power was cut. What it says afterwards does not count: a sync that is under way
// at the cut may return without an error though nothing is on disk.
type witness struct {
	acked  map[uint64]time.Time // when it was seen that a record is accepted
	synced uint64               // the spool said that everything before is on disk
	cut    time.Time
}

// round runs a child until it has told of some records, and cuts the power.
func (p *powered) round(dir string, first uint64) witness {
	p.t.Helper()
	cmd, out := startChild(p.t, dir, first)
	defer kill(cmd, out, 0)
	if !out.Scan() {
		p.t.Fatal("the child does not start")
	}
	w := witness{acked: map[uint64]time.Time{}}
	w.read(out, 1+p.rng.IntN(4000))
	w.cut = time.Now()
	if err := p.cut(); err != nil {
		p.t.Fatalf("cut: %v", err)
	}
	return w
}

// read notes what the child says, until so many records are accepted.
func (w *witness) read(out *bufio.Scanner, records int) {
	for len(w.acked) < records && out.Scan() {
		if synced, ok := strings.CutPrefix(out.Text(), "synced "); ok {
			w.synced, _ = strconv.ParseUint(synced, 10, 64)
		} else if n, err := strconv.ParseUint(out.Text(), 10, 64); err == nil {
			w.acked[n] = time.Now()
		}
	}
}

// slack is how much longer than SyncEvery it may take until a sync has ended, and until this process has read of it, on a busy
// machine.
const slack = 2 * time.Second

// TestPowerCut cuts the power of a process that appends at full speed, again and again, on a real file system. In mode Sync nothing
// is lost that was accepted; in mode Interval at most what the spool did not yet say to be on disk, which is about the last 100 ms,
// and the loss is reported. What was never accepted may appear, but nothing that was never appended.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	p := newPowered(t)
	dir := filepath.Join(p.dir, "spool")
	total, lost, oldest := [2]int{}, 0, time.Duration(0)
	for round := range 2 * times(3, 50) {
		first := uint64(round+1) * 1_000_000
		mode := Mode(first / 1e6 % 2)
		w := p.round(dir, first)
		p.restart(round)
		missing := checkCut(t, dir, w)
		if mode == Sync && len(missing) > 0 {
			t.Errorf("round %d: %d of %d records are lost in mode Sync", round, len(missing), len(w.acked))
		}
		for _, n := range missing {
			oldest = max(oldest, w.cut.Sub(w.acked[n]))
		}
		total[mode] += len(w.acked)
		lost += len(missing)
		if t.Failed() {
			return
		}
	}
	if oldest > 100*time.Millisecond+slack {
		t.Errorf("mode Interval lost a record that was accepted %v before", oldest)
	}
	t.Logf("mode Sync: %d records, none lost; mode Interval: %d records, %d lost, all of them accepted at most %v before the cut",
		total[Sync], total[Interval], lost, oldest)
}

// checkCut opens the spool after a cut, takes out everything and returns what was accepted and is missing.
func checkCut(t *testing.T, dir string, w witness) (missing []uint64) {
	t.Helper()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Reader("posthog", 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	st := s.Stats()
	got := drain(t, r)
	for n := range w.acked {
		if !got[n] {
			missing = append(missing, n)
		}
	}
	reported := st.Untrimmed > 0 || st.Missing > 0 || st.Damaged > 0
	if len(missing) > 0 && !reported {
		t.Errorf("%d records of %d are lost, and nothing is reported: %+v", len(missing), len(w.acked), st)
	}
	if st.Next < w.synced {
		t.Errorf("everything before %d was on disk, and %d is the next record: %+v", w.synced, st.Next, st)
	}
	if st.Missing > 0 && st.Next-st.Missing < w.synced { // holes lie behind what was synced
		t.Errorf("%d records are missing before %d, and those before %d were on disk", st.Missing, st.Next, w.synced)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return missing
}
