package eventstest

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// redacted stands for classified values in failure texts.
const redacted = "[redacted]"

// maxText is how much of a value is shown, in bytes; events may hold 256 KiB.
const maxText = 300

// typeName returns the name of a type as a test spells it.
func typeName(t reflect.Type) string {
	if t == nil {
		return "nil"
	}
	return t.String()
}

// formatEvent returns an event in the form of a Go literal, without what is unset.
func formatEvent(event any) string {
	v := reflect.ValueOf(event)
	switch {
	case !v.IsValid():
		return "nil"
	case v.Kind() == reflect.Map: // of TrackMap: what is classified does not show in its type
		keys := slices.SortedFunc(slices.Values(v.MapKeys()), compareKeys)
		return shorten("{" + joined(len(keys), func(i int) string { return format(keys[i]) + ": " + redacted }) + "}")
	}
	return shorten(typeName(v.Type()) + format(v))
}

// format returns a value in the way of a Go literal. Classified values are hidden, wherever they are.
func format(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Interface && v.IsNil():
		return "nil"
	case isClassified(v.Type()):
		return redacted
	case isOpt(v):
		return formatOpt(v)
	}
	switch value := v.Interface().(type) {
	case time.Time:
		return value.Format(time.RFC3339Nano)
	case fmt.Stringer:
		return value.String()
	}
	return shorten(formatKind(v))
}

func formatKind(v reflect.Value) string {
	switch kind := v.Kind(); {
	case kind == reflect.Interface:
		return format(v.Elem())
	case kind == reflect.String:
		return strconv.Quote(v.String())
	case kind == reflect.Struct && transparent(v.Type()):
		return formatStruct(v)
	case kind == reflect.Slice:
		return "[" + joined(v.Len(), func(i int) string { return format(v.Index(i)) }) + "]"
	case kind == reflect.Map:
		return formatMap(v)
	default:
		return fmt.Sprintf("%+v", v.Interface())
	}
}

func formatOpt(v reflect.Value) string {
	switch state, value := openOpt(v); state {
	case runtime.Unset:
		return "unset"
	case runtime.IsNull:
		return "null"
	default:
		return format(value)
	}
}

func formatStruct(v reflect.Value) string {
	var members []string
	for _, field := range fields(v.Type()) {
		if member := v.FieldByIndex(field.Index); !isOpt(member) || !member.IsZero() {
			members = append(members, field.Name+": "+format(member))
		}
	}
	return "{" + strings.Join(members, ", ") + "}"
}

func formatMap(v reflect.Value) string {
	keys := v.MapKeys()
	slices.SortFunc(keys, compareKeys)
	return "{" + joined(len(keys), func(i int) string {
		return formatKey(v.Type(), keys[i]) + ": " + format(v.MapIndex(keys[i]))
	}) + "}"
}

// formatKey returns a key of a map. The keys of a map that holds classified values are classified themselves.
func formatKey(m reflect.Type, key reflect.Value) string {
	if isClassified(m.Elem()) {
		return "*"
	}
	return format(key)
}

func compareKeys(a, b reflect.Value) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) }

func joined(n int, item func(i int) string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = item(i)
	}
	return strings.Join(items, ", ")
}

// isClassified reports whether t is one of the types that hide personal data.
func isClassified(t reflect.Type) bool {
	return t.PkgPath() == reflect.TypeFor[redact.String]().PkgPath()
}

// shorten cuts a text that is too long to read.
func shorten(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "") + "…"
}
