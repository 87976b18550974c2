package metrics

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/eventgen/eventgen/runtime"
)

// maxLabel bounds a label value in bytes: sinks are free to choose their reasons.
const maxLabel = 128

// label is a name and a value.
type label struct{ name, value string }

// text writes the exposition format: https://prometheus.io/docs/instrumenting/exposition_formats/.
type text struct {
	out     []byte
	current *family
	started bool // the head of the current family is written
}

// family starts a family. Its head is written with the first sample.
func (t *text) family(f *family) { t.current, t.started = f, false }

func (t *text) head() {
	if t.started {
		return
	}
	t.started = true
	t.out = append(t.out, "# HELP "+t.current.name+" "+t.current.help+"\n# TYPE "+t.current.name+" "+t.current.kind+"\n"...)
}

// count writes a sample that is a whole number.
func (t *text) count(n uint64, labels ...label) {
	t.series(labels)
	t.out = append(strconv.AppendUint(t.out, n, 10), '\n')
}

// number writes any sample.
func (t *text) number(v float64, labels ...label) {
	t.series(labels)
	t.out = append(strconv.AppendFloat(t.out, v, 'g', -1, 64), '\n')
}

// flag writes 1 or 0.
func (t *text) flag(on bool, labels ...label) {
	n := uint64(0)
	if on {
		n = 1
	}
	t.count(n, labels...)
}

// byReason writes a sample for each reason, and for those that are known to occur a zero if they have not: a rate cannot be
// told from the first sample of a series.
func (t *text) byReason(counts runtime.Counts, known []string, labels ...label) {
	t.byName("reason", counts, known, labels...)
}

// byName is byReason for any label. Names that are equal once they are bounded are counted together.
func (t *text) byName(name string, counts runtime.Counts, known []string, labels ...label) {
	bounded := make(runtime.Counts, len(counts)+len(known))
	for _, value := range known {
		bounded[value] = 0
	}
	for value, n := range counts {
		bounded[bound(value)] += n
	}
	for _, value := range slices.Sorted(maps.Keys(bounded)) {
		t.count(bounded[value], append(slices.Clip(labels), label{name, value})...)
	}
}

// series writes the name and the labels of a sample. A label without a value is left out, which means the same.
func (t *text) series(labels []label) {
	t.head()
	t.out = append(t.out, t.current.name...)
	open := byte('{')
	for _, l := range labels {
		if l.value == "" {
			continue
		}
		t.out = append(append(append(t.out, open), l.name...), `="`...)
		t.out = append(append(t.out, escaper.Replace(bound(l.value))...), '"')
		open = ','
	}
	if open == ',' {
		t.out = append(t.out, '}')
	}
	t.out = append(t.out, ' ')
}

// bound cuts a label value and makes it UTF-8.
func bound(value string) string { return strings.ToValidUTF8(value[:min(len(value), maxLabel)], "") }

// escaper writes the three escapes that the format has.
var escaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
