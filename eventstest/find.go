package eventstest

import (
	"reflect"
	"testing"
)

// All returns the accepted events of type T in the order in which they were tracked, with the values that the caller gave. T
// is a generated type, such as events.PaymentFailed or events.Person, or map[string]any for the events of TrackMap.
// Slices and maps within the values are shared with the code under test.
func All[T any](r *Recorder) []T {
	var all []T
	for _, call := range r.Calls() {
		if v, ok := call.Value.(T); ok && call.Err == nil {
			all = append(all, v)
		}
	}
	return all
}

// One returns the one accepted event of type T, and ends the test if there is none or more than one.
func One[T any](t testing.TB, r *Recorder) T {
	t.Helper()
	all := All[T](r)
	switch len(all) {
	case 0:
		t.Fatalf("eventstest: want one %s, got none%s", typeName(reflect.TypeFor[T]()), r.describe(reflect.TypeFor[T]()))
	case 1:
		return all[0]
	default:
		t.Fatalf("eventstest: want one %s, got %d:%s", typeName(reflect.TypeFor[T]()), len(all), list(all))
	}
	var none T
	return none
}

// None fails the test if there is an accepted event of type T.
func None[T any](t testing.TB, r *Recorder) {
	t.Helper()
	if all := All[T](r); len(all) > 0 {
		t.Errorf("eventstest: want no %s, got %d:%s", typeName(reflect.TypeFor[T]()), len(all), list(all))
	}
}

// Want fails the test unless an accepted event of type T equals want; otherwise it shows in what the nearest one differs.
//
// Classified values and times are compared by their Equal methods; a nil slice or map equals an empty one, as on the wire;
// what a property of type any holds is compared with [reflect.DeepEqual].
func Want[T any](t testing.TB, r *Recorder, want T) {
	t.Helper()
	all := All[T](r)
	if len(all) == 0 {
		t.Errorf("eventstest: want %s, got none%s", formatEvent(want), r.describe(reflect.TypeFor[T]()))
		return
	}
	var nearest []difference
	for i, got := range all {
		differences := compare(got, want)
		if len(differences) == 0 {
			return
		}
		if i == 0 || len(differences) < len(nearest) {
			nearest = differences
		}
	}
	t.Errorf("eventstest: no %s is the wanted one; the nearest of %d differs in:%s",
		typeName(reflect.TypeFor[T]()), len(all), explain(nearest))
}
