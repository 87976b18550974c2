// Command eventgen turns a registry of events, events.yaml, into typed Go code and JSON Schemas, and checks both.
//
//	eventgen init       start a registry in a module
//	eventgen generate   write the code, or with --check tell whether it is current
//	eventgen lint       report what is wrong with the registry
//	eventgen validate   check payloads against the registry
//	eventgen keys new   make a key for pseudonyms
//	eventgen status     say whether a running process, or a durable queue, needs somebody
//	eventgen spool      look at durable queues, and put dead letters back into them
//	eventgen keys person   find a person's pseudonyms, and how to delete or export the data
//	eventgen docs       write a catalogue of the events, or with --privacy the data map
//
// Standard output is data, standard error is diagnostics. The exit code is 0 when all is well, 1 when there are findings, and
// 2 when the command could not run.
package main

import (
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv}))
}
