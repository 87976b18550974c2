package syntax

import (
	"iter"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/eventgen/eventgen/internal/diag"
)

// decoder fills Go values from nodes. What does not fit is reported and left at its zero value, so that one run finds all.
type decoder struct {
	file   string
	shapes map[reflect.Type]*shape
	found  []diag.Diagnostic
	misses int // unknown keys for which a suggestion was looked for
}

// maxSuggestions bounds the searches for a similar key, each of which looks at all keys of a mapping.
const maxSuggestions = 100

// custom is a type with a form of its own.
type custom interface {
	decode(d *decoder, s slot)
}

// placed is a type that embeds [Mapping].
type placed interface {
	place(file string, s slot)
}

func (d *decoder) report(x diag.Diagnostic) { d.found = append(d.found, x) }

func (d *decoder) at(n *yaml.Node) diag.Position { return position(d.file, n) }

// value fills v from a slot, by the type of v.
func (d *decoder) value(s slot, v reflect.Value) {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if c, ok := reflect.TypeAssert[custom](v.Addr()); ok {
		c.decode(d, s)
		return
	}
	if s.node.Kind == yaml.AliasNode { // reported by refuse
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.fields(s, v.Addr().Interface())
	case reflect.Slice:
		d.list(s, v)
	case reflect.String:
		d.text(s, v)
	case reflect.Bool:
		d.boolean(s, v)
	case reflect.Int:
		d.count(s, v)
	default: // an interface: anything goes
	}
}

// fields fills the struct that target points to from a mapping. Null stands for an empty mapping, since that is what is left
// when all lines below a key are commented out.
func (d *decoder) fields(s slot, target any) {
	v := reflect.ValueOf(target).Elem()
	sh := d.shape(v.Type())
	if p, ok := target.(placed); ok {
		p.place(d.file, s)
	}
	if !d.isMapping(s) && kindOf(s.node) != Null {
		return
	}
	for pair := range d.pairs(s.node) {
		key := pair.key.Value
		if index, ok := sh.fields[key]; ok {
			d.value(pair, v.FieldByIndex(index))
		} else if !strings.HasPrefix(key, "x-") {
			d.unknownKey(pair.key, sh)
		}
	}
	for _, key := range sh.required {
		if lookup(s.node, key).key == nil {
			d.report(diag.New(d.at(s.anchor()), "E005", "%s has no %s", s.name(), key))
		}
	}
}

func (d *decoder) shape(t reflect.Type) *shape {
	sh, ok := d.shapes[t]
	if !ok {
		sh = shapeOf(t)
		d.shapes[t] = sh
	}
	return sh
}

func (d *decoder) unknownKey(key *yaml.Node, sh *shape) {
	x := diag.New(d.at(key), "E002", "unknown key %q", key.Value)
	if advice, ok := advices[key.Value]; ok {
		d.report(x.WithFix("%s", advice))
		return
	}
	if d.misses++; d.misses <= maxSuggestions {
		x = x.WithFix("%s", diag.DidYouMean(key.Value, sh.keys))
	}
	d.report(x)
}

// pairs yields the pairs of a mapping whose keys are scalars, each key once. It reports the others.
func (d *decoder) pairs(n *yaml.Node) iter.Seq[slot] {
	return func(yield func(slot) bool) {
		first := make(map[string]*yaml.Node, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			s := slot{key: n.Content[i], node: n.Content[i+1]}
			switch {
			case s.key.Kind != yaml.ScalarNode:
				if s.key.Kind != yaml.AliasNode {
					d.report(diag.New(d.at(s.key), "E004", "a key must be text, not %s", kindOf(s.key)))
				}
			case isMerge(s.key): // reported by refuse
			case first[s.key.Value] != nil:
				d.report(diag.New(d.at(s.key), "E003", "%q is given twice", s.key.Value).
					WithRelated(d.at(first[s.key.Value]), "first given here"))
			default:
				first[s.key.Value] = s.key
				if !yield(s) {
					return
				}
			}
		}
	}
}

func (o *Ordered[T]) decode(d *decoder, s slot) {
	if !d.isMapping(s) {
		return
	}
	for pair := range d.pairs(s.node) {
		e := Entry[T]{Name: pair.key.Value, Pos: d.at(pair.key)}
		d.value(pair, reflect.ValueOf(&e.Value).Elem())
		o.Entries = append(o.Entries, e)
	}
}

func (d *decoder) list(s slot, v reflect.Value) {
	if s.node.Kind != yaml.SequenceNode {
		d.wrongType(s, "a list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(s.node.Content), len(s.node.Content)))
	for i, item := range s.node.Content {
		d.value(slot{node: item}, v.Index(i))
	}
}

// text takes any scalar but null as it is written, so that an owner may be 0123.
func (d *decoder) text(s slot, v reflect.Value) {
	if s.node.Kind != yaml.ScalarNode || kindOf(s.node) == Null {
		d.wrongType(s, "text")
		return
	}
	if words, ok := reflect.TypeAssert[vocabulary](v); ok && !d.known(s, words) {
		return
	}
	v.SetString(s.node.Value)
}

func (d *decoder) known(s slot, v vocabulary) bool {
	word := s.node.Value
	words, rule, what := v.words()
	if slices.Contains(words, word) {
		return true
	}
	d.report(diag.New(d.at(s.node), rule, "unknown %s %q", what, word).WithFix("%s", suggestWord(word, words)))
	return false
}

func (d *decoder) boolean(s slot, v reflect.Value) {
	l := d.literal(s.node)
	if l.Kind != Boolean {
		d.wrongType(s, "true or false")
		return
	}
	v.SetBool(l.True)
}

// count takes a whole number from 0 on. The bound keeps sums of counts from overflowing anywhere.
func (d *decoder) count(s slot, v reflect.Value) {
	const most = 1 << 31
	l := d.literal(s.node)
	if !l.Whole || l.Integer < 0 || l.Integer >= most {
		d.wrongType(s, "a whole number from 0 to 2147483647")
		return
	}
	v.SetInt(l.Integer)
}

// isMapping reports what is neither a mapping nor null, and returns whether s holds a mapping.
func (d *decoder) isMapping(s slot) bool {
	switch {
	case s.node.Kind == yaml.MappingNode:
		return true
	case s.node.Kind == yaml.AliasNode || kindOf(s.node) == Null:
		return false
	}
	d.wrongType(s, "a mapping")
	return false
}

func (d *decoder) wrongType(s slot, want string) {
	got := kindOf(s.node).String()
	if s.node.Kind == yaml.ScalarNode && kindOf(s.node) != Null && len(s.node.Value) <= 40 {
		got = quoted(s.node.Value)
	}
	x := diag.New(d.at(s.node), "E004", "%s must be %s, not %s", s.name(), want, got)
	if s.key != nil {
		x = x.WithFix("%s", forms[s.key.Value])
	}
	d.report(x)
}

// name is what messages call the slot.
func (s slot) name() string {
	if s.key == nil {
		return "the entry"
	}
	return quoted(s.key.Value)
}
