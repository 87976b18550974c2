package main

import (
	"fmt"
	"strings"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/runtime"
)

func (d *demo) heading(text string) { fmt.Fprintf(d.out, "\n%s\n\n", text) }

func (d *demo) say(format string, args ...any) { fmt.Fprintf(d.out, "  "+format+"\n", args...) }

func (d *demo) pause() { fmt.Fprintln(d.out) }

// sayLog prints what the client has logged meanwhile.
func (d *demo) sayLog() {
	for _, line := range d.log.next() {
		d.say("log │ %s", strings.ReplaceAll(line, d.folder, "…"))
	}
}

// sink returns the counters of the way to PostHog.
func (d *demo) sink() runtime.SinkStats {
	sink, _ := d.client.Stats().Sink("posthog")
	return sink
}

// showEvents prints the calls since the last time and what PostHog received of each.
func (d *demo) showEvents(form form) error {
	received := byUUID(d.posthog.Unique())
	calls := d.calls.accepted()
	var rows [][2]cell
	for _, call := range calls[d.shown:] {
		row, err := form.row(call, received)
		if err != nil {
			return fmt.Errorf("%s: %w", call.Event, err)
		}
		rows = append(rows, row)
	}
	writeTable(d.out, [2]string{"called", "received by PostHog"}, rows)
	d.shown = len(calls)
	return nil
}

// form is how much of an event is shown.
type form bool

// The forms.
const (
	brief form = false
	full  form = true
)

// row puts a call beside what PostHog has of it.
func (f form) row(call runtime.Recorded, received map[string]eventstest.Event) (row [2]cell, err error) {
	row[0].title = calledTitle(call)
	e, ok := received[message(call).UUID.String()]
	if !ok {
		row[1].title = "(nothing)"
		return row, nil
	}
	row[1].title = receivedTitle(e)
	if f == full {
		row[0].pieces = calledProperties(call.Value)
		row[1].pieces, err = receivedProperties(e, message(call).Properties)
	}
	return row, err
}

// byUUID indexes events by what the client identifies them with.
func byUUID(all []eventstest.Event) map[string]eventstest.Event {
	index := make(map[string]eventstest.Event, len(all))
	for _, e := range all {
		index[e.UUID] = e
	}
	return index
}
