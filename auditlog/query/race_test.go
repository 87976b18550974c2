//go:build race

package query_test

// raceEnabled: what the answers are does not depend on it, only how many questions there is time for.
const raceEnabled = true
