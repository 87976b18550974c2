package taxonomy

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// constant reads const.
func (r *reading) constant() {
	if r.spec.Const.Kind != syntax.Invalid {
		r.value.Const = goValue(r.value.Type, r.spec.Const)
	}
}

// checkValues reports constants and enum values that the other keywords exclude.
func (r *reading) checkValues() {
	if r.value.Const != nil && r.value.Enum != nil {
		r.b.report(diag.New(r.keywordPos("const"), "E012", "a constant needs no enum").
			WithRelated(r.keywordPos("enum"), "enum is here"))
		return
	}
	open := *r.value
	open.Const, open.Enum = nil, nil
	if r.at.Has("const") && r.value.Const != nil {
		r.b.reportMisfit(fit{value: &open}, r.spec.Const, "const")
	}
	if r.at.Has("enum") && r.value.Enum != nil {
		for _, e := range r.spec.Enum {
			if problem, _ := unlisted(r.value.Enum, &e.Value); problem == "" {
				r.b.reportMisfit(fit{value: &open}, &e.Value, "the enum value")
			}
		}
	}
}

// annotations reads default and examples and reports those that are not valid.
func (b *builder) annotations(at *syntax.Mapping, spec *syntax.Value, f fit) {
	if l := spec.Default; at.Has("default") && l.Kind != syntax.Invalid {
		b.reportMisfit(f, l, "default")
		f.value.Default = goValue(f.value.Type, l)
	}
	if at.Has("examples") {
		f.value.Examples = nil
	}
	for i := range spec.Examples {
		l := &spec.Examples[i]
		if problem := b.misfit(f, l); problem != "" {
			b.report(diag.New(l.Pos, "E009", "the example %s", problem))
		}
		f.value.Examples = append(f.value.Examples, goValue(f.value.Type, l))
	}
}

func (b *builder) reportMisfit(f fit, l *syntax.Literal, what string) {
	problem := b.misfit(f, l)
	if problem == "" {
		return
	}
	rule := "E007"
	if f.value.Type == Integer && l.Whole && !isInteger(l) {
		rule = "G106"
	}
	b.report(diag.New(l.Pos, rule, "%s %s", what, problem))
}

// fit is what a literal is held against.
type fit struct {
	value    *Value
	nullable bool
}

// misfit says why a literal is not valid, and "" when it is.
func (b *builder) misfit(f fit, l *syntax.Literal) string {
	if l.Kind == syntax.Invalid || l.Kind == syntax.Null && f.nullable {
		return ""
	}
	v := f.value
	switch v.Type {
	case String:
		return b.textMisfit(v, l)
	case Integer, Number:
		return b.numberMisfit(v, l)
	case Boolean:
		return wrongKind(l, syntax.Boolean, "true or false", v)
	case Array:
		return b.listMisfit(v, l)
	case Map:
		return b.mapMisfit(v, l)
	case Object:
		return b.objectMisfit(v, l)
	default:
		return ""
	}
}

func wrongKind(l *syntax.Literal, want syntax.Kind, name string, v *Value) string {
	switch {
	case l.Kind != want:
		return fmt.Sprintf("is %s, not %s", describe(l), name)
	case v.Const != nil && v.Const != goValue(v.Type, l):
		return fmt.Sprintf("is %s, not the constant", describe(l))
	default:
		return ""
	}
}

func (b *builder) textMisfit(v *Value, l *syntax.Literal) string {
	if problem := wrongKind(l, syntax.Text, "text", v); problem != "" {
		return problem
	}
	length := utf8.RuneCountInString(l.Text)
	switch {
	case v.MinLength != nil && length < *v.MinLength:
		return fmt.Sprintf("is shorter than minLength %d", *v.MinLength)
	case v.MaxLength != nil && length > *v.MaxLength:
		return fmt.Sprintf("is longer than maxLength %d", *v.MaxLength)
	case v.Pattern != "" && !b.patterns[v.Pattern].MatchString(l.Text):
		return describe(l) + " does not match the pattern"
	case v.Format != "" && !formats[v.Format](l.Text):
		return describe(l) + " is not of format " + v.Format
	default:
		return b.enumMisfit(v.Enum, l.Text, l)
	}
}

func (b *builder) numberMisfit(v *Value, l *syntax.Literal) string {
	if problem := wrongKind(l, syntax.Number, "a number", v); problem != "" {
		return problem
	}
	switch {
	case math.IsInf(l.Number, 0) || math.IsNaN(l.Number):
		return "is not finite"
	case v.Type == Integer && !isInteger(l):
		return l.Text + " is not a whole number from -2^53 to 2^53"
	case v.Minimum != nil && l.Number < *v.Minimum:
		return fmt.Sprintf("%s is less than the minimum %v", l.Text, *v.Minimum)
	case v.Maximum != nil && l.Number > *v.Maximum:
		return fmt.Sprintf("%s is greater than the maximum %v", l.Text, *v.Maximum)
	default:
		return b.enumMisfit(v.Enum, l.Integer, l)
	}
}

