package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/eventgen/eventgen/auditlog/query"
)

// gapObject is a gap record in JSON.
type gapObject struct {
	Time    time.Time         `json:"timestamp"`
	Writer  string            `json:"writer"`
	Seq     int64             `json:"seq"`
	Missing map[string]uint64 `json:"missing"`
}

func gapObjects(gaps []query.Gap) []gapObject {
	objects := make([]gapObject, len(gaps))
	for i, g := range gaps {
		objects[i] = gapObject(g)
	}
	return objects
}

// maxGaps is how many gap records are listed for people.
const maxGaps = 10

// gapLines tells people what is missing.
func gapLines(gaps []query.Gap) []string {
	var lines []string
	for _, g := range gaps[max(0, len(gaps)-maxGaps):] {
		lines = append(lines, fmt.Sprintf("gap recorded %s: %s", g.Time.Format("2006-01-02 15:04:05Z"), reasons(g.Missing)))
	}
	if n := len(gaps) - maxGaps; n > 0 {
		lines = append([]string{fmt.Sprintf("%d earlier gaps are recorded", n)}, lines...)
	}
	return lines
}

// reasons lists what is missing in a stable order.
func reasons(missing map[string]uint64) string {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(missing)) {
		parts = append(parts, fmt.Sprintf("%d × %s", missing[reason], visible(reason)))
	}
	return "missing " + strings.Join(parts, ", ")
}
