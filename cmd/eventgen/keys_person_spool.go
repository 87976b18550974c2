package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/eventgen/eventgen/internal/privacy"
	"github.com/eventgen/eventgen/spool"
)

// The names of what docs/spool-format.md describes.
const (
	segmentSuffix = ".seg"
	lettersFolder = "dead"
)

// spoolReport is what lies on disk about a person.
type spoolReport struct {
	Records []spoolCount `json:"records"` // in segments, delivered or not: a segment goes when all of it is delivered
	Letters []spoolCount `json:"letters"`
	Purged  bool         `json:"purged"`  // the letters are gone
	Damaged int          `json:"damaged"` // places that could not be read
}

// spoolCount is a number of events in one folder, and for dead letters of one sink.
type spoolCount struct {
	Folder string `json:"folder"`
	Sink   string `json:"sink,omitempty"`
	Events int    `json:"events"`
}

// searchSpool counts what lies below a folder about a person, and deletes dead letters if asked to.
func searchSpool(f personFlags, t *privacy.Traces) (*spoolReport, error) {
	if info, err := os.Stat(f.spool); err != nil || !info.IsDir() {
		return nil, errors.Join(fmt.Errorf("%s is not a folder that can be read", f.spool), err)
	}
	r := &spoolReport{Records: []spoolCount{}, Letters: []spoolCount{}}
	err := filepath.WalkDir(f.spool, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return errors.Join(r.records(path, t), r.letters(path, t, f.purge))
	})
	if err != nil {
		return nil, err
	}
	r.Purged = f.purge
	return r, nil
}

// records counts the records of a folder that holds a spool.
func (r *spoolReport) records(dir string, t *privacy.Traces) error {
	entries, err := os.ReadDir(dir)
	if err != nil || !slices.ContainsFunc(entries, isSegment) {
		return err
	}
	c := spoolCount{Folder: dir}
	for record, err := range spool.Records(dir) {
		var damage *spool.Damage
		switch {
		case errors.As(err, &damage):
			r.Damaged++
		case err != nil:
			return err
		case mentions(t, record.Lanes):
			c.Events++
		}
	}
	r.Records = append(r.Records, c)
	return nil
}

func isSegment(e fs.DirEntry) bool { return !e.IsDir() && filepath.Ext(e.Name()) == segmentSuffix }

func mentions(t *privacy.Traces, lanes []spool.Lane) bool {
	for _, l := range lanes {
		if t.Mentions(string(l.DistinctID), l.Properties) {
			return true
		}
	}
	return false
}

// letters counts the dead letters of a folder, and deletes them if purge is set.
func (r *spoolReport) letters(dir string, t *privacy.Traces, purge bool) error {
	if filepath.Base(dir) != lettersFolder {
		return nil
	}
	sinks, err := spool.LetterSinks(dir)
	if err != nil {
		return err
	}
	for _, sink := range sinks {
		c := spoolCount{Folder: dir, Sink: sink}
		for letter, err := range spool.ReadLetters(dir, sink) {
			var damage *spool.DamagedLetter
			switch {
			case errors.As(err, &damage):
				r.Damaged++
			case err != nil:
				return err
			case t.Mentions(letter.DistinctID, letter.Properties):
				c.Events++
			}
		}
		if purge && c.Events > 0 {
			if c.Events, err = purgeLetters(dir, sink, t); err != nil {
				return err
			}
		}
		r.Letters = append(r.Letters, c)
	}
	return nil
}

func purgeLetters(dir, sink string, t *privacy.Traces) (int, error) {
	letters, err := spool.OpenLetters(dir)
	if err != nil {
		return 0, err
	}
	return letters.Remove(sink, func(l spool.Letter, err error) bool {
		return err == nil && t.Mentions(l.DistinctID, l.Properties)
	})
}

func (r *spoolReport) write(b *strings.Builder) {
	b.WriteString(`
# Spool: records wait for delivery, or for the rest of their segment to be delivered. They leave by themselves; delete in
# PostHog once client.Flush has returned, or again later. Dead letters stay until somebody removes or replays them.
`)
	for _, c := range r.Records {
		fmt.Fprintf(b, "%s: %s\n", c.Folder, count(c.Events, "record"))
	}
	for _, c := range r.Letters {
		state := ""
		if r.Purged {
			state = " deleted"
		}
		fmt.Fprintf(b, "%s, sink %s: %s%s\n", c.Folder, c.Sink, count(c.Events, "dead letter"), state)
	}
	if len(r.Records)+len(r.Letters) == 0 {
		b.WriteString("nothing\n")
	}
	if r.Damaged > 0 {
		fmt.Fprintf(b, "%s could not be read and may hold more\n", count(r.Damaged, "place"))
	}
}
