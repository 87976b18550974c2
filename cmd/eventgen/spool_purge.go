package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/spool"
)

func newSpoolPurge(s streams, flags *commonFlags) *cobra.Command {
	p := purge{s: s}
	cmd := &cobra.Command{
		Use:   "purge DIR",
		Short: "Delete dead letters for good",
		Long: `Deletes dead letters for good, or, with --damaged, lines that are no letters any more. Without --yes it only says how
many that would be, and exits 2.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := errors.Join(flags.textOrJSON(), p.filter.parse(time.Now())); err != nil {
				return err
			}
			p.format = flags.format
			return p.all(args[0])
		},
	}
	p.filter.register(cmd)
	cmd.Flags().BoolVar(&p.damaged, "damaged", false, "delete damaged lines instead of letters; only --sink filters them")
	cmd.Flags().BoolVar(&p.yes, "yes", false, "really delete")
	return cmd
}

// purge deletes letters.
type purge struct {
	s            streams
	filter       letterFilter
	damaged, yes bool
	format       string
}

// purged says what was deleted of one sink.
type purged struct {
	Spool   string `json:"spool"`
	Sink    string `json:"sink"`
	Deleted int    `json:"deleted"`
}

func (p *purge) all(dir string) error {
	found, err := findSpools(dir)
	if err != nil {
		return err
	}
	var done []purged
	total := 0
	for i := range found {
		sinks, err := spool.LetterSinks(found[i].letters())
		if err != nil {
			return err
		}
		for _, sink := range sinks {
			n, err := p.sink(found[i].letters(), sink)
			if err != nil {
				return err
			}
			total += n
			done = append(done, purged{found[i].path, sink, n})
		}
	}
	if !p.yes && total > 0 {
		return fmt.Errorf("this would delete %s: say --yes to do it", count(total, "line"))
	}
	return p.print(done)
}

// sink deletes or, without --yes, counts.
func (p *purge) sink(dir, sink string) (int, error) {
	if !matches(p.filter.sink, sink) {
		return 0, nil
	}
	if !p.yes {
		n := 0
		for l, err := range spool.ReadLetters(dir, sink) {
			var damage *spool.DamagedLetter
			if err != nil && !errors.As(err, &damage) {
				return 0, err
			}
			if p.dooms(l, err) {
				n++
			}
		}
		return n, nil
	}
	letters, err := spool.OpenLetters(dir)
	if err != nil {
		return 0, err
	}
	return letters.Remove(sink, p.dooms)
}

func (p *purge) dooms(l spool.Letter, damage error) bool {
	if p.damaged {
		return damage != nil
	}
	return damage == nil && p.filter.matches(&l)
}

func (p *purge) print(done []purged) error {
	if p.format == "json" {
		return writeJSON(p.s.out, orNone(done))
	}
	none := true
	for _, one := range done {
		if one.Deleted > 0 {
			none = false
			fmt.Fprintf(p.s.out, "%s: deleted %s of sink %s\n", one.Spool, count(one.Deleted, "line"), one.Sink)
		}
	}
	if none {
		fmt.Fprintln(p.s.err, "nothing to delete")
	}
	return nil
}
