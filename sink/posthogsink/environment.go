package posthogsink

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/spool"
)

// The environment variables that Open and OpenAudit read.
const (
	envApp           = "APP_ENV"
	envSend          = "EVENTS_SEND"
	envLog           = "EVENTS_LOG"
	envKey           = "POSTHOG_API_KEY"
	envProjectKey    = "POSTHOG_PROJECT_API_KEY"
	envHost          = "POSTHOG_HOST"
	envTransport     = "POSTHOG_TRANSPORT"
	envBatchSize     = "EVENTS_BATCH_SIZE"
	envBatchInterval = "EVENTS_BATCH_INTERVAL_MS"
	envAuditSize     = "LOG_BATCH_SIZE"
	envAuditInterval = "LOG_BATCH_INTERVAL_MS"
	envQueueSize     = "EVENTS_QUEUE_SIZE"
	envSpoolDir      = "EVENTS_SPOOL_DIR"
	envSpoolSync     = "EVENTS_SPOOL_SYNC"
	envSpoolQuota    = "EVENTS_SPOOL_QUOTA_MB"
	envSpoolOverflow = "EVENTS_SPOOL_OVERFLOW"
	envRedactKeys    = "EVENTS_REDACT_KEYS"
)

// The largest numbers that make sense.
const (
	maxBatch        = 10_000
	maxInterval     = 24 * time.Hour
	maxQueue        = 10_000_000
	maxSpoolQuotaMB = 1 << 24
)

// productionApp is the APP_ENV of production.
const productionApp = "production"

// The values of EVENTS_SEND and EVENTS_LOG, of which the first is the default.
const (
	sendProduction = "production"
	sendAlways     = "always"
	sendNever      = "never"

	logUnsent = "unsent"
	logAlways = "always"
	logNever  = "never"
)

// The values of EVENTS_SPOOL_SYNC.
const (
	spoolInterval = "interval"
	spoolSync     = "sync"
)

// EnvError is a problem with an environment variable. It never holds the variable's value. Open joins as many as it finds.
type EnvError struct {
	Variable string
	Problem  string
}

// Error names the variable and the problem.
func (e *EnvError) Error() string { return "posthogsink: " + e.Variable + " " + e.Problem }

// settings is what the environment says.
type settings struct {
	production bool
	send       string
	log        string
	key        string
	host       string
	transport  Transport
	events     batching
	audit      batching
	queueSize  int
	spool      spooling
	keys       redact.Keys
}

// batching says when a batch goes out.
type batching struct {
	size     int
	interval time.Duration
}

// spooling says where the durable queue is. Without a folder there is none.
type spooling struct {
	folder  string
	options spool.Options
}

// readSettings reads all variables and reports all that are malformed. A variable that is empty or blank counts as absent.
func readSettings(lookup func(string) (string, bool)) (settings, error) {
	e := environment{lookup: lookup}
	s := settings{
		production: e.text(envApp) == productionApp,
		send:       e.choice(envSend, sendProduction, sendAlways, sendNever),
		log:        e.choice(envLog, logUnsent, logAlways, logNever),
		key:        e.text(envKey),
		host:       e.host(),
		transport:  Transport(e.choice(envTransport, string(SDK), string(Direct))),
		events:     e.batching(envBatchSize, envBatchInterval, batching{20, 10 * time.Second}),
		audit:      e.batching(envAuditSize, envAuditInterval, batching{100, 30 * time.Second}),
		queueSize:  e.integer(envQueueSize, 10_000, maxQueue),
		spool:      e.spool(),
		keys:       e.keys(),
	}
	if s.key == "" {
		s.key = e.text(envProjectKey)
	}
	return s, errors.Join(e.errs...)
}

// environment reads variables and collects what is wrong with them.
type environment struct {
	lookup func(string) (string, bool)
	errs   []error
}

func (e *environment) text(name string) string {
	value, ok := e.lookup(name)
	if !ok {
		return ""
	}
	return strings.TrimSpace(value)
}

func (e *environment) malformed(name, format string, args ...any) {
	e.errs = append(e.errs, &EnvError{Variable: name, Problem: fmt.Sprintf(format, args...)})
}

// choice returns one of the given values; the first is the default.
func (e *environment) choice(name string, values ...string) string {
	value := e.text(name)
	if value == "" {
		return values[0]
	}
	if !slices.Contains(values, value) {
		e.malformed(name, "must be one of %s", strings.Join(values, ", "))
	}
	return value
}

// integer returns a number from 1 to limit.
func (e *environment) integer(name string, absent, limit int) int {
	value := e.text(name)
	if value == "" {
		return absent
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > limit {
		e.malformed(name, "must be a whole number from 1 to %d", limit)
	}
	return n
}

func (e *environment) batching(size, interval string, absent batching) batching {
	ms := e.integer(interval, int(absent.interval.Milliseconds()), int(maxInterval.Milliseconds()))
	return batching{size: e.integer(size, absent.size, maxBatch), interval: time.Duration(ms) * time.Millisecond}
}

func (e *environment) host() string {
	host, err := parseHost(e.text(envHost))
	if err != nil {
		e.malformed(envHost, "%v", err)
	}
	return host
}

func (e *environment) keys() redact.Keys {
	value := e.text(envRedactKeys)
	if value == "" {
		return redact.Keys{}
	}
	keys, err := redact.ParseKeys(value)
	if err != nil {
		e.malformed(envRedactKeys, "is malformed: %v", err)
	}
	return keys
}

func (e *environment) spool() spooling {
	s := spooling{folder: e.text(envSpoolDir)}
	if e.choice(envSpoolSync, spoolInterval, spoolSync) == spoolSync {
		s.options.Mode = spool.Sync
	}
	switch e.choice(envSpoolOverflow, "refuse", "block", "drop_oldest") {
	case "block":
		s.options.Overflow = spool.Block
	case "drop_oldest":
		s.options.Overflow = spool.DropOldest
	}
	s.options.Quota = int64(e.integer(envSpoolQuota, 1024, maxSpoolQuotaMB)) << 20
	return s
}
