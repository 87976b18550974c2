package syntax

import (
	"reflect"
	"strings"
)

// shape is the set of keys that a mapping type has, read from the tags of its fields.
type shape struct {
	keys     []string // in the order of the fields, for suggestions
	fields   map[string][]int
	required []string
}

func shapeOf(t reflect.Type) *shape {
	s := &shape{fields: map[string][]int{}}
	s.add(t, nil)
	return s
}

// add takes over the fields of t, which lies at index in the mapping type.
func (s *shape) add(t reflect.Type, index []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(append([]int(nil), index...), i)
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case key == "-" || !f.IsExported():
		case f.Anonymous && key == "":
			s.add(f.Type, at)
		default:
			s.keys = append(s.keys, key)
			s.fields[key] = at
			if hasOption(f.Tag.Get("jsonschema"), "required") {
				s.required = append(s.required, key)
			}
		}
	}
}

func hasOption(tag, option string) bool {
	for o := range strings.SplitSeq(tag, ",") {
		if o == option {
			return true
		}
	}
	return false
}
