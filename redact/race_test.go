//go:build race

package redact_test

// raceEnabled tells that sync.Pool drops items at random, so that allocations cannot be counted.
const raceEnabled = true
