package redact

// Destination is where a copy of an event goes. A policy chooses a strategy for each destination.
type Destination string

// The destinations.
const (
	PostHog Destination = "posthog"
	Audit   Destination = "audit"
	Log     Destination = "log"
)
