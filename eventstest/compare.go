package eventstest

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/eventgen/eventgen/runtime"
)

// difference is a property of two events that differs. Its texts hold no classified value.
type difference struct {
	path      string // in Go's terms: Lines[2].SKU
	got, want string
}

// comparison collects the differences between two values of one type.
type comparison struct {
	hidden      bool // all values are shown as classified
	differences []difference
}

// compare returns in what two events differ, in the order of their fields.
func compare(got, want any) []difference {
	var c comparison
	if g, w := reflect.TypeOf(got), reflect.TypeOf(want); g != w {
		c.differ("type", typeName(g), typeName(w))
		return c.differences
	}
	v := reflect.ValueOf(got)
	c.hidden = v.Kind() == reflect.Map
	c.values("", v, reflect.ValueOf(want))
	return c.differences
}

// values compares two values of one type. It only ever descends into what is exported, so that it may call methods.
func (c *comparison) values(path string, got, want reflect.Value) {
	switch kind := got.Kind(); {
	case isOpt(got):
		c.opts(path, got, want)
	case hasEqual(got):
		c.leaf(path, got, want, got.MethodByName("Equal").Call([]reflect.Value{want})[0].Bool())
	case kind == reflect.Struct && transparent(got.Type()):
		c.structs(path, got, want)
	case kind == reflect.Slice && got.Len() == want.Len():
		for i := range got.Len() {
			c.values(path+"["+strconv.Itoa(i)+"]", got.Index(i), want.Index(i))
		}
	case kind == reflect.Map:
		c.maps(path, got, want)
	default:
		c.leaf(path, got, want, reflect.DeepEqual(got.Interface(), want.Interface()))
	}
}

func (c *comparison) leaf(path string, got, want reflect.Value, equal bool) {
	if !equal {
		c.differ(path, c.text(got), c.text(want))
	}
}

// text shows a value as far as it may be shown. The invalid value is that of a key which a map has not.
func (c *comparison) text(v reflect.Value) string {
	switch {
	case !v.IsValid():
		return "no such key"
	case c.hidden:
		return redacted
	default:
		return format(v)
	}
}

func (c *comparison) differ(path, got, want string) {
	c.differences = append(c.differences, difference{path: path, got: got, want: want})
}

func (c *comparison) opts(path string, got, want reflect.Value) {
	gotState, gotValue := openOpt(got)
	wantState, wantValue := openOpt(want)
	switch {
	case gotState != wantState:
		c.differ(path, c.text(got), c.text(want))
	case gotState == runtime.IsSome:
		c.values(path, gotValue, wantValue)
	}
}

func (c *comparison) structs(path string, got, want reflect.Value) {
	if path != "" {
		path += "."
	}
	for _, field := range fields(got.Type()) {
		c.values(path+field.Name, got.FieldByIndex(field.Index), want.FieldByIndex(field.Index))
	}
}

func (c *comparison) maps(path string, got, want reflect.Value) {
	keys := got.MapKeys()
	for _, key := range want.MapKeys() {
		if !got.MapIndex(key).IsValid() {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, compareKeys)
	for _, key := range keys {
		at := path + "[" + formatKey(got.Type(), key) + "]"
		g, w := got.MapIndex(key), want.MapIndex(key)
		if g.IsValid() && w.IsValid() {
			c.values(at, g, w)
		} else {
			c.differ(at, c.text(g), c.text(w))
		}
	}
}

var optPackage = reflect.TypeFor[runtime.State]().PkgPath()

// isOpt reports whether v is a runtime.Opt, of whatever type.
func isOpt(v reflect.Value) bool {
	return v.Type().PkgPath() == optPackage && strings.HasPrefix(v.Type().Name(), "Opt[")
}

// openOpt returns the state of a runtime.Opt and what it holds.
func openOpt(v reflect.Value) (runtime.State, reflect.Value) {
	return runtime.State(v.FieldByName("State").Uint()), v.FieldByName("Value")
}

// hasEqual reports whether values of v's type compare themselves: classified values, times.
func hasEqual(v reflect.Value) bool {
	equal := v.MethodByName("Equal")
	if !equal.IsValid() {
		return false
	}
	t := equal.Type()
	return t.NumIn() == 1 && t.In(0) == v.Type() && t.NumOut() == 1 && t.Out(0).Kind() == reflect.Bool
}

// transparent reports whether a struct consists of exported fields, as generated ones do but for the blank one.
func transparent(t reflect.Type) bool {
	for i := range t.NumField() {
		if f := t.Field(i); !f.IsExported() && f.Name != "_" {
			return false
		}
	}
	return true
}

// fields returns the exported fields of a struct.
func fields(t reflect.Type) []reflect.StructField {
	var exported []reflect.StructField
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() {
			exported = append(exported, f)
		}
	}
	return exported
}
