package runtime

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Validator checks a payload against the JSON Schema of an event, before redaction. Its error must not quote values. It is
// used from many goroutines at once. Package schemacheck has one.
type Validator interface {
	Validate(event string, properties map[string]any) error
}

// TrackMap tracks an event that is named at run time, for payloads that come from elsewhere. An event or property that is
// not declared is an error; everything else is as with a generated Track function, redaction included. It is slower, for it
// validates by JSON Schema, and needs WithSchemas.
func (c *Client) TrackMap(
	ctx context.Context, distinctID, name string, properties map[string]any, opts ...EventOption,
) error {
	if c == nil {
		return ErrNilClient
	}
	e, err := c.lookUp(name)
	var plain map[string]any
	if err == nil {
		plain, err = c.checkMap(name, properties)
	}
	if err != nil {
		c.reject(eventLabel(e), rejection(err), err)
		if c.recorder != nil {
			c.recorder(Recorded{Event: name, Value: properties, DistinctID: distinctID, Err: err})
		}
		return err
	}
	w := c.Begin(ctx, e, distinctID, opts)
	w.members(plain)
	if w.Recording() {
		w.Record(plain)
	}
	return w.Commit()
}

// eventLabel names an event in statistics; undeclared names share one label, for there is no end of them.
func eventLabel(e *Event) string {
	if e == nil {
		return "(undeclared)"
	}
	return e.Name
}

// lookUp finds a tracked event by its wire name.
func (c *Client) lookUp(name string) (*Event, error) {
	for _, reg := range c.registries {
		for _, e := range reg.All() {
			if e.Name == name && e.Kind == KindTrack {
				return e, nil
			}
		}
	}
	return nil, undeclaredEvent(name)
}

// checkMap brings the payload into plain form and lets the validator judge it.
func (c *Client) checkMap(name string, properties map[string]any) (map[string]any, error) {
	if c.validator == nil {
		return nil, ErrNoValidator
	}
	tree, err := plainMap(properties, maxDepth)
	if err != nil {
		return nil, &ValidationError{Event: name, Violations: []Violation{{Rule: RuleUnencodable, Detail: err.Error()}}}
	}
	members, _ := tree.(map[string]any)
	return members, c.validator.Validate(name, members)
}

// members writes the members of an object from plain form.
func (w *Writer) members(properties map[string]any) {
	fields := w.inner.fields
	declared := 0
	for i := range fields {
		value, ok := properties[fields[i].name]
		if ok {
			declared++
		}
		w.member(&fields[i], value, ok)
	}
	if declared == len(properties) {
		return
	}
	for _, key := range Keys(properties) {
		if !slices.ContainsFunc(fields, func(f fieldPlan) bool { return f.name == key }) {
			w.violateContainer(RuleUndeclared, spellable(key))
		}
	}
}

// spellable returns a name for use in an error text where it looks like the name of a property; anything else may be data.
func spellable(name string) string {
	if len(name) > 64 {
		return ""
	}
	for i := range len(name) {
		if c := name[i]; c != '_' && c != '$' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return ""
		}
	}
	return strconv.Quote(name)
}

func (w *Writer) member(f *fieldPlan, value any, ok bool) {
	switch {
	case f.value.Const != "" && (ok || f.required):
		w.Const()
	case !ok:
		w.Opt(Unset)
	case value == nil && f.value.Type != Any:
		w.Opt(IsNull)
	default:
		w.dynamic(&f.value, value)
	}
}

// dynamic writes a value from plain form.
func (w *Writer) dynamic(v *valuePlan, value any) {
	switch {
	case v.Type == Any:
		w.Any(value)
	case v.Enum != nil:
		w.dynamicEnum(v, value)
	case !w.dynamicScalar(v, value) && !w.dynamicContainer(v, value):
		w.mistyped()
	}
}

// mistyped records that the value that comes next has another type than declared, and skips it.
func (w *Writer) mistyped() {
	_, _ = w.next()
	w.violate(RuleType, "")
}

func (w *Writer) dynamicEnum(v *valuePlan, value any) {
	var position uint16
	var err error
	switch value := value.(type) {
	case string:
		position, err = v.Enum.Parse(value)
	case int64:
		position, err = v.Enum.ParseInteger(value)
	default:
		w.mistyped()
		return
	}
	if err != nil {
		position = math.MaxUint16
	}
	w.Enum(position)
}

// dynamicScalar writes a scalar and reports whether the value is one of the declared type.
func (w *Writer) dynamicScalar(v *valuePlan, value any) bool {
	switch value := value.(type) {
	case string:
		return v.Type == String && w.dynamicString(v, value)
	case bool:
		if v.Type == Boolean {
			w.Boolean(value)
			return true
		}
	case int64:
		return w.dynamicInteger(v, value)
	case float64:
		if v.Type == Number {
			w.Number(value)
			return true
		}
		if whole := int64(value); v.Type == Integer && math.Abs(value) <= MaxInteger && float64(whole) == value {
			w.Integer(whole)
			return true
		}
	}
	return false
}

func (w *Writer) dynamicInteger(v *valuePlan, n int64) bool {
	switch v.Type {
	case Integer:
		w.Integer(n)
	case Number:
		w.Number(float64(n))
	default:
		return false
	}
	return true
}

// dynamicString writes a string; one that spells a date-time as JSON Schema lets it is brought into our form.
func (w *Writer) dynamicString(v *valuePlan, s string) bool {
	if v.Format != Time {
		w.String(s)
		return true
	}
	t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(s))
	if err != nil {
		return false
	}
	w.Time(t)
	return true
}

// dynamicContainer writes an object, array or map and reports whether the value is one of the declared type.
func (w *Writer) dynamicContainer(v *valuePlan, value any) bool {
	switch value := value.(type) {
	case []any:
		if v.Type != Array {
			return false
		}
		w.Array(len(value))
		for _, item := range value {
			w.item(v.items, item)
		}
	case map[string]any:
		if v.Type != Objects && v.Type != Map {
			return false
		}
		w.dynamicMap(v, value)
	default:
		return false
	}
	w.End()
	return true
}

func (w *Writer) dynamicMap(v *valuePlan, value map[string]any) {
	if v.Type == Objects {
		w.Object()
		w.members(value)
		return
	}
	w.Map(len(value))
	for _, key := range Keys(value) {
		w.Key(key)
		w.item(v.items, value[key])
	}
}

func (w *Writer) item(v *valuePlan, value any) {
	if value == nil && v.Type != Any {
		w.mistyped()
		return
	}
	w.dynamic(v, value)
}
