//go:build race

package auditlog

// raceEnabled: a thousand tamperings take minutes under it, and have no goroutine.
const raceEnabled = true
