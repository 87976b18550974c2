package runtime

import (
	"context"
	"log/slog"
	"time"

	"github.com/eventgen/eventgen/spool"
)

// refreshEvery is how often a client looks how full the files of dead letters are.
const refreshEvery = time.Minute

// letterWatch looks how full the files of dead letters are, in a goroutine of its own: other processes replay and purge them,
// and neither Stats nor delivery may wait for the disk to tell.
type letterWatch struct {
	letters  *spool.Letters
	problems *problemLog
	cancel   context.CancelFunc
	done     chan struct{} // closed when the goroutine is about to end
}

// watchLetters starts to look, if a sink has such a file, and returns nil otherwise.
func (c *Client) watchLetters(letters *spool.Letters) *letterWatch {
	for _, s := range c.senders {
		if s.reporter.letters != nil {
			ctx, cancel := context.WithCancel(context.Background())
			w := &letterWatch{letters: letters, problems: c.problems, cancel: cancel, done: make(chan struct{})}
			go w.run(ctx)
			return w
		}
	}
	return nil
}

func (w *letterWatch) run(ctx context.Context) {
	defer close(w.done)
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			w.look()
		case <-ctx.Done():
			return
		}
	}
}

func (w *letterWatch) look() {
	if err := w.letters.Refresh(); err != nil {
		w.problems.report(slog.LevelWarn, problem{"events: cannot tell how full the dead-letter files are", "", ""},
			slog.String("error", errorText(err)))
	}
}

// stop ends the looking. A disk that does not answer is waited for until patience ends, and no error: nothing depends on it.
func (w *letterWatch) stop(patience context.Context) {
	if w == nil {
		return
	}
	w.cancel()
	select {
	case <-w.done:
	case <-patience.Done():
	}
}
