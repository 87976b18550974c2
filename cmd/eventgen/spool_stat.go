package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/spool"
)

func newSpoolStat(s streams, flags *commonFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "stat DIR",
		Short: "Say how full durable queues are, what waits, and what went wrong",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := flags.textOrJSON(); err != nil {
				return err
			}
			all, err := statSpools(args[0])
			if err != nil {
				return err
			}
			if flags.format == "json" {
				return writeJSON(s.out, all)
			}
			for _, one := range all {
				one.print(s.out, time.Now())
			}
			return nil
		},
	}
}

// spoolStat sums up a queue, with the folders of further processes.
type spoolStat struct {
	Path           string       `json:"path"`
	Folders        int          `json:"folders"`
	Bytes          int64        `json:"bytes"`
	Segments       int          `json:"segments"`
	Records        int          `json:"records"`
	Missing        uint64       `json:"missing"`
	Sinks          []sinkStat   `json:"sinks"`
	DamagedRanges  int          `json:"damaged_ranges"`
	DamagedBytes   int64        `json:"damaged_bytes"`
	DeadLetters    []letterStat `json:"dead_letters"`
	DamagedLetters int          `json:"damaged_letters"`
	LetterFiles    []letterFile `json:"dead_letter_files"`
}

type sinkStat struct {
	Sink        string    `json:"sink"`
	Destination string    `json:"destination"`
	Waiting     int       `json:"waiting"`
	Oldest      time.Time `json:"oldest,omitzero"` // when the oldest of them was accepted
	Used        time.Time `json:"used,omitzero"`   // when the sink last wrote down how far it is
	Damaged     bool      `json:"damaged"`         // it will start over
}

