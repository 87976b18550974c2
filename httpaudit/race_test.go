//go:build race

package httpaudit_test

// raceEnabled tells that the race detector allocates and slows down.
const raceEnabled = true
