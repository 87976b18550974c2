package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/spool"
)

func newSpoolLetters(s streams, flags *commonFlags) *cobra.Command {
	var filter letterFilter
	cmd := &cobra.Command{
		Use:   "letters DIR",
		Short: "List dead letters: events that a sink will never take",
		Long: `Lists dead letters: events that a sink has refused for good. With --format json, each is a line of JSON with its
properties, redacted as they were for the sink.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := errors.Join(flags.textOrJSON(), filter.parse(time.Now())); err != nil {
				return err
			}
			return listLetters(s, args[0], &filter, flags.format)
		},
	}
	filter.register(cmd)
	return cmd
}

// letterFilter chooses dead letters. The zero filter chooses all.
type letterFilter struct {
	sink, event, reason, since string

	from time.Time
}

func (f *letterFilter) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.sink, "sink", "", "only those of this sink")
	cmd.Flags().StringVar(&f.event, "event", "", "only those of this event")
	cmd.Flags().StringVar(&f.reason, "reason", "", "only those with this reason, such as http_400")
	cmd.Flags().StringVar(&f.since, "since", "",
		"only those from this time on: an age like 90m or 24h, a day, or a time like 2026-01-02T15:04:05Z")
}

// parse reads the flags that are more than text.
func (f *letterFilter) parse(now time.Time) error {
	if f.since == "" {
		return nil
	}
	if age, err := time.ParseDuration(f.since); err == nil {
		f.from = now.Add(-age)
		return nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if at, err := time.Parse(layout, f.since); err == nil {
			f.from = at
			return nil
		}
	}
	return fmt.Errorf("--since %s is neither an age, a day nor a time", f.since)
}

func (f *letterFilter) matches(l *spool.Letter) bool {
	return matches(f.sink, l.Sink) && matches(f.event, l.Event) && matches(f.reason, l.Reason) && !l.At.Before(f.from)
}

func matches(want, got string) bool { return want == "" || want == got }

// each calls a function for the letters of a queue that match, and says on standard error which lines are damaged.
func (f *letterFilter) each(s streams, dir string, do func(*spool.Letter) error) error {
	sinks, err := spool.LetterSinks(dir)
	if err != nil {
		return err
	}
	for _, sink := range sinks {
		if !matches(f.sink, sink) {
			continue
		}
		for l, err := range spool.ReadLetters(dir, sink) {
			var damage *spool.DamagedLetter
			switch {
			case errors.As(err, &damage):
				fmt.Fprintf(s.err, "eventgen: %v\n", damage)
				continue
			case err == nil && f.matches(&l):
				err = do(&l)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// listedLetter is a letter as it is printed: with the name of the destination, and without what only matters in the file.
type listedLetter struct {
	Spool       string          `json:"spool"`
	At          time.Time       `json:"at"`
	Sink        string          `json:"sink"`
	Destination string          `json:"destination"`
	Reason      string          `json:"reason"`
	Event       string          `json:"event"`
	DistinctID  string          `json:"distinct_id"`
	UUID        string          `json:"uuid"`
	Timestamp   time.Time       `json:"timestamp"`
	Properties  json.RawMessage `json:"properties"`
}

func listLetters(s streams, dir string, filter *letterFilter, format string) error {
	found, err := findSpools(dir)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for i := range found {
		err := filter.each(s, found[i].letters(), func(l *spool.Letter) error {
			if format == "text" {
				_, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", l.At.Format(time.RFC3339), filepath.Base(found[i].path),
					l.Sink, printable(l.Reason), l.UUID, printable(l.Event))
				return err
			}
			return writeLine(s.out, listedLetter{
				found[i].path, l.At, l.Sink, destinationName(l.Destination), l.Reason, l.Event, l.DistinctID, l.UUID, l.Timestamp, l.Properties,
			})
		})
		if err != nil {
			return err
		}
	}
	return table.Flush()
}

// printable quotes text that could move the cursor or look like another column.
func printable(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}

func writeLine(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
