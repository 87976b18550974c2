//go:build !race

package posthogsink_test

const raceDetector = false
