package posthogsink

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// Open returns a client for the environment that lookup reads, which usually is os.LookupEnv. The README has the table of
// variables. Events are sent if there is an API key and APP_ENV is "production", unless EVENTS_SEND says otherwise; without
// that, nothing is sent and nothing fails. With EVENTS_SPOOL_DIR, what is to be sent waits on disk, in the subfolder "events",
// and its dead letters are in "events/dead". One line at level info says which it is.
//
// All malformed variables are reported at once, each as an [*EnvError]. The logger is slog.Default() unless an option says
// otherwise.
func Open(lookup func(string) (string, bool), reg *runtime.Registry, opts ...runtime.Option) (*runtime.Client, error) {
	return product.open(lookup, reg, opts)
}

// OpenAudit is [Open] for the client of audit events. It sends wherever there is an API key, in batches of LOG_BATCH_SIZE
// after LOG_BATCH_INTERVAL_MS, and what it sends is redacted for the destination "audit". Its part of EVENTS_SPOOL_DIR is the
// subfolder "audit", with a quota of its own.
func OpenAudit(lookup func(string) (string, bool), reg *runtime.Registry, opts ...runtime.Option) (*runtime.Client, error) {
	return audit.open(lookup, reg, opts)
}

// purpose is what tells the two clients apart.
type purpose struct {
	name        string
	destination redact.Destination
	batching    func(settings) batching
	unsent      func(settings) string // why nothing is sent; "" when it is
}

var (
	product = purpose{
		name:        "events",
		destination: redact.PostHog,
		batching:    func(s settings) batching { return s.events },
		unsent:      unsentProduct,
	}
	audit = purpose{
		name:        "audit",
		destination: redact.Audit,
		batching:    func(s settings) batching { return s.audit },
		unsent:      unsentAudit,
	}
)

func unsentProduct(s settings) string {
	switch {
	case s.send == sendNever:
		return envSend + " is " + sendNever
	case s.send == sendProduction && !s.production:
		return envApp + " is not " + productionApp
	}
	return unsentAudit(s)
}

func unsentAudit(s settings) string {
	if s.key == "" {
		return envKey + " is not set"
	}
	return ""
}

func (p purpose) open(
	lookup func(string) (string, bool), reg *runtime.Registry, opts []runtime.Option,
) (*runtime.Client, error) {
	if lookup == nil {
		return nil, errors.New("posthogsink: no function to look variables up")
	}
	s, err := readSettings(lookup)
	if err != nil {
		return nil, err
	}
	all := append([]runtime.Option{runtime.WithLogger(slog.Default())}, opts...)
	logger := runtime.Logger(all...)
	unsent := p.unsent(s)
	if s.logs(unsent) {
		all = append(all, runtime.WithSink(redact.Log, runtime.NewLogSink(logger)))
	}
	client, err := s.client(reg, p, unsent, all)
	if err != nil {
		return nil, err
	}
	logger.LogAttrs(context.Background(), slog.LevelInfo, "events: client started", s.describe(p, client)...)
	return client, nil
}

// logs tells whether events are logged.
func (s settings) logs(unsent string) bool {
	return s.log == logAlways || s.log == logUnsent && unsent != ""
}

// client builds the client, with a sink to PostHog if there is nothing against it.
func (s settings) client(reg *runtime.Registry, p purpose, unsent string, opts []runtime.Option) (*runtime.Client, error) {
	cfg := s.config(p, unsent)
	if unsent != "" {
		return s.durableClient(reg, p, cfg, opts)
	}
	sink, err := New(Config{APIKey: s.key, Host: s.host, Transport: s.transport, BatchSize: cfg.BatchSize})
	if err != nil {
		return nil, err
	}
	client, err := s.durableClient(reg, p, cfg, append(opts, runtime.WithSink(p.destination, sink)))
	if err != nil {
		return nil, errors.Join(err, sink.Close(context.Background()))
	}
	return client, nil
}

// durableClient builds the client, with a durable queue if there is a folder for it.
func (s settings) durableClient(
	reg *runtime.Registry, p purpose, cfg runtime.Config, opts []runtime.Option,
) (*runtime.Client, error) {
	queue, err := s.openDurable(p, opts)
	if err != nil {
		return nil, err
	}
	client, err := newClient(reg, cfg, append(opts, queue.options()...))
	if err != nil {
		return nil, errors.Join(err, queue.close())
	}
	return client, nil
}

// newClient is runtime.New with an error for a missing key that says which variable it belongs into.
func newClient(reg *runtime.Registry, cfg runtime.Config, opts []runtime.Option) (*runtime.Client, error) {
	client, err := runtime.New(reg, cfg, opts...)
	if errors.Is(err, redact.ErrNoKey) {
		missing := &EnvError{Variable: envRedactKeys, Problem: `is not set; "eventgen keys new" makes a key`}
		return nil, fmt.Errorf("%w: %w", missing, err)
	}
	if err != nil {
		return nil, fmt.Errorf("posthogsink: %w", err)
	}
	return client, nil
}

func (s settings) config(p purpose, unsent string) runtime.Config {
	b := p.batching(s)
	return runtime.Config{
		QueueSize:     s.queueSize,
		BatchSize:     b.size,
		BatchInterval: b.interval,
		Keys:          s.keys,
		RequireKeys:   s.production && s.key != "",
		Mode:          s.mode(unsent),
	}
}

// mode says in a few words what becomes of events.
func (s settings) mode(unsent string) string {
	var b strings.Builder
	if unsent == "" {
		fmt.Fprintf(&b, "sending to %s", s.host)
	} else {
		fmt.Fprintf(&b, "not sending: %s", unsent)
	}
	if s.logs(unsent) {
		b.WriteString("; logging events")
	}
	return b.String()
}

// describe returns the start line's attributes. Nothing of the API key is among them.
func (s settings) describe(p purpose, client *runtime.Client) []slog.Attr {
	stats := client.Stats()
	attrs := []slog.Attr{slog.String("client", p.name), slog.String("mode", stats.Mode)}
	if stats.RandomKey {
		attrs = append(attrs, slog.String("hash_key", "random, made up by this process: "+envRedactKeys+" is not set"))
	}
	return append(attrs, s.describeQueue(stats)...)
}
