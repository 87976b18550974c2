package posthogsink

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"

	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/spool"
)

// durable is the durable queue of one client: a folder for itself inside EVENTS_SPOOL_DIR, so that events and audit neither
// evict nor adopt each other's records, with its dead letters in "dead".
type durable struct {
	spool   *spool.Spool
	letters *spool.Letters
}

// openDurable opens the durable queue, or returns nil without one: when there is no folder, or no sink that would read from it.
func (s settings) openDurable(p purpose, opts []runtime.Option) (*durable, error) {
	if s.spool.folder == "" || !runtime.NeedsSpool(opts...) {
		return nil, nil
	}
	folder := filepath.Join(s.spool.folder, p.name)
	queue, err := spool.Open(folder, s.spool.options)
	if err != nil {
		return nil, unusable(err)
	}
	letters, err := spool.OpenLetters(filepath.Join(folder, "dead"))
	if err != nil {
		return nil, errors.Join(unusable(err), queue.Close(context.Background()))
	}
	return &durable{queue, letters}, nil
}

// unusable is the error of a folder that cannot be used. It shows paths, which are no secret.
func unusable(err error) error {
	hint := ""
	switch {
	case errors.Is(err, spool.ErrUnsafe):
		hint = "; the folder must be on a local disk and belong to this process's user alone"
	case errors.Is(err, fs.ErrPermission):
		hint = "; this process's user needs to be able to write there"
	}
	return fmt.Errorf("%w: %w%s", &EnvError{Variable: envSpoolDir, Problem: "is not usable"}, err, hint)
}

// options are what the client needs to know of the durable queue.
func (d *durable) options() []runtime.Option {
	if d == nil {
		return nil
	}
	return []runtime.Option{runtime.WithSpool(d.spool), runtime.WithDeadLetters(d.letters)}
}

// close gives up a durable queue that no client has taken.
func (d *durable) close() error {
	if d == nil {
		return nil
	}
	return d.spool.Close(context.Background())
}

// describeQueue returns the start line's attributes of the queue.
func (s settings) describeQueue(stats runtime.Stats) []slog.Attr {
	if stats.Spool == nil {
		return nil
	}
	mode := spoolInterval
	if s.spool.options.Mode == spool.Sync {
		mode = spoolSync
	}
	recovered := uint64(0)
	for i := range stats.Sinks {
		recovered = max(recovered, stats.Sinks[i].Recovered)
	}
	return []slog.Attr{
		slog.String("queue", "durable"), slog.String("sync", mode), slog.String("folder", stats.Spool.Path),
		slog.Uint64("recovered", recovered),
	}
}
