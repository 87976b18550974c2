package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/spool"
)

func newSpoolVerify(s streams, flags *commonFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "verify DIR",
		Short: "Read every byte of durable queues and their dead letters, and report damage",
		Long: `Reads every byte of the durable queues in a folder and of their dead letters. Exits 1 when something is damaged or
missing. It changes nothing; damage costs only the records that it touches, and the process that has the queue keeps a copy
of the damaged bytes in the folder "corrupt".`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := flags.textOrJSON(); err != nil {
				return err
			}
			var v verification
			if err := v.verify(args[0]); err != nil {
				return err
			}
			if err := v.print(s, flags.format); err != nil {
				return err
			}
			if len(v.Findings) > 0 {
				return errFindings
			}
			return nil
		},
	}
}

// verification is what reading everything has shown.
type verification struct {
	Spools   int            `json:"spools"`
	Records  int            `json:"records"`
	Letters  int            `json:"dead_letters"`
	Findings []spoolFinding `json:"findings"`
}

// spoolFinding is a file, or a folder, with which something is wrong. To is 0 where there is no range of bytes.
type spoolFinding struct {
	Path    string `json:"path"`
	From    int64  `json:"from"`
	To      int64  `json:"to"`
	Problem string `json:"problem"`
}

func (v *verification) verify(dir string) error {
	found, err := findSpools(dir)
	if err != nil {
		return err
	}
	v.Findings = []spoolFinding{}
	for i := range found {
		v.Spools++
		for _, path := range found[i].parts {
			if err := v.verifyFolder(path); err != nil {
				return err
			}
		}
		if err := v.verifyLetters(found[i].letters()); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) verifyFolder(path string) error {
	report, gone, err := verifySpool(path)
	if err != nil || gone {
		return err
	}
	v.Records += report.Records
	for _, seg := range report.Segments {
		for _, d := range seg.Damaged {
			v.add(spoolFinding{filepath.Join(path, d.Segment), d.From, d.To, "damaged"})
		}
	}
	for _, m := range report.Readers {
		if m.Damaged {
			v.add(spoolFinding{Path: path, Problem: fmt.Sprintf("the mark of sink %s is damaged: it will get all records again", m.Name)})
		}
	}
	if report.Missing > 0 {
		v.add(spoolFinding{Path: path, Problem: fmt.Sprintf("%d records are missing between others", report.Missing)})
	}
	return nil
}

func (v *verification) verifyLetters(dir string) error {
	sinks, err := spool.LetterSinks(dir)
	if err != nil {
		return err
	}
	for _, sink := range sinks {
		for _, err := range spool.ReadLetters(dir, sink) {
			var damage *spool.DamagedLetter
			switch {
			case errors.As(err, &damage):
				where := filepath.Join(dir, damage.File)
				v.add(spoolFinding{where, damage.From, damage.To, fmt.Sprintf("line %d is damaged", damage.Line)})
			case err != nil:
				return err
			default:
				v.Letters++
			}
		}
	}
	return nil
}

func (v *verification) add(f spoolFinding) { v.Findings = append(v.Findings, f) }

func (v *verification) print(s streams, format string) error {
	if format == "json" {
		return writeJSON(s.out, v)
	}
	for _, f := range v.Findings {
		where := f.Path
		if f.To > 0 {
			where = fmt.Sprintf("%s: bytes %d to %d", where, f.From, f.To)
		}
		fmt.Fprintf(s.out, "%s: %s\n", where, f.Problem)
	}
	fmt.Fprintf(s.err, "%s, %s, %s, %s\n", count(v.Spools, "queue"), count(v.Records, "record"), count(v.Letters, "dead letter"),
		count(len(v.Findings), "finding"))
	return nil
}
