package main

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/auditlog"
	"github.com/eventgen/eventgen/auditlog/query"
)

func newVerify(o *options) *cobra.Command {
	var checkpoint, key string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Whether all rows are there and as they were written",
		Long: `Reads all rows and checks the chains of hashes, and the sums that are kept beside them. Against a checkpoint that was exported before,
it also finds rows cut off at an end, chains that are gone and an old copy of the database. --pubkey is the public key of who
made the checkpoint; without it, signatures are not checked.

Exits 1 and names the first bad row when something is wrong. Events that gap records tell to be missing, rows that were erased and
those that retention removed are reported, and are no findings.`,
		Example: "  auditlog --db audit.db verify --checkpoint checkpoint.json --pubkey KEY",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.formats("text", "json"); err != nil {
				return err
			}
			options, err := verifyOptions(checkpoint, key)
			if err != nil {
				return err
			}
			if options.Checkpoint != nil && options.PublicKey == nil {
				fmt.Fprintln(o.err, "auditlog: the checkpoint's signature is not checked without --pubkey")
			}
			v, err := o.verify(cmd, options)
			if err != nil {
				return err
			}
			if err := v.write(o); err != nil {
				return err
			}
			if !v.ok() {
				return errFindings
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&checkpoint, "checkpoint", "", "file that holds an exported checkpoint")
	cmd.Flags().StringVar(&key, "pubkey", "", "public key that must have signed, in base64")
	return cmd
}

func verifyOptions(checkpoint, key string) (auditlog.VerifyOptions, error) {
	var options auditlog.VerifyOptions
	var err error
	if key != "" {
		if options.PublicKey, err = auditlog.ParsePublicKey(key); err != nil {
			return options, err
		}
	}
	if checkpoint == "" {
		return options, nil
	}
	text, err := os.ReadFile(checkpoint)
	if err != nil {
		return options, err
	}
	c, err := auditlog.ParseCheckpoint(text)
	options.Checkpoint = &c
	return options, err
}

// verification is what verify prints.
type verification struct {
	auditlog.Report

	counts *query.Mismatch
	key    ed25519.PublicKey
}

