//go:build race

package posthogsink_test

// raceDetector makes everything several times slower.
const raceDetector = true