type letterStat struct {
	Sink   string `json:"sink"`
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

// letterFile says how full the file of a sink's dead letters is.
type letterFile struct {
	Sink  string `json:"sink"`
	Bytes int64  `json:"bytes"`
	Limit int64  `json:"limit"`
}

// letterWarning is from what share on a file of dead letters is a problem of its own: when it is full, its sink stops, and somebody
// has to have had time to act before.
const letterWarning = 50

// filled is the share in percent.
func (f *letterFile) filled() int64 { return f.Bytes * 100 / f.Limit }

func statSpools(dir string) ([]spoolStat, error) {
	found, err := findSpools(dir)
	if err != nil {
		return nil, err
	}
	var all []spoolStat
	for i := range found {
		one, err := found[i].stat()
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func (f *spoolFolder) stat() (spoolStat, error) {
	st := spoolStat{Path: f.path, Sinks: []sinkStat{}, DeadLetters: []letterStat{}, LetterFiles: []letterFile{}}
	for _, path := range f.parts {
		report, gone, err := verifySpool(path)
		if err != nil {
			return st, err
		}
		if !gone {
			st.add(&report)
		}
	}
	return st, st.countLetters(f.letters())
}

// add adds what is in one folder.
func (st *spoolStat) add(r *spool.Report) {
	st.Folders++
	st.Bytes += r.Bytes
	st.Segments += len(r.Segments)
	st.Records += r.Records
	st.Missing += r.Missing
	for _, seg := range r.Segments {
		st.DamagedRanges += len(seg.Damaged)
		for _, d := range seg.Damaged {
			st.DamagedBytes += d.To - d.From
		}
	}
	for _, m := range r.Readers {
		st.addReader(&m)
	}
}

func (st *spoolStat) addReader(m *spool.MarkReport) {
	i := slices.IndexFunc(st.Sinks, func(s sinkStat) bool { return s.Sink == m.Name })
	if i < 0 {
		i = len(st.Sinks)
		st.Sinks = append(st.Sinks, sinkStat{Sink: m.Name, Destination: destinationName(m.Destination)})
	}
	sink := &st.Sinks[i]
	sink.Waiting += m.Waiting
	sink.Damaged = sink.Damaged || m.Damaged
	if m.Used.After(sink.Used) {
		sink.Used = m.Used
	}
	if sink.Oldest.IsZero() || !m.Oldest.IsZero() && m.Oldest.Before(sink.Oldest) {
		sink.Oldest = m.Oldest
	}
}

func (st *spoolStat) countLetters(dir string) error {
	files, err := spool.LetterFiles(dir)
	if err != nil {
		return err
	}
	for _, file := range files {
		st.LetterFiles = append(st.LetterFiles, letterFile{file.Sink, file.Bytes, spool.LettersQuota})
		for l, err := range spool.ReadLetters(dir, file.Sink) {
			var damage *spool.DamagedLetter
			switch {
			case errors.As(err, &damage):
				st.DamagedLetters++
			case err != nil:
				return err
			default:
				st.countLetter(&l)
			}
		}
	}
	return nil
}

func (st *spoolStat) countLetter(l *spool.Letter) {
	for i := range st.DeadLetters {
		if d := &st.DeadLetters[i]; d.Sink == l.Sink && d.Reason == l.Reason {
			d.Count++
			return
		}
	}
	st.DeadLetters = append(st.DeadLetters, letterStat{l.Sink, l.Reason, 1})
}

func (st *spoolStat) print(w io.Writer, now time.Time) {
	fmt.Fprintf(w, "%s\n", st.Path)
	fmt.Fprintf(w, "  stored   %s in %s, %s", sizeText(st.Bytes), count(st.Segments, "segment"), count(st.Records, "record"))
	if st.Folders > 1 {
		fmt.Fprintf(w, "; in %d folders", st.Folders)
	}
	fmt.Fprintln(w)
	for _, s := range st.Sinks {
		fmt.Fprintf(w, "  sink     %s: %d waiting", s.Sink, s.Waiting)
		if !s.Oldest.IsZero() {
			fmt.Fprintf(w, ", the oldest for %s", ageText(now.Sub(s.Oldest)))
		}
		if !s.Used.IsZero() {
			fmt.Fprintf(w, ", last seen %s ago", ageText(now.Sub(s.Used)))
		}
		fmt.Fprintln(w)
	}
	for _, d := range st.DeadLetters {
		fmt.Fprintf(w, "  dead     %s: %d %s\n", d.Sink, d.Count, d.Reason)
	}
	for _, f := range st.LetterFiles {
		if f.filled() > 0 {
			fmt.Fprintf(w, "  letters  %s: %s, %d %% of what the file takes\n", f.Sink, sizeText(f.Bytes), f.filled())
		}
	}
	if damage := st.damage(); len(damage) > 0 {
		fmt.Fprintf(w, "  damage   %s\n", strings.Join(damage, ", "))
	}
}

// damage says what is damaged, in words.
func (st *spoolStat) damage() []string {
	var all []string
	if st.DamagedRanges > 0 {
		all = append(all, fmt.Sprintf("%s in %s", count(int(st.DamagedBytes), "byte"), count(st.DamagedRanges, "range")))
	}
	if st.Missing > 0 {
		all = append(all, count(int(st.Missing), "missing record"))
	}
	for _, s := range st.Sinks {
		if s.Damaged {
			all = append(all, "the mark of sink "+s.Sink)
		}
	}
	if st.DamagedLetters > 0 {
		all = append(all, count(st.DamagedLetters, "line")+" of dead letters")
	}
	return all
}

// destinationName names a destination by its bit, in the order in which package runtime numbers them.
func destinationName(bit uint8) string {
	switch bit {
	case 1:
		return "posthog"
	case 2:
		return "audit"
	case 4:
		return "log"
	default:
		return fmt.Sprintf("bit %d", bit)
	}
}

// sizeText writes a size with three digits or so.
func sizeText(n int64) string {
	units := [...]string{"B", "KiB", "MiB", "GiB", "TiB"}
	size, unit := float64(n), 0
	for ; size >= 1024 && unit < len(units)-1; unit++ {
		size /= 1024
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", size, units[unit])
}

// ageText writes a duration in its two largest units, for people.
func ageText(d time.Duration) string {
	d = max(0, d.Round(time.Second))
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%dd%dh", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%dh%dm", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%dm%ds", d/time.Minute, d%time.Minute/time.Second)
	default:
		return fmt.Sprintf("%ds", d/time.Second)
	}
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
