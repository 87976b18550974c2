package auditlog

import (
	"crypto/ed25519"
	"time"
)

// Options configure [Open]. The zero value is good.
type Options struct {
	// Columns says which properties of an event fill which columns; the zero value means [DefaultColumns].
	Columns Columns

	// Key signs checkpoints, and the records of erasure and retention; see [SigningKey]. Without it nothing is signed.
	Key ed25519.PrivateKey
	// CheckpointInterval is the least time between two checkpoints that Send makes on its own, if there is a Key. The default
	// is one hour. Close makes one, too.
	CheckpointInterval time.Duration
	// OnCheckpoint, if not nil, gets each checkpoint that the store makes on its own, so that it can be kept somewhere out of
	// reach of whoever can write to the database: a log, another host, a bucket. Delivery waits for it.
	OnCheckpoint func(Checkpoint)

	// ReadOnly opens the log for Verify and Latest only. Nothing is created or migrated, and a log that is not there is an error.
	ReadOnly bool
}

// Columns are the names of the properties that fill the columns of audit_logs. An event that lacks one, or has a value of
// another type there, leaves the column NULL. The column properties holds all that no other column says exactly: nothing of the event
// is missing, and nothing is stored twice. An empty name leaves the column NULL for all events.
type Columns struct {
	RequestID, UserID, UserRole, OrgID string
	Method, Route, Path                string
	Status, Result, ErrorCode          string
	Duration                           string // milliseconds
	IP, UserAgent                      string
	SampleWeight                       string // how many requests the event stands for; 1 where it is missing
}

// DefaultColumns returns the names of the event api_request of the reference registry.
func DefaultColumns() Columns {
	return Columns{
		RequestID: "requestId", UserID: "userId", UserRole: "userRole", OrgID: "orgId",
		Method: "method", Route: "route", Path: "path",
		Status: "statusCode", Result: "result", ErrorCode: "errorCode",
		Duration: "duration_ms",
		IP:       "ip", UserAgent: "userAgent",
		SampleWeight: "sample_weight",
	}
}

func (o Options) withDefaults() Options {
	if o.Columns == (Columns{}) {
		o.Columns = DefaultColumns()
	}
	if o.CheckpointInterval <= 0 {
		o.CheckpointInterval = time.Hour
	}
	return o
}
