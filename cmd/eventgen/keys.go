package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/redact"
)

func newKeys(s streams, flags *commonFlags) *cobra.Command {
	keys := &cobra.Command{Use: "keys", Short: "Make keys for the hash strategy, and find a person's pseudonyms"}
	keys.AddCommand(newKeysNew(s), newKeysPerson(s, flags))
	return keys
}

func newKeysNew(s streams) *cobra.Command {
	var id string
	cmd := &cobra.Command{
		Use:   "new",
		Short: "Print a new random key for EVENTS_REDACT_KEYS",
		Long: `Prints a new random key as kid:base64, ready for the environment variable EVENTS_REDACT_KEYS.

Keep it like a password: whoever has it can find out whom a pseudonym stands for. To rotate, put a new key in front of the
old ones, separated by a comma: the first key is the one that new pseudonyms are made with.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			key, err := redact.NewKey(id)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(s.out, key)
			return err
		},
	}
	cmd.Flags().StringVar(&id, "id", "k1", "id of the key, 1 to 8 of a-z and 0-9; it shows in pseudonyms")
	return cmd
}
