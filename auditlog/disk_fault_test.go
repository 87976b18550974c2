//go:build linux

package auditlog

import (
	"context"
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// mounted mounts a disk in memory, of its own.
func mounted(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	mount(t, "tmpfs", dir, "tmpfs", 0, options)
	return dir
}

// mount needs root, or skips the test.
func mount(t *testing.T, source, target, kind string, flags uintptr, options string) {
	t.Helper()
	if err := syscall.Mount(source, target, kind, flags, options); err != nil {
		t.Skipf("no mount, which root may make: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(target, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
}

// remount changes the flags of a mount.
func remount(t *testing.T, target string, flags uintptr) {
	t.Helper()
	if err := syscall.Mount("", target, "", syscall.MS_REMOUNT|flags, ""); err != nil {
		t.Fatal(err)
	}
}

// smallDisk is an audit log on a disk that others occupy half of.
type smallDisk struct {
	*feed

	ballast string
	full    string // the text of the error
}

func newSmallDisk(t *testing.T) *smallDisk {
	t.Helper()
	dir := mounted(t, "size=2m,mode=0700")
	d := &smallDisk{ballast: filepath.Join(dir, "ballast"), full: ": database or disk is full (13)"}
	d.occupy(1 << 20)
	d.feed = newFeed(t, filepath.Join(dir, "audit.db"))
	return d
}

// occupy takes bytes, or what there is.
func (d *smallDisk) occupy(n int) {
	err := os.WriteFile(d.ballast, make([]byte, n), 0o600)
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
		d.t.Fatal(err)
	}
}

// release gives back what others took.
func (d *smallDisk) release() {
	if err := os.Remove(d.ballast); err != nil {
		d.t.Fatal(err)
	}
}

// fill sends until there is no room for another batch.
func (d *smallDisk) fill() {
	d.t.Helper()
	d.exhaust(func() error {
		_, err := d.Send(d.t.Context(), d.next())
		if err == nil {
			d.delivered += d.size
		}
		return err
	})
}

// fillUp writes until there is no room for whatever the store may write.
func (d *smallDisk) fillUp() {
	d.t.Helper()
	d.fill()
	d.occupy(2 << 20)
	d.size = 1
	d.fill()
	d.size = 50
	d.exhaust(func() error { return d.RecordGap(d.t.Context(), "proxy", 1) })
	d.exhaust(func() error {
		_, err := d.Checkpoint(d.t.Context())
		return err
	})
}

// exhaust writes until the disk is full.
func (d *smallDisk) exhaust(write func() error) {
	d.t.Helper()
	for range 1000 {
		if err := write(); err != nil {
			clearly(d.t, err, d.full)
			return
		}
	}
	d.t.Fatal("the disk does not get full")
}

func TestAFullDiskIsTemporary(t *testing.T) {
	t.Parallel()
	d := newSmallDisk(t)
	d.goesOn()
	d.fill()
	d.stops(down("database or disk is full"))
	d.complete() // which reads
	if r := verified(t, d.Store, VerifyOptions{}); r.Rows != int64(d.delivered)+1 {
		t.Errorf("%d rows, want %d", r.Rows, d.delivered+1)
	}
	d.release()
	d.goesOn()
	d.complete()
}

func TestUpkeepOnAFullDisk(t *testing.T) {
	t.Parallel()
	d := newSmallDisk(t)
	d.fillUp()
	other, err := Open(t.Context(), d.place, Options{})
	if err != nil {
		t.Fatalf("a full disk is no reason not to open: %v", err)
	}
	(&feed{Store: other, t: t, size: 1, delivered: 1_000_000}).stops(down("full"))
	if err := other.Close(t.Context()); err != nil {
		t.Errorf("a store that wrote nothing: %v", err)
	}
	_, err = d.Erase(t.Context(), "user_1")
	clearly(t, err, "auditlog: erase: database or disk is full (13)")
	_, err = d.GC(t.Context(), time.Now().Add(time.Hour))
	clearly(t, err, "auditlog: gc: database or disk is full (13)")
	d.complete()
	d.release()
	if n, err := d.Erase(t.Context(), "user_1"); n != 1 || err != nil {
		t.Errorf("erased %d rows: %v", n, err)
	}
	d.goesOn()
	d.complete()
}

// TestCloseOnAFullDisk: the chain stays without an end, and the next process goes on.
func TestCloseOnAFullDisk(t *testing.T) {
	t.Parallel()
	d := newSmallDisk(t)
	d.fillUp()
	clearly(t, d.Close(t.Context()), "auditlog: close: database or disk is full (13)")
	clearly(t, d.reopen(filepath.Join(filepath.Dir(d.place), "new.db")), "new.db: database or disk is full (13)")
	d.release()
	if err := d.reopen(d.place); err != nil {
		t.Fatal(err)
	}
	d.goesOn()
	d.complete()
	if r := verified(t, d.Store, VerifyOptions{}); r.Chains != 2 || len(r.Open) != 2 {
		t.Errorf("got %+v", r)
	}
}

// TestAReadOnlyFilePauses: what SQLite may not write it opens for reading, and that connection must not stay when the right is back.
// Another process has the log open, too, so that the files beside it stay.
func TestAReadOnlyFilePauses(t *testing.T) {
	t.Parallel()
	f := newFeed(t, filepath.Join(publicFolder(t), "audit.db"))
	f.goesOn()
	other := open(t, f.place, Options{})
	f.db.SetMaxIdleConns(0)
	withoutRight(t, f.place, func() { f.stops(denied("attempt to write a readonly database (8)")) })
	f.goesOn()
	f.complete()
	verified(t, other, VerifyOptions{})
}

// publicFolder returns a folder that other users can look into.
func publicFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// withoutRight runs a function that may read a file in a folder but not write it.
func withoutRight(t *testing.T, file string, do func()) {
	t.Helper()
	rights := map[string]os.FileMode{filepath.Dir(file): 0o755, file: 0o444, file + "-wal": 0o444, file + "-shm": 0o444}
	for name, mode := range rights {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	asNobody(do)
	for name, mode := range rights {
		if err := os.Chmod(name, mode|0o200); err != nil {
			t.Fatal(err)
		}
	}
}

// asNobody runs a function in a thread that has no more rights to files than others, should this be root.
func asNobody(do func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if os.Getuid() == 0 {
		_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, 65534, 0, 0)
		defer syscall.RawSyscall(syscall.SYS_SETFSUID, 0, 0, 0)
	}
	do()
}

// TestAReadOnlyFolder: SQLite makes two files beside the database, to write and to read. A log at rest can be read without them, so that
// a copy on a medium for evidence verifies.
func TestAReadOnlyFolder(t *testing.T) {
	t.Parallel()
	dir := mounted(t, "size=8m,mode=0700")
	f := newFeed(t, filepath.Join(dir, "audit.db"))
	f.goesOn()
	if err := f.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	remount(t, dir, syscall.MS_RDONLY)
	f.complete()
	clearly(t, f.reopen(f.place), "audit.db: read-only file system")
	clearly(t, f.reopen(filepath.Join(dir, "new.db")), "new.db: read-only file system")

	// A file of its own is mounted into the folder, as a container has it.
	mount(t, copied(t, f.place, filepath.Join(t.TempDir(), "copy.db")), f.place, "", syscall.MS_BIND, "")
	f.complete()
	clearly(t, f.reopen(f.place), "audit.db: the file must be readable and its folder writable: unable to open database file (14)")
}

// TestAReadOnlyFolderWithALog: what a process that was killed has left beside the database cannot be left out.
func TestAReadOnlyFolderWithALog(t *testing.T) {
	t.Parallel()
	f := newFeed(t, filepath.Join(t.TempDir(), "audit.db"))
	f.goesOn()
	dir := mounted(t, "size=8m,mode=0700")
	place := copied(t, f.place, filepath.Join(dir, "audit.db"))
	copied(t, f.place+"-wal", place+"-wal")
	remount(t, dir, syscall.MS_RDONLY)
	_, err := Open(t.Context(), place, Options{ReadOnly: true})
	clearly(t, err, "audit.db: the file must be readable and its folder writable: unable to open database file (14)")
	remount(t, dir, 0)
	f.place = place
	f.complete()
}

// TestAFullDiskOfTheServerIsTemporary has the database in a tablespace on a small disk.
func TestAFullDiskOfTheServerIsTemporary(t *testing.T) {
	t.Parallel()
	place := postgres.Database(t)
	dir := publicFolder(t)
	owner, err := user.Lookup("postgres")
	if err != nil {
		t.Skip(err)
	}
	mount(t, "tmpfs", dir, "tmpfs", 0, "size=24m,mode=0700,uid="+owner.Uid+",gid="+owner.Gid)
	admin := connected(t, place)
	name := "small_" + databaseNameOf(t, place)
	execute(t, admin, "CREATE TABLESPACE "+name+" LOCATION '"+dir+"'", "CREATE DATABASE "+name+" TABLESPACE "+name)
	t.Cleanup(func() {
		for _, s := range []string{"DROP DATABASE " + name + " WITH (FORCE)", "DROP TABLESPACE " + name} {
			if _, err := admin.ExecContext(context.Background(), s); err != nil {
				t.Error(err)
			}
		}
	})
	d := &smallDisk{
		feed:    newFeed(t, strings.Replace(place, databaseNameOf(t, place), name, 1)),
		ballast: filepath.Join(dir, "ballast"),
		full:    "No space left on device (SQLSTATE 53100)",
	}
	d.size = 500
	d.goesOn()
	d.occupy(24 << 20)
	d.fill()
	d.stops(down(d.full))
	d.complete()
	d.release()
	d.goesOn()
	d.complete()
}
