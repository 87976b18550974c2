package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/internal/privacy"
	"github.com/eventgen/eventgen/internal/taxonomy"
	"github.com/eventgen/eventgen/redact"
)

// redactKeys is the variable that holds the keys. Its value is never printed.
const redactKeys = "EVENTS_REDACT_KEYS"

// personFlags are the flags of `keys person`.
type personFlags struct {
	values []string
	spool  string
	purge  bool
	yes    bool
}

func newKeysPerson(s streams, flags *commonFlags) *cobra.Command {
	var own personFlags
	cmd := &cobra.Command{
		Use:   "person ID…",
		Short: "Find a person's data: pseudonyms, and the requests to delete or export it",
		Long: `Prints under which forms data of a person is stored, so that a request for deletion or access can be served. The ids are those
that the person was tracked under: distinct_ids and aliases. What else the service knows goes into --value, with its category:

  eventgen keys person user_123 --value user.contact.email=jane@example.com

It reads the registry and the keys in ` + redactKeys + `, old ones included: a pseudonym made with a key that is not there cannot
be found. Ids are hashed in every category that some destination hashes, a value in its own. Then come, ready to be copied:
PostHog's deletion request, a query for everything PostHog has, and the statements for the audit table. Nothing is named for
PostHog that the policy does not send there, and keys are never printed.

With --spool it also counts what lies in the folder of EVENTS_SPOOL_DIR. Records that wait are delivered once the receiver is
there: send the deletion request after client.Flush has returned, or send it again. Dead letters never leave by themselves;
--purge-letters --yes deletes those of the person.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, ids []string) error { return person(s, flags, own, ids) },
	}
	cmd.Flags().StringArrayVar(&own.values, "value", nil, "a further value of the person, as category=value; may be repeated")
	cmd.Flags().StringVar(&own.spool, "spool", "", "look into this folder for records and dead letters")
	cmd.Flags().BoolVar(&own.purge, "purge-letters", false, "delete the person's dead letters; needs --spool and --yes")
	cmd.Flags().BoolVar(&own.yes, "yes", false, "do it")
	return cmd
}

func person(s streams, flags *commonFlags, own personFlags, ids []string) error {
	ids, err := personIDs(ids)
	if err != nil {
		return err
	}
	if err := own.check(flags.format); err != nil {
		return err
	}
	t, _, err := flags.loadSound(s)
	if err != nil {
		return err
	}
	values, err := personValues(t, own.values)
	if err != nil {
		return err
	}
	keys, err := personKeys(s, t)
	if err != nil {
		return err
	}
	traces, err := privacy.Trace(t, keys, privacy.Subject{IDs: ids, Values: values})
	if err != nil {
		return err
	}
	report := newPersonReport(traces)
	if own.spool != "" {
		if report.Spool, err = searchSpool(own, &traces); err != nil {
			return err
		}
	}
	if flags.format == "json" {
		return report.writeJSON(s.out)
	}
	return report.writeText(s.out)
}

// personIDs returns the ids, each once.
func personIDs(ids []string) ([]string, error) {
	var distinct []string
	for i, id := range ids {
		if strings.TrimSpace(id) == "" {
			return nil, fmt.Errorf("id %d is empty", i+1)
		}
		if !slices.Contains(distinct, id) {
			distinct = append(distinct, id)
		}
	}
	return distinct, nil
}

// personValues reads category=value. A category that nothing in the registry has is a slip: its value would find nothing. The
// errors do not quote the value.
func personValues(t *taxonomy.Taxonomy, args []string) ([]privacy.Value, error) {
	var known []string
	for _, r := range privacy.Rows(t) {
		if r.Personal() && !slices.Contains(known, r.Category) {
			known = append(known, r.Category)
		}
	}
	var values []privacy.Value
	for i, arg := range args {
		category, text, ok := strings.Cut(arg, "=")
		switch {
		case !ok || strings.TrimSpace(text) == "":
			return nil, fmt.Errorf("--value %d is not of the form category=value", i+1)
		case !slices.Contains(known, category):
			return nil, fmt.Errorf("--value %d: nothing in the registry is %q; there are %s", i+1, category, strings.Join(known, ", "))
		}
		values = append(values, privacy.Value{Category: category, Text: text})
	}
	return values, nil
}

func (f personFlags) check(format string) error {
	switch {
	case format != "text" && format != "json":
		return fmt.Errorf("format %q is for findings; use text or json", format)
	case f.purge && f.spool == "":
		return errors.New("--purge-letters needs --spool")
	case f.purge && !f.yes:
		return errors.New("--purge-letters deletes for good; add --yes, or leave it out to see how many there are")
	default:
		return nil
	}
}

// personKeys reads the keys. They may only be missing where nothing is hashed.
func personKeys(s streams, t *taxonomy.Taxonomy) (redact.Keys, error) {
	text, ok := s.env(redactKeys)
	switch {
	case ok && strings.TrimSpace(text) != "":
	case len(privacy.Scopes(t)) > 0:
		return redact.Keys{}, fmt.Errorf("%s is not set, and the registry hashes values: pseudonyms cannot be computed without the keys",
			redactKeys)
	default:
		return redact.Keys{}, nil
	}
	keys, err := redact.ParseKeys(text)
	if err != nil {
		return redact.Keys{}, fmt.Errorf("%s: %w", redactKeys, err) // names a key by its place
	}
	return keys, nil
}
