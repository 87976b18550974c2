package runtime

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	reg := &Registry{}
	sink := discardSink{"s"}
	for name, test := range map[string]struct {
		reg  *Registry
		cfg  Config
		opts []Option
		want string
	}{
		"nil registry":         {want: "registry is nil"},
		"nil second registry":  {reg: reg, opts: []Option{WithRegistry(nil)}, want: "registry is nil"},
		"unknown destination":  {reg: reg, opts: []Option{WithSink("email", sink)}, want: `sink s: unknown destination "email"`},
		"nil sink":             {reg: reg, opts: []Option{WithSink(toAudit, nil)}, want: `the sink for "audit" is nil`},
		"two sinks of a name":  {reg: reg, opts: []Option{WithSink(toAudit, sink), WithSink(toLog, sink)}, want: "two sinks have the name s"},
		"negative queue":       {reg: reg, cfg: Config{QueueSize: -1}, want: "QueueSize is negative"},
		"negative bytes":       {reg: reg, cfg: Config{QueueBytes: -1}, want: "QueueBytes is negative"},
		"negative event bytes": {reg: reg, cfg: Config{MaxEventBytes: -1}, want: "MaxEventBytes is negative"},
		"negative batch":       {reg: reg, cfg: Config{BatchSize: -1}, want: "BatchSize is negative"},
		"negative interval":    {reg: reg, cfg: Config{BatchInterval: -1}, want: "BatchInterval is negative"},
		"negative retry":       {reg: reg, cfg: Config{RetryMin: -1}, want: "RetryMin is negative"},
		"negative retry max":   {reg: reg, cfg: Config{RetryMax: -1}, want: "RetryMax is negative"},
		"negative probe":       {reg: reg, cfg: Config{PauseProbe: -1}, want: "PauseProbe is negative"},
		"missing key": {
			reg: &Registry{Policy: hashEmail}, cfg: Config{RequireKeys: true},
			want: redact.ErrNoKey.Error(),
		},
		"bad policy": {
			reg: &Registry{Package: "events", Policy: append(hashEmail, hashEmail...)}, want: "registry events:",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := New(test.reg, test.cfg, test.opts...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if c != nil {
				t.Error("there is a client beside the error")
			}
		})
	}
}

var hashEmail = redact.Policy{{Category: "user.contact.email", Strategies: redact.Strategies{PostHog: redact.Hash}}}

func TestNewReportsAllProblems(t *testing.T) {
	t.Parallel()
	_, err := New(nil, Config{BatchSize: -1, QueueSize: -1}, WithSink("email", discardSink{"s"}))
	for _, want := range []string{"registry", "BatchSize", "QueueSize", "email"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v says nothing about %s", err, want)
		}
	}
}

func TestNewMakesUpAKeyOnlyWhereOneIsMissing(t *testing.T) {
	t.Parallel()
	tightened := &Object{}
	tightened.Properties = []Property{
		{Name: "self", Value: Value{Type: Objects, Object: tightened}},
		{Name: "list", Value: Value{Type: Array, Items: &Value{Category: "user.name", Redact: redact.Hash, Tighten: true}}},
	}
	given, err := redact.ParseKeys("k1:" + strings.Repeat("A", 43))
	if err != nil {
		t.Fatal(err)
	}
	second := &Registry{Policy: hashEmail}
	for name, test := range map[string]struct {
		reg  *Registry
		cfg  Config
		opts []Option
		want bool
	}{
		"policy hashes":        {reg: &Registry{Policy: hashEmail}, want: true},
		"second policy hashes": {reg: &Registry{}, opts: []Option{WithRegistry(second)}, want: true},
		"property hashes":      {reg: &Registry{Events: []*Event{{Object: Object{Properties: tightened.Properties}}}}, want: true},
		"nothing hashes":       {reg: &Registry{Events: []*Event{{}}}, cfg: Config{RequireKeys: true}},
		"key given":            {reg: &Registry{Policy: hashEmail}, cfg: Config{Keys: given, RequireKeys: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := New(test.reg, test.cfg, test.opts...)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Stats().RandomKey; got != test.want {
				t.Errorf("RandomKey is %v, want %v", got, test.want)
			}
			closeClient(t, c)
		})
	}
}

