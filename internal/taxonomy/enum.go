package taxonomy

import (
	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// maxEnum is the most values of an enum: its Go type has 16 bits, and 0 is invalid.
const maxEnum = 1<<16 - 1

// enum reads the enum of a string or an integer.
func (r *reading) enum() {
	e := &Enum{
		GoName:      r.goName(),
		Description: r.value.Description,
		Integers:    r.value.Type == Integer,
		Pos:         r.at.Pos(),
	}
	switch entries := r.spec.Enum; {
	case len(entries) == 0:
		if r.at.HasList("enum") {
			r.b.report(diag.New(r.at.ValuePos("enum"), "E007", "the enum has no values"))
		}
		return
	case len(entries) > maxEnum:
		r.b.report(diag.New(r.at.ValuePos("enum"), "E014", "the enum has %d values, more than %d", len(entries), maxEnum))
		return
	}
	first := make(map[any]diag.Position, len(r.spec.Enum))
	for _, entry := range r.spec.Enum {
		r.enumValue(e, entry, first)
	}
	r.value.Enum = e
}

// enumValue adds one value. first holds the places of those before it.
func (r *reading) enumValue(e *Enum, entry *syntax.EnumEntry, first map[any]diag.Position) {
	l := &entry.Value
	if l.Kind == syntax.Invalid {
		return
	}
	if problem, advice := unlisted(e, l); problem != "" {
		rule := "E007"
		if e.Integers && l.Kind == syntax.Number {
			rule = "G106"
		}
		r.b.report(diag.New(l.Pos, rule, "%s", problem).WithFix("%s", advice))
		return
	}
	v := EnumValue{
		GoName:      r.b.goName(&entry.Mapping, entry.GoName),
		Description: entry.Description,
		Deprecated:  entry.Deprecated.Sentence(),
		Pos:         l.Pos,
	}
	var key any
	if e.Integers {
		v.Integer, key = l.Integer, l.Integer
	} else {
		v.String, key = l.Text, l.Text
	}
	if at, ok := first[key]; ok {
		r.b.duplicate(l.Pos, "the enum value "+describe(l), at)
		return
	}
	first[key] = l.Pos
	e.Values = append(e.Values, v)
}

// unlisted says why a literal cannot be a value of the enum, and what to write instead.
func unlisted(e *Enum, l *syntax.Literal) (problem, advice string) {
	switch {
	case l.Kind == syntax.Null:
		return "null cannot be an enum value", "write nullable: true on the property, or put the word in quotes"
	case e.Integers && l.Kind != syntax.Number:
		return describe(l) + " is not an integer, as the other values must be", ""
	case e.Integers && !isInteger(l):
		return "the enum value " + describe(l) + " is not a whole number from -2^53 to 2^53", ""
	case e.Integers || l.Kind == syntax.Text:
		return "", ""
	case l.Kind == syntax.Number || l.Kind == syntax.Boolean:
		return describe(l) + " is not text", "write " + quote(l.Text)
	default:
		return describe(l) + " is not text", ""
	}
}
