//go:build race

package runtime

// raceEnabled: the race detector makes sync.Pool drop things at random, so allocations are not counted under it.
const raceEnabled = true