func TestNewDefaults(t *testing.T) {
	t.Parallel()
	got := Config{}.withDefaults()
	if got.QueueSize != 10_000 || got.QueueBytes != 64<<20 || got.MaxEventBytes != 256<<10 || got.BatchSize != 20 ||
		got.BatchInterval != 10*time.Second || got.RetryMin != 100*time.Millisecond || got.RetryMax != 30*time.Second ||
		got.PauseProbe != time.Minute {
		t.Errorf("defaults: %+v", got)
	}
	if got := (Config{RetryMin: time.Hour}).withDefaults(); got.RetryMax != time.Hour {
		t.Errorf("RetryMax is %v, below RetryMin", got.RetryMax)
	}
}

func TestOptionsLastOneWinsAndNilMeansDefault(t *testing.T) {
	t.Parallel()
	clock := func() time.Time { return time.Unix(1, 0) }
	s := newSettings(nil, []Option{{}, WithLogger(nil), WithClock(clock), WithClock(nil)})
	if s.logger == nil || s.clock != nil {
		t.Errorf("settings: %+v", s)
	}
	s = newSettings(nil, []Option{WithClock(nil), WithClock(clock)})
	if !s.clock().Equal(time.Unix(1, 0)) {
		t.Error("the clock is not the one given last")
	}
}

func TestDestinationsInUse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		opts []Option
		want []redact.Destination
	}{
		"none":     {},
		"two":      {[]Option{WithSink(toLog, discardSink{"a"}), WithSink(toPostHog, discardSink{"b"})}, []redact.Destination{toPostHog, toLog}},
		"recorder": {[]Option{WithRecorder(func(Recorded) {})}, []redact.Destination{toPostHog, toAudit, toLog}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newTestClient(t, Config{}, test.opts...)
			if got := c.destinations.list(); !slices.Equal(got, test.want) {
				t.Errorf("destinations %v, want %v", got, test.want)
			}
			closeClient(t, c)
		})
	}
	for _, d := range allDestinations.list() {
		if got := destinationBit(d).list(); !slices.Equal(got, []redact.Destination{d}) {
			t.Errorf("%v becomes %v", d, got)
		}
	}
}

func TestClientWithoutSinksForgets(t *testing.T) {
	t.Parallel()
	c := newTestClient(t, Config{Mode: "test"})
	enqueueNumbers(t, c, 0, 5)
	c.reject("event", "invalid", errors.New("no"))
	c.reject("event", "sampled", nil)
	s := c.Stats()
	if s.Accepted != 5 || s.Unsent != 5 || s.Rejected["invalid"] != 1 || s.Rejected["sampled"] != 1 || s.Mode != "test" || len(s.Sinks) != 0 {
		t.Errorf("stats: %+v", s)
	}
	if err := c.Flush(t.Context()); err != nil {
		t.Error(err)
	}
	closeClient(t, c)
}

func TestCountsBoundTheirReasons(t *testing.T) {
	t.Parallel()
	c := Counts{}
	for n := range 1000 {
		c.add(strings.Repeat("x", n), 2)
	}
	c.add("x", 1)
	if len(c) > maxReasons+1 || c.Total() != 2001 || c["x"] != 3 || c[otherReason] == 0 {
		t.Errorf("%d reasons, %d in all", len(c), c.Total())
	}
}

func TestStatsAreACopy(t *testing.T) {
	t.Parallel()
	c := newTestClient(t, Config{}, WithSink(toPostHog, discardSink{"s"}))
	c.reject("event", "invalid", nil)
	s := c.Stats()
	s.Rejected["invalid"] = 77
	s.Sinks[0].Dropped["x"] = 1
	if again := c.Stats(); again.Rejected["invalid"] != 1 || again.Sinks[0].Dropped.Total() != 0 {
		t.Errorf("stats: %+v", again)
	}
	if _, ok := s.Sink("nobody"); ok {
		t.Error("there are statistics for a sink that does not exist")
	}
	closeClient(t, c)
}
