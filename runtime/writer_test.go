package runtime

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// order stands for generated code: an event with a property of every kind.
type order struct {
	ID       string
	Contact  redact.String
	State    uint8
	Count    Opt[int64]
	Ratio    Opt[float64]
	Paid     Opt[bool]
	Note     Opt[redact.String]
	Priority Opt[uint8]
	At       time.Time
	Until    Opt[time.Time]
	Tags     Opt[[]string]
	Lines    []orderLine
	Prices   map[string]float64
	Extra    any
}

type orderLine struct {
	SKU   string
	Codes []int64
}

var (
	enumState = Enum{Strings: []string{"open", "done"}}
	enumLevel = Enum{Integers: []int64{10, 20}}

	objectOrderLine = Object{Properties: []Property{
		{Name: "sku", Required: true, Value: Value{Type: String, MinLength: 2, MaxLength: 4, Pattern: "^[a-zé]+$"}},
		{Name: "codes", Required: true, Value: Value{Type: Array, MaxItems: 2, Items: &Value{Type: Integer, Range: &Range{Min: 0, Max: 9}}}},
	}}

	eventOrder = Event{Name: "order", Object: Object{Properties: []Property{
		{Name: "id", Required: true, Value: Value{Type: String, Format: UUIDFormat}},
		{Name: "contact", Required: true, Value: Value{Type: String, Format: Email, Category: "user.contact.email"}},
		{Name: "state", Required: true, Value: Value{Type: String, Enum: &enumState}},
		{Name: "schema", Required: true, Value: Value{Type: String, Const: `"v1"`}},
		{Name: "count", Value: Value{Type: Integer, Range: &Range{Min: 1, Max: 3}}},
		{Name: "ratio", Nullable: true, Value: Value{Type: Number}},
		{Name: "paid", Value: Value{Type: Boolean}},
		{Name: "note", Nullable: true, Value: Value{Type: String, MaxLength: Zero, Category: "user.name"}},
		{Name: "priority", Required: true, Nullable: true, Value: Value{Type: Integer, Enum: &enumLevel}},
		{Name: "at", Required: true, Value: Value{Type: String, Format: Time}},
		{Name: "until", Value: Value{Type: String, Format: Time}},
		{Name: "tags", Value: Value{Type: Array, MinItems: 1, UniqueItems: true, Items: &Value{Type: String}}},
		{Name: "lines", Required: true, Value: Value{Type: Array, UniqueItems: true, Items: &Value{Type: Objects, Object: &objectOrderLine}}},
		{Name: "prices", Required: true, Value: Value{Type: Map, Values: &Value{Type: Number, Range: &Range{Min: 0, Max: math.MaxFloat64}}}},
		{Name: "extra", Required: true, Value: Value{Type: Any}},
	}}}
)

func (o *order) write(w *Writer) {
	w.String(o.ID)
	w.String(o.Contact.Reveal())
	w.Enum(uint16(o.State))
	w.Const()
	w.OptInteger(o.Count)
	w.OptNumber(o.Ratio)
	w.OptBoolean(o.Paid)
	w.OptString(Reveal(o.Note))
	w.OptEnum(o.Priority.State, uint16(o.Priority.Value))
	w.Time(o.At)
	w.OptTime(o.Until)
	if w.Opt(o.Tags.State) {
		v := o.Tags.Value
		w.Array(len(v))
		for _, item := range v {
			w.String(item)
		}
		w.End()
	}
	w.Array(len(o.Lines))
	for i := range o.Lines {
		w.Object()
		o.Lines[i].write(w)
		w.End()
	}
	w.End()
	w.Map(len(o.Prices))
	for _, key := range Keys(o.Prices) {
		w.Key(key)
		w.Number(o.Prices[key])
	}
	w.End()
	w.Any(o.Extra)
}

func (l *orderLine) write(w *Writer) {
	w.String(l.SKU)
	w.Array(len(l.Codes))
	for _, code := range l.Codes {
		w.Integer(code)
	}
	w.End()
}

func (o order) Validate() error {
	w := eventOrder.Check()
	o.write(w)
	return w.Commit()
}

