package taxonomy

import (
	"strings"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

func (b *builder) events() []*Event {
	var out []*Event
	first := map[string]diag.Position{}
	for _, f := range b.files {
		owner := orElse(f.Owner, b.files[0].Owner)
		for _, e := range f.Events.Entries {
			if at, ok := first[e.Name]; ok {
				b.duplicate(e.Pos, "event "+quote(e.Name), at)
				continue
			}
			first[e.Name] = e.Pos
			event := b.event(e)
			event.Owner = orElse(event.Owner, owner)
			out = append(out, event)
		}
	}
	return out
}

func (b *builder) event(e syntax.Entry[*syntax.Event]) *Event {
	spec := e.Value
	b.eventName(e.Name, e.Pos)
	return &Event{
		Name:         e.Name,
		GoName:       b.goName(&spec.Mapping, spec.GoName),
		Description:  spec.Description,
		Owner:        spec.Owner,
		Deprecated:   spec.Deprecated.Sentence(),
		Stability:    string(spec.Stability),
		Formerly:     spec.Formerly,
		Tags:         spec.Tags,
		NoLint:       b.noLint(&spec.Mapping, spec.NoLint),
		Destinations: b.destinations(spec),
		Sampling:     b.sampling(spec.Sampling),
		Purpose:      string(spec.Purpose),
		Retention:    string(spec.Retention),
		Properties:   b.flatten(spec.Include, &spec.Mapping, b.ownProperties(spec.Properties)),
		Pos:          e.Pos,
	}
}

func (b *builder) eventName(name string, at diag.Position) {
	b.wireName(name, at)
	if len(name) > maxEventName && len(name) <= maxName {
		b.report(diag.New(at, "G108", "the event name is %d bytes long, more than %d", len(name), maxEventName))
	}
	if _, reserved := reservedNames[name]; strings.HasPrefix(name, "$") || reserved {
		b.reserved("event", name, at)
	}
}

// destinations returns where an event goes, in the order in which destinations are always listed.
func (b *builder) destinations(spec *syntax.Event) []string {
	listed := map[syntax.Destination]int{}
	for i, d := range spec.Destinations {
		if first, ok := listed[d]; ok && d != "" {
			b.duplicate(spec.ItemPos("destinations", i), "destination "+string(d), spec.ItemPos("destinations", first))
			continue
		}
		listed[d] = i
	}
	var out []string
	for _, d := range syntax.Destinations() {
		if _, ok := listed[syntax.Destination(d)]; ok {
			out = append(out, d)
		}
	}
	if spec.HasList("destinations") && len(spec.Destinations) == 0 {
		b.report(diag.New(spec.ValuePos("destinations"), "E010", "an event without destinations goes nowhere").
			WithFix("remove the key, and it goes everywhere"))
	}
	if len(out) == 0 {
		return syntax.Destinations()
	}
	return out
}

func (b *builder) sampling(spec *syntax.Sampling) float64 {
	if spec == nil || spec.Rate == nil || spec.Rate.Kind == syntax.Invalid {
		return 1
	}
	return b.share(spec.Rate, "a sampling rate")
}

// share returns a share of the events, after reporting one that keeps none or more than all.
func (b *builder) share(rate *syntax.Numeral, what string) float64 {
	if rate.Number <= 0 || rate.Number > 1 {
		b.report(diag.New(rate.Pos, "E010", "%s is above 0 and at most 1", what))
	}
	return rate.Number
}
