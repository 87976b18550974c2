package eventstest_test

import (
	"context"
	"time"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// registry is what a generator would make of two events that between them have a property of every kind.
var registry = &runtime.Registry{
	Package: "shop",
	Policy: redact.Policy{
		{Category: "user.contact.email", Strategies: redact.Strategies{PostHog: redact.Hash, Audit: redact.Keep}, Reason: "Test."},
	},
	Events: []*runtime.Event{&eventOrdered, &eventPaid},
}

type ordered struct {
	_ struct{}

	ID      string
	Channel channel
	Contact redact.String
	Note    runtime.Opt[redact.String]
	Count   runtime.Opt[int64]
	Paid    runtime.Opt[bool]
	At      time.Time
	Lines   []line
	Prices  map[string]float64
	Ages    map[string]redact.Value[int64]
	Where   place
	Extra   runtime.Opt[any]
}

type line struct {
	_ struct{}

	SKU  string
	Tags runtime.Opt[[]string]
}

type place struct {
	_ struct{}

	City string
}

type paid struct {
	_ struct{}

	ID    string
	Count runtime.Opt[int64]
}

type channel uint8

const (
	channelWeb channel = iota + 1
	channelShop
)

var enumChannel = runtime.Enum{Strings: []string{"web", "shop"}}

func (c channel) String() string { return enumChannel.String(uint16(c)) }

var (
	text  = runtime.Value{Type: runtime.String, MinLength: 1}
	email = runtime.Value{Type: runtime.String, Category: "user.contact.email"}
	count = runtime.Value{Type: runtime.Integer, Range: &runtime.Range{Min: 0, Max: 9}}

	objectLine = runtime.Object{Properties: []runtime.Property{
		{Name: "sku", Required: true, Value: text},
		{Name: "tags", Value: runtime.Value{Type: runtime.Array, Items: &text}},
	}}
	objectPlace = runtime.Object{Properties: []runtime.Property{{Name: "city", Required: true, Value: text}}}

	eventOrdered = runtime.Event{Name: "ordered", Object: runtime.Object{Properties: []runtime.Property{
		{Name: "id", Required: true, Value: text},
		{Name: "channel", Required: true, Value: runtime.Value{Type: runtime.String, Enum: &enumChannel}},
		{Name: "contact", Required: true, Value: email},
		{Name: "note", Nullable: true, Value: email},
		{Name: "count", Nullable: true, Value: count},
		{Name: "paid", Value: runtime.Value{Type: runtime.Boolean}},
		{Name: "at", Required: true, Value: runtime.Value{Type: runtime.String, Format: runtime.Time}},
		{Name: "lines", Required: true, Value: runtime.Value{
			Type: runtime.Array, Items: &runtime.Value{Type: runtime.Objects, Object: &objectLine},
		}},
		{Name: "prices", Required: true, Value: runtime.Value{Type: runtime.Map, Values: &runtime.Value{Type: runtime.Number}}},
		{Name: "ages", Required: true, Value: runtime.Value{Type: runtime.Map, Values: &runtime.Value{
			Type: runtime.Integer, Category: "user.demographic.age",
		}}},
		{Name: "where", Required: true, Value: runtime.Value{Type: runtime.Objects, Object: &objectPlace}},
		{Name: "extra", Value: runtime.Value{Type: runtime.Any}},
	}}}

	eventPaid = runtime.Event{
		Name:         "paid",
		Destinations: []redact.Destination{redact.Audit},
		Object: runtime.Object{Properties: []runtime.Property{
			{Name: "id", Required: true, Value: text},
			{Name: "count", Value: count},
		}},
	}
)

func trackOrdered(ctx context.Context, c *runtime.Client, id string, e ordered, opts ...runtime.EventOption) error {
	w := c.Begin(ctx, &eventOrdered, id, opts)
	e.write(w)
	if w.Recording() {
		w.Record(e)
	}
	return w.Commit()
}

func (e *ordered) write(w *runtime.Writer) {
	w.String(e.ID)
	w.Enum(uint16(e.Channel))
	w.String(e.Contact.Reveal())
	w.OptString(runtime.Reveal(e.Note))
	w.OptInteger(e.Count)
	w.OptBoolean(e.Paid)
	w.Time(e.At)
	w.Array(len(e.Lines))
	for i := range e.Lines {
		w.Object()
		e.Lines[i].write(w)
		w.End()
	}
	w.End()
	w.Map(len(e.Prices))
	for _, key := range runtime.Keys(e.Prices) {
		w.Key(key)
		w.Number(e.Prices[key])
	}
	w.End()
	w.Map(len(e.Ages))
	for _, key := range runtime.Keys(e.Ages) {
		w.Key(key)
		w.Integer(e.Ages[key].Reveal())
	}
	w.End()
	w.Object()
	w.String(e.Where.City)
	w.End()
	if w.Opt(e.Extra.State) {
		w.Any(e.Extra.Value)
	}
}

func (l *line) write(w *runtime.Writer) {
	w.String(l.SKU)
	if w.Opt(l.Tags.State) {
		v := l.Tags.Value
		w.Array(len(v))
		for _, item := range v {
			w.String(item)
		}
		w.End()
	}
}

func trackPaid(ctx context.Context, c *runtime.Client, id string, e paid, opts ...runtime.EventOption) error {
	w := c.Begin(ctx, &eventPaid, id, opts)
	w.String(e.ID)
	w.OptInteger(e.Count)
	if w.Recording() {
		w.Record(e)
	}
	return w.Commit()
}

// sample returns a valid order. Its classified values contain "secret".
func sample() ordered {
	return ordered{
		ID: "o1", Channel: channelWeb, Contact: redact.Raw("secret@example.com"), Count: runtime.Int(2),
		Note:   runtime.Some(redact.Raw("secret note")),
		At:     time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC),
		Lines:  []line{{SKU: "a", Tags: runtime.Some([]string{"new"})}, {SKU: "b"}},
		Prices: map[string]float64{"EUR": 9.5, "GBP": 8},
		Ages:   map[string]redact.Value[int64]{"secret name": redact.Wrap[int64](41)},
		Where:  place{City: "Berlin"},
		Extra:  runtime.Some[any](map[string]any{"k": 1}),
	}
}
