package runtime

import (
	"io/fs"
	"slices"

	"github.com/eventgen/eventgen/redact"
)

// Registry is what a generated package knows about its events: names, policy, fingerprint and JSON Schemas. It is
// immutable and safe for concurrent use.
type Registry struct {
	// Package is the name of the generated package; it labels the registry in log lines.
	Package string
	// Fingerprint changes whenever the meaning of the registry changes.
	Fingerprint string
	// Policy is the privacy section of events.yaml.
	Policy redact.Policy
	// Identity is the category of distinct_id, aliases and group keys; "" and "none" keep them.
	Identity string
	// Scan says what happens where a text that is declared to be no personal data looks like it.
	Scan Scanning
	// Keyed says that some property in Contents tightens its policy to hash, which needs a key.
	Keyed bool
	// Events are the descriptors of a registry that is put together by hand. A generated one has them in Contents.
	Events []*Event
	// Contents holds the descriptors and the schemas of a generated package.
	Contents Contents
}

// Contents is what is large about a generated package. It is an interface so that the linker leaves out what a program does
// not ask for: a method that is never called, with all the data behind it, is not linked. An event that is tracked
// brings its own descriptor along. So a program with one event out of 1,000 grows by 0.15 MB instead of 5 MB.
type Contents interface {
	// Events returns the descriptors of all events, in the order of events.yaml, then the person and the groups.
	Events() []*Event
	// Schemas returns the folder schemas with one file an event, <slug>.schema.json.
	Schemas() fs.FS
}

// All returns the descriptors of all events. A program that calls it, as TrackMap does, links all of them.
func (r *Registry) All() []*Event {
	if r.Contents == nil {
		return r.Events
	}
	return slices.Concat(r.Contents.Events(), r.Events)
}

// Schemas returns the JSON Schemas of a generated package, one file an event in the folder schemas, or nil for a registry
// that was put together by hand.
func (r *Registry) Schemas() fs.FS {
	if r.Contents == nil {
		return nil
	}
	return r.Contents.Schemas()
}

// declares reports whether e is an event of the registry. Registries of one fingerprint treat their events alike, so it does
// not matter which of them is found.
func (r *Registry) declares(e *Event) bool {
	return r.Fingerprint != "" && e.Registry == r.Fingerprint || slices.Contains(r.Events, e)
}
