package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/runtime"
)

// conclude prints the counters and returns everything that is not as it should be.
func (d *demo) conclude(context.Context) error {
	stats, sink := d.client.Stats(), d.sink()
	received := d.posthog.Unique()
	d.heading("6. The books")
	d.say("accepted %d, rejected %d %s", stats.Accepted, stats.Rejected.Total(), reasons(stats.Rejected))
	d.say("accepted %d = delivered %d + dead-lettered %d + dropped %d + queued %d", stats.Accepted,
		sink.Delivered, sink.DeadLettered.Total(), sink.Dropped.Total(), sink.Queued)
	d.say("PostHog has %d events; failed attempts %d %s", len(received), sink.Failures.Total(), reasons(sink.Failures))
	err := errors.Join(
		checkCounts(stats, sink, len(received)),
		checkDelivery(d.calls.accepted(), received),
		checkPrivacy(d.posthog.Requests(), d.log.all()),
	)
	if err == nil {
		d.pause()
		d.say("Every accepted event arrived, once and unchanged; no e-mail address, name or IP address left in the clear.")
		d.say("The service is examples/demo/service.go; its events are in events.yaml and payments.yaml.")
	}
	return err
}

// reasons spells counts as "(reason n, …)".
func reasons(counts runtime.Counts) string {
	var all []string
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, fmt.Sprintf("%s %d", reason, counts[reason]))
	}
	return "(" + strings.Join(all, ", ") + ")"
}

// checkCounts judges the counters by what the demo has done: one mistake, one outage, nothing lost.
func checkCounts(stats runtime.Stats, sink runtime.SinkStats, received int) error {
	var errs []error
	for _, count := range []struct {
		name      string
		got, want uint64
	}{
		{"rejected as invalid", stats.Rejected["invalid"], 1},
		{"rejected", stats.Rejected.Total(), 1},
		{"accounted for", sink.Total(), stats.Accepted},
		{"delivered", sink.Delivered, stats.Accepted},
		{"received", uint64(received), stats.Accepted},
		{"failed attempts", sink.Failures["http_503"], failures},
	} {
		if count.got != count.want {
			errs = append(errs, fmt.Errorf("%s: %d, want %d", count.name, count.got, count.want))
		}
	}
	return errors.Join(errs...)
}

// checkDelivery compares what was accepted with what arrived, event by event.
func checkDelivery(accepted []runtime.Recorded, received []eventstest.Event) error {
	index := byUUID(received)
	var errs []error
	for _, call := range accepted {
		m := message(call)
		e, ok := index[m.UUID.String()]
		if !ok {
			errs = append(errs, fmt.Errorf("%s %s did not arrive", m.Event, m.UUID))
		} else if err := checkEvent(m, e); err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", m.Event, m.UUID, err))
		}
	}
	return errors.Join(errs...)
}

// checkEvent compares an event as it was queued with what PostHog has of it.
func checkEvent(queued runtime.Message, received eventstest.Event) error {
	if received.Name != queued.Event || received.DistinctID != queued.DistinctID {
		return errors.New("changed its name or distinct_id on the way")
	}
	if !received.Timestamp.Equal(queued.Timestamp) {
		return errors.New("changed its time stamp on the way")
	}
	var want map[string]any
	if err := json.Unmarshal(queued.Properties, &want); err != nil {
		return err
	}
	got := received.Properties()
	maps.DeleteFunc(got, func(name string, _ any) bool { // what a library adds of its own
		return strings.HasPrefix(name, "$") && want[name] == nil
	})
	if !reflect.DeepEqual(got, want) {
		return errors.New("changed its properties on the way")
	}
	return nil
}

// personal are the data of people that go nowhere in the clear, but for the addresses in the audit trail.
var personal = []string{ada.email, ada.name, ada.ip, ben.email, ben.name, ben.ip}

// unaudited is what the audit trail does not show: personal data other than addresses, the canary, and ids in paths.
var unaudited = []string{ada.email, ada.name, ben.email, ben.name, canary, announcement, agent, first.id, second.id}

// checkPrivacy looks for personal data in the log and in what left the process, whether PostHog took it or not.
func checkPrivacy(requests []eventstest.Request, log string) error {
	return errors.Join(checkSecrets("the log", []byte(log), personal), checkSent(requests, personal))
}

// checkSent looks for what must not be in what left the process.
func checkSent(requests []eventstest.Request, secrets []string) error {
	var errs []error
	for _, r := range requests {
		for _, e := range r.Events {
			errs = append(errs, checkSecrets(e.Name, e.Raw, secrets))
		}
	}
	return errors.Join(errs...)
}

// checkSecrets looks for what must not be in a text.
func checkSecrets(name string, text []byte, secrets []string) error {
	var errs []error
	for _, secret := range secrets {
		if bytes.Contains(text, []byte(secret)) {
			errs = append(errs, fmt.Errorf("%s shows %s", name, secret))
		}
	}
	return errors.Join(errs...)
}

// checkFolder looks for what must not be in the files of a folder, of which there must be some.
func checkFolder(folder string, secrets []string) error {
	var errs []error
	files, root := 0, os.DirFS(folder)
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := fs.ReadFile(root, path)
		files++
		errs = append(errs, checkSecrets(entry.Name(), text, secrets))
		return err
	})
	if files == 0 {
		errs = append(errs, fmt.Errorf("%s has no files", folder))
	}
	return errors.Join(append(errs, err)...)
}
