package runtime

import (
	"io/fs"

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
	// Events are the descriptors of all events, in the order of events.yaml, then the person and the groups.
	Events []*Event
	// Schemas holds schemas/<slug>.schema.json, one JSON Schema an event.
	Schemas fs.FS
	// SchemaFiles maps a wire name to its file in Schemas.
	SchemaFiles map[string]string
}
