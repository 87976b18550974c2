package taxonomy

import (
	"slices"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// keyword is a keyword that constrains values of some types.
type keyword struct {
	name  string
	types []Type
	// apply copies the keyword into the value and reports what is wrong with it; nil for those that hold further values.
	apply func(*reading)
}

// keywords are applied in this order: the format first, since it decides what else a string may have.
var keywords = []keyword{
	{"format", []Type{String}, func(r *reading) { r.value.Format = string(r.spec.Format) }},
	{"enum", []Type{String, Integer}, (*reading).enum},
	{"const", []Type{String, Integer, Number, Boolean}, (*reading).constant},
	{"minLength", []Type{String}, func(r *reading) { r.value.MinLength = r.spec.MinLength }},
	{"maxLength", []Type{String}, func(r *reading) { r.value.MaxLength = r.spec.MaxLength }},
	{"pattern", []Type{String}, (*reading).pattern},
	{"minimum", []Type{Integer, Number}, func(r *reading) { r.value.Minimum = r.bound("minimum", r.spec.Minimum) }},
	{"maximum", []Type{Integer, Number}, func(r *reading) { r.value.Maximum = r.bound("maximum", r.spec.Maximum) }},
	{"minItems", []Type{Array}, func(r *reading) { r.value.MinItems = r.spec.MinItems }},
	{"maxItems", []Type{Array}, func(r *reading) { r.value.MaxItems = r.spec.MaxItems }},
	{"uniqueItems", []Type{Array}, func(r *reading) { r.value.UniqueItems = r.spec.UniqueItems }},
	{"items", []Type{Array}, nil},
	{"values", []Type{Map}, nil},
	{"properties", []Type{Object}, nil},
}

// notOnTime are keywords of strings that a date-time, which is a time.Time in Go, cannot have.
var notOnTime = []string{"enum", "const", "minLength", "maxLength", "pattern"}

// applyKeywords reads every keyword that the value has.
func (r *reading) applyKeywords() {
	for _, k := range keywords {
		if !r.at.Has(k.name) || !r.allowed(k) {
			continue
		}
		if r.def != nil {
			r.def.set[k.name] = r.at.KeyPos(k.name)
		}
		if k.apply != nil {
			k.apply(r)
		} else {
			r.contents()
		}
	}
}

// contents builds what a container holds.
func (r *reading) contents() {
	switch r.value.Type {
	case Array:
		r.value.Items = r.element(r.spec.Items)
	case Map:
		r.value.Values = r.element(r.spec.Values)
	default:
		r.object()
	}
}

// allowed reports a keyword that has no effect here, or that the named type already has.
func (r *reading) allowed(k keyword) bool {
	at := r.at.KeyPos(k.name)
	switch {
	case !slices.Contains(k.types, r.value.Type):
		r.b.report(diag.New(at, "E012", "%s has no meaning for type %s", k.name, r.value.Type).
			WithFix("%s", misplaced[k.name+" "+string(r.value.Type)]))
	case r.value.Format == "date-time" && slices.Contains(notOnTime, k.name):
		r.b.report(diag.New(at, "E012", "%s has no meaning for date-time, which is a time.Time", k.name))
	case r.base != nil && (r.base.value.Enum != nil || r.base.value.Const != nil):
		r.b.report(diag.New(at, "E012", "type %s lists its values, so %s has no effect", r.base.name, k.name).
			WithRelated(r.base.pos, "defined here"))
	case r.base != nil && r.base.has(k.name):
		r.b.report(diag.New(at, "E012", "type %s already has %s", r.base.name, k.name).
			WithRelated(r.base.set[k.name], "set here").WithFix("remove it here, or from the type"))
	default:
		return true
	}
	return false
}

func (def *typeDef) has(keyword string) bool {
	_, ok := def.set[keyword]
	return ok
}

// misplaced advises on keywords that people expect on other types, by keyword and type.
var misplaced = map[string]string{
	"enum boolean":      "a boolean is true or false already; use const for one of the two",
	"enum number":       "use type: integer, strings, or minimum and maximum",
	"maximum string":    "use maxLength",
	"minimum string":    "use minLength",
	"maxLength array":   "use maxItems",
	"minLength array":   "use minItems",
	"maxLength integer": "use maximum",
	"minLength integer": "use minimum",
	"maxLength number":  "use maximum",
	"minLength number":  "use minimum",
	"items map":         "use values",
	"values object":     "use type: map",
	"properties map":    "use type: object",
	"items string":      "use type: array",
	"properties string": "use type: object",
}

func (r *reading) pattern() {
	if r.b.compile(r.spec.Pattern, r.at.ValuePos("pattern")) != nil {
		r.value.Pattern = r.spec.Pattern
	}
}

// maxInteger is the largest integer that float64 and so every receiver keeps exactly, 2^53.
const maxInteger = 1 << 53

// bound returns the number under minimum or maximum, or nil after reporting why it is none.
func (r *reading) bound(name string, l *syntax.Numeral) *float64 {
	at := r.at.ValuePos(name)
	switch {
	case l.Kind == syntax.Invalid:
		return nil
	case r.value.Type == Integer && !isInteger(&l.Literal):
		r.b.report(diag.New(at, "G106", "%s of an integer must be a whole number from -2^53 to 2^53", name))
		return nil
	}
	n := l.Number
	return &n
}

// isInteger reports whether l is a whole number within ±2^53.
func isInteger(l *syntax.Literal) bool {
	return l.Whole && l.Integer >= -maxInteger && l.Integer <= maxInteger
}

// checkBounds reports lower bounds above their upper bounds.
func (r *reading) checkBounds() {
	v := r.value
	if v.Minimum != nil && v.Maximum != nil && *v.Minimum > *v.Maximum {
		r.contradiction("minimum", "maximum")
	}
	if v.MinLength != nil && v.MaxLength != nil && *v.MinLength > *v.MaxLength {
		r.contradiction("minLength", "maxLength")
	}
	if v.MinItems != nil && v.MaxItems != nil && *v.MinItems > *v.MaxItems {
		r.contradiction("minItems", "maxItems")
	}
}

func (r *reading) contradiction(low, high string) {
	d := diag.New(r.keywordPos(low), "E010", "%s is greater than %s", low, high)
	r.b.report(d.WithRelated(r.keywordPos(high), "%s is here", high))
}

// keywordPos returns the place of a keyword that is set here or by the named type.
func (r *reading) keywordPos(name string) diag.Position {
	if !r.at.Has(name) && r.base != nil {
		return r.base.set[name]
	}
	return r.at.KeyPos(name)
}