func (o *options) verify(cmd *cobra.Command, options auditlog.VerifyOptions) (*verification, error) {
	v := &verification{key: options.PublicKey}
	err := o.store(cmd.Context(), true, func(store *auditlog.Store) (err error) {
		v.Report, err = store.Verify(cmd.Context(), options)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = o.read(cmd.Context(), func(audit *query.Log) error { return audit.Check(cmd.Context()) })
	if errors.As(err, &v.counts) {
		return v, nil
	}
	return v, err
}

func (v *verification) ok() bool { return v.OK() && v.counts == nil }

func (v *verification) write(o *options) error {
	if o.format == "json" {
		return v.writeJSON(o)
	}
	fmt.Fprintln(o.out, v.verdict())
	for _, line := range v.details() {
		fmt.Fprintln(o.out, "  "+line)
	}
	return nil
}

func (v *verification) verdict() string {
	switch {
	case v.ok():
		return fmt.Sprintf("verify: ok, %s in %s", plural(v.Rows, "row"), plural(v.Chains, "chain"))
	case v.OK():
		return "verify: failed, " + visible(v.counts.Error())
	default:
		return "verify: failed, " + visible(v.Problems[0].String())
	}
}

// details are what else there is to know.
func (v *verification) details() []string {
	var lines []string
	add := func(n int64, format string) {
		if n > 0 {
			lines = append(lines, fmt.Sprintf(format, plural(n, "row")))
		}
	}
	for i, p := range v.Problems {
		if i > 0 {
			lines = append(lines, visible(p.String()))
		}
	}
	if v.More > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", v.More))
	}
	if v.counts != nil && !v.OK() {
		lines = append(lines, visible(v.counts.Error()))
	}
	add(v.Covered, "%s covered by the checkpoint")
	add(v.Erased, "%s erased, as recorded")
	add(v.Removed, "%s removed by retention, as recorded")
	if len(v.Missing) > 0 {
		lines = append(lines, "gaps are recorded: "+reasons(v.Missing))
	}
	if n := int64(len(v.Open)); n > 0 {
		lines = append(lines, plural(n, "chain")+" without an end, whose process runs or was killed: "+visible(strings.Join(v.Open, ", ")))
	}
	return lines
}

func (v *verification) writeJSON(o *options) error {
	type problem struct {
		Writer string `json:"writer"`
		Seq    int64  `json:"seq"`
		Reason string `json:"reason"`
	}
	problems := make([]problem, 0, len(v.Problems))
	for _, p := range v.Problems {
		problems = append(problems, problem{p.Writer, p.Seq, string(p.Reason)})
	}
	counts := ""
	if v.counts != nil {
		counts = v.counts.Error()
	}
	return writeJSON(o.out, struct {
		OK       bool              `json:"ok"`
		Rows     int64             `json:"rows"`
		Chains   int64             `json:"chains"`
		Covered  int64             `json:"covered"`
		Erased   int64             `json:"erased"`
		Removed  int64             `json:"removed"`
		Missing  map[string]uint64 `json:"missing"`
		Open     []string          `json:"open"`
		Problems []problem         `json:"problems"`
		More     int               `json:"more_problems"`
		Counts   string            `json:"counts_problem,omitempty"`
	}{
		v.ok(), v.Rows, v.Chains, v.Covered, v.Erased, v.Removed, orEmpty(v.Missing), append([]string{}, v.Open...), problems, v.More, counts,
	})
}

func orEmpty(m map[string]uint64) map[string]uint64 {
	if m == nil {
		return map[string]uint64{}
	}
	return m
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func newCheckpoint(o *options) *cobra.Command {
	var latest bool
	cmd := &cobra.Command{
		Use:   "checkpoint",
		Short: "Make a checkpoint and print it, to be kept elsewhere",
		Long: `Makes a checkpoint of all chains, signed with the key in ` + auditlog.KeyVariable + `, keeps it in the log and prints it as JSON. Keep it where
nobody who can write to the database reaches it: verify --checkpoint then finds what was cut off or replaced.
With --latest, it only prints the last one that the log holds.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var c *auditlog.Checkpoint
			err := o.store(cmd.Context(), latest, func(store *auditlog.Store) error {
				if latest {
					var err error
					c, err = store.Latest(cmd.Context())
					return err
				}
				made, err := store.Checkpoint(cmd.Context())
				c = &made
				return err
			})
			if err != nil {
				return err
			}
			if c == nil {
				return errors.New("the log holds no checkpoint")
			}
			if len(c.Signature) == 0 {
				fmt.Fprintln(o.err, "auditlog: the checkpoint is not signed: "+auditlog.KeyVariable+" is not set")
			}
			text, err := json.Marshal(c)
			if err != nil {
				return err
			}
			_, err = o.out.Write(append(harmless(text), '\n'))
			return err
		},
	}
	cmd.Flags().BoolVar(&latest, "latest", false, "print the last one, make none")
	return cmd
}

func newKey(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "key",
		Short: "Make a key for " + auditlog.KeyVariable + ", and its public key",
		Long: `Prints a new random key for the variable ` + auditlog.KeyVariable + `, and the public key for verify --pubkey. Keep the first like a password:
whoever has it can sign checkpoints of a log that was forged.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := o.formats("text", "json"); err != nil {
				return err
			}
			signing, public := auditlog.NewKey()
			if o.format == "json" {
				return writeJSON(o.out, map[string]string{"signing_key": signing, "public_key": public})
			}
			_, err := fmt.Fprintf(o.out, "%s=%s\npublic key: %s\n", auditlog.KeyVariable, signing, public)
			return err
		},
	}
}
