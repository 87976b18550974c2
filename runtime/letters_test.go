package runtime

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/spool"
)

func openLetters(t testing.TB, dir string) *spool.Letters {
	t.Helper()
	letters, err := spool.OpenLetters(dir)
	if err != nil {
		t.Fatal(err)
	}
	return letters
}

// rejecting returns a sink that takes nothing, ever.
func rejecting(name string) *scriptSink {
	return &scriptSink{name: name, script: func(_ context.Context, b Batch) ([]Verdict, error) {
		return slices.Repeat([]Verdict{{Rejected, "http_400"}}, len(b.Messages)), nil
	}}
}

// checkLetterSize compares the statistics of a sink with its file.
func checkLetterSize(t *testing.T, when string, c *Client, sink, dir string) {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, sink+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	s := sinkStats(t, c, sink)
	if s.DeadLetterBytes != info.Size() || s.DeadLetterLimit != spool.LettersQuota {
		t.Errorf("%s: sink %s has %d of %d bytes, the file %d", when, sink, s.DeadLetterBytes, s.DeadLetterLimit, info.Size())
	}
}

// TestDeadLetterSize checks that Stats say how full each file of dead letters is, before the first letter of this client, after it,
// and a minute after another process has removed some.
func TestDeadLetterSize(t *testing.T) {
	for name, queue := range map[string]func(t *testing.T) Option{
		"memory": func(*testing.T) Option { return Option{} },
		"spool":  func(t *testing.T) Option { return WithSpool(smallSpool(t, t.TempDir(), spool.Refuse)) },
	} {
		t.Run(name, func(t *testing.T) { inBubble(t, func(t *testing.T) { deadLetterSizeTest(t, queue(t)) }) })
	}
}

func deadLetterSizeTest(t *testing.T, queue Option) {
	dir := filepath.Join(t.TempDir(), "dead")
	earlier := newTestClient(t, Config{}, WithSink(toAudit, rejecting("audit")), WithDeadLetters(openLetters(t, dir)))
	enqueueNumbers(t, earlier, 0, 5)
	closeClient(t, earlier)
	checkLetterSize(t, "after Close", earlier, "audit", dir)

	c := newTestClient(t, Config{BatchSize: 4}, queue, WithDeadLetters(openLetters(t, dir)),
		WithSink(toPostHog, rejecting("posthog")), WithSink(toAudit, &scriptSink{name: "audit"}), WithSink(toLog, rejecting("log")))
	checkLetterSize(t, "at the start", c, "audit", dir)
	if s := sinkStats(t, c, "posthog"); s.DeadLetterBytes != 0 || s.DeadLetterLimit != spool.LettersQuota {
		t.Errorf("before the first letter: %+v", s)
	}
	enqueueNumbers(t, c, 0, 20)
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkLetterSize(t, "after twenty letters", c, "posthog", dir)
	if s := sinkStats(t, c, "log"); s.DeadLettered.Total() != 20 || s.DeadLetterBytes != 0 || s.DeadLetterLimit != 0 {
		t.Errorf("what is for a log has no file: %+v", s)
	}

	odd := false
	removed, err := openLetters(t, dir).Remove("posthog", func(spool.Letter, error) bool { odd = !odd; return odd })
	if err != nil || removed != 10 {
		t.Fatal(removed, err)
	}
	time.Sleep(refreshEvery + time.Second)
	checkLetterSize(t, "a minute after others removed some", c, "posthog", dir)
	checkLetterSize(t, "then", c, "audit", dir)
	closeClient(t, c)
}

// TestFullDeadLetters fills the file to its limit: the sink pauses, and Stats say why. It goes on when there is room.
func TestFullDeadLetters(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "posthog.jsonl")
		c := newTestClient(t, Config{}, WithSink(toPostHog, rejecting("posthog")), WithDeadLetters(openLetters(t, dir)))
		enqueueNumbers(t, c, 0, 1)
		if err := c.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, spool.LettersQuota); err != nil {
			t.Fatal(err)
		}
		enqueueNumbers(t, c, 1, 2)
		time.Sleep(defaultBatchInterval + time.Second)
		if s := sinkStats(t, c, "posthog"); s.PauseReason != reasonDeadLetter || s.DeadLetterBytes != s.DeadLetterLimit {
			t.Errorf("full: %+v", s)
		}
		if err := os.Rename(path, path+".1"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * defaultPauseProbe)
		if s := sinkStats(t, c, "posthog"); s.Paused || s.DeadLettered.Total() != 2 {
			t.Errorf("with room: %+v", s)
		}
		checkLetterSize(t, "with room", c, "posthog", dir)
		closeClient(t, c)
	})
}

// TestNoDeadLetters checks what Stats say without a file.
func TestNoDeadLetters(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		c := newTestClient(t, Config{}, WithSink(toPostHog, rejecting("posthog")), WithSpool(smallSpool(t, t.TempDir(), spool.Refuse)))
		enqueueNumbers(t, c, 0, 3)
		closeClient(t, c)
		if s := sinkStats(t, c, "posthog"); s.DeadLettered.Total() != 3 || s.DeadLetterBytes != 0 || s.DeadLetterLimit != 0 {
			t.Errorf("%+v", s)
		}
	})
}

// TestDeadLettersOutOfSight checks that a folder which cannot be looked at is reported, and neither stops delivery nor Close.
func TestDeadLettersOutOfSight(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var log strings.Builder
		dir := filepath.Join(t.TempDir(), "dead")
		sink := &scriptSink{name: "posthog"}
		c := newTestClient(t, Config{}, WithSink(toPostHog, sink), WithDeadLetters(openLetters(t, dir)),
			WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		time.Sleep(refreshEvery + time.Second)
		enqueueNumbers(t, c, 0, 3)
		closeClient(t, c)
		if s := sinkStats(t, c, "posthog"); s.Delivered != 3 || !strings.Contains(log.String(), "cannot tell how full") {
			t.Errorf("%+v\n%s", s, &log)
		}
	})
}

// TestStopLooking checks that a look which never ends is not waited for longer than Close may.
func TestStopLooking(t *testing.T) {
	t.Parallel()
	cancelled := false
	w := letterWatch{cancel: func() { cancelled = true }, done: make(chan struct{})}
	patience, end := context.WithCancel(t.Context())
	end()
	if w.stop(patience); !cancelled {
		t.Error("not told to end")
	}
}
