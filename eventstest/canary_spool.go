package eventstest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/spool"
)

// onDisk runs a client with a spool whose sinks take nothing, and a second one that finds what the first one left.
func (r *canaryRun) onDisk() {
	r.t.Helper()
	dir := r.t.TempDir()
	defer func() {
		if err := os.RemoveAll(dir); err != nil { // at once, for there may be many
			r.errorf("%v", err)
		}
	}()
	first, ok := r.openSpooled(dir, true)
	if !ok {
		return
	}
	r.trackAll(first.Client)
	r.close("of the client that spools", first)
	r.files("in the spool", dir)

	second, ok := r.openSpooled(dir, false)
	if !ok {
		return
	}
	r.flush(second.Client)
	r.close("of the client that takes over", second)
	r.files("in the spool and its dead letters", dir)
	// Sinks of the log keep their events in memory and lost them with the first client.
	r.checkMessages(second.sinks[:2])
}

// openSpooled reports false where the platform has no spool.
func (r *canaryRun) openSpooled(dir string, away bool) (*canaryClient, bool) {
	r.t.Helper()
	store, err := spool.Open(filepath.Join(dir, "events"), spool.Options{
		Quota: 256 << 20, SegmentBytes: 1 << 20, MinFree: -1, MinFreePercent: -1, AllowNetwork: true,
	})
	if errors.Is(err, errors.ErrUnsupported) {
		return nil, false
	}
	letters, err2 := spool.OpenLetters(filepath.Join(dir, "events", "dead"))
	if err := errors.Join(err, err2); err != nil {
		r.t.Fatalf("eventstest: %v", err)
	}
	return r.open(runtime.Config{}, away, runtime.WithSpool(store), runtime.WithDeadLetters(letters)), true
}

// files notes the content of all files below a folder.
func (r *canaryRun) files(where, dir string) {
	r.t.Helper()
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := fs.ReadFile(root, path)
		r.surface(path+" "+where, text, redact.PostHog, redact.Audit)
		return err
	})
	if err != nil {
		r.errorf("%v", err)
	}
}
