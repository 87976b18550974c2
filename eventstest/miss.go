package eventstest

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/eventgen/eventgen/runtime"
)

// indent begins each further line of a failure text.
const indent = "\n    "

// maxListed is how many events a failure text lists.
const maxListed = 10

// explain lists differences, one a line, in columns.
func explain(differences []difference) string {
	width := 0
	for _, d := range differences {
		width = max(width, len(d.path))
	}
	var b strings.Builder
	for _, d := range differences {
		want := d.want
		if d.got == redacted && want == redacted {
			want = "another"
		}
		fmt.Fprintf(&b, "%s%-*s  got %s, want %s", indent, width, d.path, d.got, want)
	}
	return b.String()
}

// list shows events of one type: the first in full, and in what the others differ from it.
func list[T any](all []T) string {
	var b strings.Builder
	for i, event := range all {
		if i == maxListed {
			fmt.Fprintf(&b, "%sand %d more", indent, len(all)-i)
			break
		}
		fmt.Fprintf(&b, "%s#%d ", indent, i+1)
		if i == 0 {
			b.WriteString(formatEvent(event))
		} else {
			b.WriteString(contrast(event, all[0]))
		}
	}
	return b.String()
}

// contrast says in what an event differs from the first of its kind.
func contrast(event, first any) string {
	differences := compare(event, first)
	if len(differences) == 0 {
		return "equals #1"
	}
	texts := make([]string, len(differences))
	for i, d := range differences {
		texts[i] = d.path + ": " + d.got
	}
	return "differs from #1 in " + strings.Join(texts, ", ")
}

// describe says what was recorded instead of an event of the wanted type.
func (r *Recorder) describe(wanted reflect.Type) string {
	calls := r.Calls()
	if len(calls) == 0 {
		return ": nothing was tracked"
	}
	lines := append([]string{"; tracked were:"}, tally(calls)...)
	if nearest := nearestCall(calls, wanted); nearest != nil {
		lines = append(lines, "the nearest is "+formatEvent(nearest)+missing(reflect.TypeOf(nearest), wanted))
	}
	return strings.Join(lines, indent)
}

// tally counts calls by type and error, in the order of the first of each.
func tally(calls []runtime.Recorded) []string {
	var order []string
	counts := map[string]int{}
	for _, call := range calls {
		name := label(call)
		if counts[name]++; counts[name] == 1 {
			order = append(order, name)
		}
	}
	for i, name := range order {
		order[i] = fmt.Sprintf("%d × %s", counts[name], name)
	}
	return order
}

// label names a call for the reader of a test: by its Go type where it has one of its own.
func label(call runtime.Recorded) string {
	name := call.Event
	if t := reflect.TypeOf(call.Value); t != nil && t.Name() != "" {
		name = typeName(t)
	}
	if call.Err != nil {
		name += ", refused: " + call.Err.Error()
	}
	return name
}

// nearestCall returns the value that shares most of its properties with the wanted type, or nil when all share none.
func nearestCall(calls []runtime.Recorded, wanted reflect.Type) any {
	var nearest any
	best := 0.0
	for _, call := range calls {
		if s := similarity(reflect.TypeOf(call.Value), wanted); s > best {
			nearest, best = call.Value, s
		}
	}
	return nearest
}

// similarity is the share of fields that two types have in common, by name and type: 1 for the same type.
func similarity(a, b reflect.Type) float64 {
	if a == nil || a.Kind() != reflect.Struct || b.Kind() != reflect.Struct {
		return 0
	}
	common := 0
	for _, field := range fields(a) {
		if other, ok := b.FieldByName(field.Name); ok && other.Type == field.Type {
			common++
		}
	}
	return float64(common) / float64(max(1, len(fields(a))+len(fields(b))-common))
}

// missing names the properties of the wanted type that the nearest has not.
func missing(nearest, wanted reflect.Type) string {
	var names []string
	for _, field := range fields(wanted) {
		if other, ok := nearest.FieldByName(field.Name); !ok || other.Type != field.Type {
			names = append(names, field.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ", which has no " + strings.Join(names, ", ")
}