func (b *builder) listMisfit(v *Value, l *syntax.Literal) string {
	if problem := wrongKind(l, syntax.List, "a list", v); problem != "" {
		return problem
	}
	switch {
	case v.MinItems != nil && len(l.Items) < *v.MinItems:
		return fmt.Sprintf("has fewer items than minItems %d", *v.MinItems)
	case v.MaxItems != nil && len(l.Items) > *v.MaxItems:
		return fmt.Sprintf("has more items than maxItems %d", *v.MaxItems)
	case v.Items == nil: // reported
		return ""
	}
	seen := map[string]bool{}
	for i := range l.Items {
		item := &l.Items[i]
		if problem := b.misfit(fit{value: v.Items}, item); problem != "" {
			return fmt.Sprintf("is not valid: item %d %s", i+1, problem)
		}
		key := canonical(item)
		if v.UniqueItems && seen[key] {
			return fmt.Sprintf("is not valid: item %d occurs twice", i+1)
		}
		seen[key] = true
	}
	return ""
}

func (b *builder) mapMisfit(v *Value, l *syntax.Literal) string {
	if problem := wrongKind(l, syntax.Object, "a mapping", v); problem != "" || v.Values == nil {
		return problem
	}
	for i := range l.Members {
		m := &l.Members[i]
		if problem := b.misfit(fit{value: v.Values}, &m.Value); problem != "" {
			return fmt.Sprintf("is not valid: %s %s", quote(m.Name), problem)
		}
	}
	return ""
}

func (b *builder) objectMisfit(v *Value, l *syntax.Literal) string {
	if problem := wrongKind(l, syntax.Object, "a mapping", v); problem != "" || v.Fields == nil {
		return problem
	}
	missing := map[string]bool{}
	properties := map[string]*Property{}
	for _, p := range v.Fields.Properties {
		properties[p.Name] = p
		missing[p.Name] = p.Required
	}
	for i := range l.Members {
		m := &l.Members[i]
		p, ok := properties[m.Name]
		if !ok {
			return "is not valid: there is no property " + quote(m.Name)
		}
		missing[m.Name] = false
		if p.Value == nil {
			continue
		}
		if problem := b.misfit(fit{value: p.Value, nullable: p.Nullable}, &m.Value); problem != "" {
			return fmt.Sprintf("is not valid: %s %s", quote(m.Name), problem)
		}
	}
	for _, p := range v.Fields.Properties {
		if missing[p.Name] {
			return "is not valid: " + quote(p.Name) + " is missing"
		}
	}
	return ""
}

func (b *builder) enumMisfit(e *Enum, key any, l *syntax.Literal) string {
	if e == nil || b.members(e)[key] {
		return ""
	}
	return describe(l) + " is not in the enum"
}

// members returns the values of an enum as a set.
func (b *builder) members(e *Enum) map[any]bool {
	set, ok := b.enumMembers[e]
	if !ok {
		set = make(map[any]bool, len(e.Values))
		for _, v := range e.Values {
			if e.Integers {
				set[v.Integer] = true
			} else {
				set[v.String] = true
			}
		}
		b.enumMembers[e] = set
	}
	return set
}

// goValue returns a literal as the Go value that a model holds: integers as int64 where the type asks for them or leaves it
// open, other numbers as float64.
func goValue(t Type, l *syntax.Literal) any {
	switch l.Kind {
	case syntax.Boolean:
		return l.True
	case syntax.Text:
		return l.Text
	case syntax.Number:
		if t != Number && isInteger(l) {
			return l.Integer
		}
		return l.Number
	case syntax.List:
		items := make([]any, len(l.Items))
		for i := range l.Items {
			items[i] = goValue(Any, &l.Items[i])
		}
		return items
	case syntax.Object:
		members := make(map[string]any, len(l.Members))
		for i := range l.Members {
			members[l.Members[i].Name] = goValue(Any, &l.Members[i].Value)
		}
		return members
	default:
		return nil
	}
}

// canonical returns a text that is equal for equal JSON values. Maps print in the order of their keys.
func canonical(l *syntax.Literal) string {
	return fmt.Sprintf("%d %#v", l.Kind, goValue(Number, l))
}

// describe names a literal in messages, shortened.
func describe(l *syntax.Literal) string {
	switch {
	case l.Kind == syntax.Text && utf8.RuneCountInString(l.Text) > 40:
		return strconv.Quote(string([]rune(l.Text)[:40])) + "…"
	case l.Kind == syntax.Text:
		return strconv.Quote(l.Text)
	case l.Kind == syntax.Number:
		return l.Text
	case l.Kind == syntax.Boolean:
		return strconv.FormatBool(l.True)
	default:
		return l.Kind.String()
	}
}