// validOrder is a payload without a violation.
func validOrder() order {
	return order{
		ID: "0189d0f5-7b1e-7c3a-9f00-0123456789ab", Contact: redact.Raw("jo@example.com"), State: 2, Count: Int(2),
		Ratio: Null[float64](), Paid: Some(false), Note: Null[redact.String](), Priority: Some[uint8](1),
		At: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Tags: Some([]string{"a", "b"}),
		Lines:  []orderLine{{SKU: "abc", Codes: []int64{1, 2}}, {SKU: "éé"}},
		Prices: map[string]float64{"net": 1.5, "gross": 2},
		Extra:  map[string]any{"k": []any{1, "x", nil, true}},
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*order)
		want   []string
	}{
		"valid":          {func(*order) {}, nil},
		"format":         {func(o *order) { o.ID = "x" }, []string{"id: format (uuid)"}},
		"UTF-8":          {func(o *order) { o.ID = "\xff" }, []string{"id: utf8"}},
		"classified":     {func(o *order) { o.Contact = redact.Raw("secret") }, []string{"contact: format (email)"}},
		"zero enum":      {func(o *order) { o.State = 0 }, []string{"state: required (zero enum)"}},
		"unknown enum":   {func(o *order) { o.State = 3 }, []string{"state: enum"}},
		"minimum":        {func(o *order) { o.Count = Int(0) }, []string{"count: minimum (at least 1)"}},
		"maximum":        {func(o *order) { o.Count = Int(4) }, []string{"count: maximum (at most 3)"}},
		"huge integer":   {func(o *order) { o.Count = Int(MaxInteger + 1) }, []string{"count: type (beyond ±2^53)"}},
		"null":           {func(o *order) { o.Count = Null[int64]() }, []string{"count: type (null is not allowed)"}},
		"NaN":            {func(o *order) { o.Ratio = Float(math.NaN()) }, []string{"ratio: type (not a finite number)"}},
		"limit of zero":  {func(o *order) { o.Note = Some(redact.Raw("x")) }, []string{"note: maxLength (at most 0)"}},
		"missing":        {func(o *order) { o.Priority = Opt[uint8]{} }, []string{"priority: required"}},
		"required null":  {func(o *order) { o.Priority = Null[uint8]() }, nil},
		"zero time":      {func(o *order) { o.At = time.Time{} }, []string{"at: required (zero time)"}},
		"year":           {func(o *order) { o.At = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }, []string{"at: format (date-time)"}},
		"minItems":       {func(o *order) { o.Tags = Some([]string(nil)) }, []string{"tags: minItems (at least 1)"}},
		"equal strings":  {func(o *order) { o.Tags = Some([]string{"a", "b", "a"}) }, []string{"tags: uniqueItems"}},
		"equal objects":  {func(o *order) { o.Lines[1] = o.Lines[0] }, []string{"lines: uniqueItems"}},
		"nested":         {func(o *order) { o.Lines[1].Codes = []int64{0, 10} }, []string{"lines[1].codes[1]: maximum (at most 9)"}},
		"maxItems":       {func(o *order) { o.Lines[0].Codes = []int64{1, 2, 3} }, []string{"lines[0].codes: maxItems (at most 2)"}},
		"characters":     {func(o *order) { o.Lines[1].SKU = "ééééé" }, []string{"lines[1].sku: maxLength (at most 4)"}},
		"few characters": {func(o *order) { o.Lines[1].SKU = "é" }, []string{"lines[1].sku: minLength (at least 2)"}},
		"pattern":        {func(o *order) { o.Lines[0].SKU = "ab1" }, []string{"lines[0].sku: pattern (^[a-zé]+$)"}},
		"map value":      {func(o *order) { o.Prices["net"] = -1 }, []string{`prices["net"]: minimum (at least 0)`}},
		"map key":        {func(o *order) { o.Prices["\xff"] = 1 }, []string{"prices[*]: utf8 (key)"}},
		"no JSON form":   {func(o *order) { o.Extra = map[string]any{"f": func() {}} }, []string{"extra: unencodable (func() has no JSON form)"}},
		"several": {func(o *order) { o.ID, o.State = "", 9 }, []string{
			"id: format (uuid)", "state: enum",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := validOrder()
			test.change(&o)
			if got := violationsOf(t, o.Validate()); !slices.Equal(got, test.want) {
				t.Errorf("got %q\nwant %q", got, test.want)
			}
		})
	}
}

func violationsOf(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var invalid *ValidationError
	if !errors.As(err, &invalid) {
		t.Fatalf("not a ValidationError: %v", err)
	}
	var texts []string
	for _, v := range invalid.Violations {
		texts = append(texts, v.String())
	}
	return texts
}

func TestViolationsAreBounded(t *testing.T) {
	t.Parallel()
	o := validOrder()
	for range 5 * maxViolations {
		o.Prices[string(newUUID(time.Now().UnixMicro()).append(nil))] = -1
	}
	var invalid *ValidationError
	if !errors.As(o.Validate(), &invalid) || len(invalid.Violations) != maxViolations || invalid.More != 4*maxViolations {
		t.Fatalf("%d violations and %d more", len(invalid.Violations), invalid.More)
	}
}

func TestSelfContainingValueEnds(t *testing.T) {
	t.Parallel()
	o := validOrder()
	loop := map[string]any{}
	loop["self"] = loop
	o.Extra = loop
	if got := violationsOf(t, o.Validate()); !slices.Equal(got, []string{"extra: unencodable (nested too deeply)"}) {
		t.Errorf("got %q", got)
	}
}

// panicker has a JSON form that cannot be had.
type panicker struct{}

func (panicker) MarshalJSON() ([]byte, error) { panic("secret") }

func TestPanicOfAValueIsAViolation(t *testing.T) {
	t.Parallel()
	o := validOrder()
	o.Extra = panicker{}
	if got := violationsOf(t, o.Validate()); len(got) != 1 || containsAny(got[0], "secret") {
		t.Errorf("got %q", got)
	}
}
