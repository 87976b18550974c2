//go:build race

package httpaudit

// raceEnabled tells that times and allocations are those of the race detector.
const raceEnabled = true
