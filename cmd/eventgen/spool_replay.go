package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/spool"
)

func newSpoolReplay(s streams, flags *commonFlags) *cobra.Command {
	var filter letterFilter
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "replay DIR",
		Short: "Put dead letters back to be delivered once more",
		Long: `Puts dead letters back into the durable queue, to be delivered once more to the sink that has refused them, with the uuid
and the time stamp of before. A running process finds them within a minute or so; without one, the next start does. What the
sink refuses again becomes a dead letter again.

A letter leaves the file when it is safely in the queue. If the command is interrupted, letters may be delivered twice, with
the same uuid.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := errors.Join(flags.textOrJSON(), filter.parse(time.Now())); err != nil {
				return err
			}
			r := replay{s: s, filter: &filter, format: flags.format, dryRun: dryRun}
			return r.all(cmd.Context(), args[0])
		},
	}
	filter.register(cmd)
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would be done")
	return cmd
}

// replay puts letters back.
type replay struct {
	s      streams
	filter *letterFilter
	format string
	dryRun bool
}

// replayed says what was done with the letters of one sink.
type replayed struct {
	Spool    string `json:"spool"`
	Sink     string `json:"sink"`
	Replayed int    `json:"replayed"`
	Folder   string `json:"folder,omitempty"` // where they wait now
	DryRun   bool   `json:"dry_run"`
}

func (r *replay) all(ctx context.Context, dir string) error {
	found, err := findSpools(dir)
	if err != nil {
		return err
	}
	var done []replayed
	for i := range found {
		some, err := r.folder(ctx, &found[i])
		if done = append(done, some...); err != nil {
			return errors.Join(r.print(done), err)
		}
	}
	return r.print(done)
}

// folder replays the letters of one queue, sink by sink.
func (r *replay) folder(ctx context.Context, f *spoolFolder) ([]replayed, error) {
	sinks, err := spool.LetterSinks(f.letters())
	if err != nil {
		return nil, err
	}
	var done []replayed
	for _, sink := range sinks {
		if !matches(r.filter.sink, sink) {
			continue
		}
		one, err := r.sink(ctx, f, sink)
		if err != nil {
			return done, fmt.Errorf("replay %s of sink %s: %w", f.letters(), sink, err)
		}
		if one.Replayed > 0 {
			done = append(done, one)
		}
	}
	return done, nil
}

// sink replays the letters of one sink: into the queue first, then out of the file.
func (r *replay) sink(ctx context.Context, f *spoolFolder, sink string) (replayed, error) {
	one := replayed{Spool: f.path, Sink: sink, DryRun: r.dryRun}
	chosen := *r.filter
	chosen.sink = sink
	counts := map[uint8]int{}
	err := chosen.each(r.s, f.letters(), func(l *spool.Letter) error {
		counts[l.Destination]++
		return nil
	})
	if err != nil || len(counts) == 0 {
		return one, err
	}
	w := letterWriter{sink: sink, stored: map[letterKey]bool{}}
	if w.destination, err = readerDestination(f.path, sink); err != nil {
		return one, err
	}
	one.Replayed = counts[w.destination]
	if len(counts) > 1 || one.Replayed == 0 {
		fmt.Fprintf(r.s.err, "eventgen: letters of sink %s that were redacted for another destination than %s stay where they are\n",
			sink, destinationName(w.destination))
	}
	if r.dryRun || one.Replayed == 0 {
		return one, nil
	}
	letters, err := changeableLetters(f.letters(), sink)
	if err != nil {
		return one, err
	}
	if err := w.store(ctx, r.s, f, &chosen); err != nil {
		return one, err
	}
	one.Folder, one.Replayed = w.folder, w.records
	return one, w.forget(letters)
}

// changeableLetters opens a folder of letters and takes its lock once. Letters that could not leave the file must not go into the
// queue: each attempt would deliver them again.
func changeableLetters(dir, sink string) (*spool.Letters, error) {
	letters, err := spool.OpenLetters(dir)
	if err != nil {
		return nil, err
	}
	_, err = letters.Remove(sink, func(spool.Letter, error) bool { return false })
	return letters, err
}

// readerDestination returns the destination of a sink that reads the queue. It refuses a sink that does not: nobody would ever
// take the letters.
func readerDestination(path, sink string) (uint8, error) {
	report, err := spool.Verify(path)
	if err != nil {
		return 0, err
	}
	for _, m := range report.Readers {
		if m.Name == sink {
			return m.Destination, nil
		}
	}
	return 0, errors.New("no sink of this name reads the queue: start the process that has it once, then try again")
}

// letterKey tells letters apart, also those of one event that was refused more than once.
type letterKey struct {
	at           int64
	uuid, reason string
}

func keyOf(l *spool.Letter) letterKey { return letterKey{l.At.UnixNano(), l.UUID, l.Reason} }

// letterWriter moves letters to a queue.
type letterWriter struct {
	sink        string
	destination uint8
	folder      string
	records     int
	stored      map[letterKey]bool
}

// replayOptions neither refuse letters for the quota, which the process may have set to any size, nor give up sinks that no process
// has served for long.
var replayOptions = spool.Options{Quota: 1 << 40, SegmentBytes: 4 << 20, ReaderTTL: 100 * 365 * 24 * time.Hour}

// store appends letters to the queue, or to a folder inside it if a process has that, and returns when they are on disk.
func (w *letterWriter) store(ctx context.Context, s streams, f *spoolFolder, filter *letterFilter) error {
	q, err := spool.Open(f.path, replayOptions)
	if err != nil {
		return err
	}
	w.folder = q.Path()
	if _, err = q.Reader(w.sink, w.destination, nil); err == nil {
		err = filter.each(s, f.letters(), func(l *spool.Letter) error { return w.append(ctx, q, l) })
	}
	if err == nil {
		err = q.Sync(ctx)
	}
	return errors.Join(err, q.Close(ctx))
}

func (w *letterWriter) append(ctx context.Context, q *spool.Spool, l *spool.Letter) error {
	if l.Destination != w.destination {
		return nil
	}
	record, err := l.Record(time.Now())
	if err == nil {
		_, err = q.Append(ctx, record)
	}
	if err != nil {
		return fmt.Errorf("event %s: %w", l.UUID, err)
	}
	w.records++
	w.stored[keyOf(l)] = true
	return nil
}

// forget deletes the letters that are in the queue now.
func (w *letterWriter) forget(letters *spool.Letters) error {
	_, err := letters.Remove(w.sink, func(l spool.Letter, damage error) bool { return damage == nil && w.stored[keyOf(&l)] })
	if err != nil {
		return fmt.Errorf("the letters are in the queue, and still in the file: %w", err)
	}
	return nil
}

func (r *replay) print(done []replayed) error {
	if r.format == "json" {
		return writeJSON(r.s.out, orNone(done))
	}
	for _, one := range done {
		verb := "put back"
		if r.dryRun {
			verb = "would put back"
		}
		fmt.Fprintf(r.s.out, "%s: %s %s of sink %s\n", one.Spool, verb, count(one.Replayed, "dead letter"), one.Sink)
	}
	switch {
	case len(done) == 0:
		fmt.Fprintln(r.s.err, "no dead letters to put back")
	case !r.dryRun:
		fmt.Fprintln(r.s.err, "a running process delivers them within a minute or so; without one, the next start does")
	}
	return nil
}

// orNone makes JSON of an empty slice [] instead of null.
func orNone[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}
