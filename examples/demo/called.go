package main

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/eventgen/eventgen/runtime"
)

// calledTitle names the function of a call and whom it is about.
func calledTitle(call runtime.Recorded) string {
	name := "Alias"
	if t := reflect.TypeOf(call.Value); t != nil {
		name = verb(call.Event) + t.Name()
	}
	if call.DistinctID == "" {
		return name + " (no person)"
	}
	return name + " " + call.DistinctID
}

// verb returns how the generated functions for an event begin.
func verb(event string) string {
	switch event {
	case "$identify":
		return "Identify"
	case "$groupidentify":
		return "Group"
	default:
		return "Track"
	}
}

// calledProperties returns the fields of a generated struct that are set. It reveals what is classified, because the demo
// shows what the service passed in; its people are made up. A service has no reason to.
func calledProperties(event any) []string {
	var pieces []string
	v := reflect.ValueOf(event)
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() || v.Field(i).IsZero() {
			continue
		}
		pieces = append(pieces, field.Name+": "+goText(v.Field(i).Interface()))
	}
	return pieces
}

// isOpt reports whether t is a runtime.Opt, of whatever type.
func isOpt(t reflect.Type) bool {
	return t.PkgPath() == reflect.TypeFor[runtime.State]().PkgPath() && strings.HasPrefix(t.Name(), "Opt[")
}

// goText returns a value of a generated struct about as Go spells it.
func goText(value any) string {
	if v := reflect.ValueOf(value); isOpt(v.Type()) {
		return goText(v.FieldByName("Value").Interface())
	}
	switch v := value.(type) {
	case interface{ Reveal() string }:
		return strconv.Quote(v.Reveal())
	case string:
		return strconv.Quote(abridge(v))
	case time.Time:
		return v.Format(time.RFC3339)
	case []string:
		return `"` + strings.Join(v, `", "`) + `"`
	default:
		return fmt.Sprint(v)
	}
}
