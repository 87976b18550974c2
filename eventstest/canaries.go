package eventstest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// canaryBatch is how many events of a registry are searched for at once: what one of them leaks through buffers that are used
// again shows in the others.
const canaryBatch = 50

// Canaries proves for a registry that personal data stays where its policy says. It fills every declared property of every
// event, the person and the groups with values that are recognised wherever they turn up, down to the items of arrays, the
// keys and values of maps, and what is inside values of type any; and so distinct_ids, aliases, group keys and the session.
// It tracks them as generated code does and through TrackMap, with sinks for all three destinations that panic, fail and
// refuse, with a queue in memory and, where the platform has one, a spool on disk with dead letters. Then it looks into
// everything that came out: what the sinks got, the log of problems at level debug and the log of events, as text and as
// JSON, the files on disk, the statistics, and the errors of valid, malformed, over-long and mistyped payloads.
//
// The test fails if a piece of a value is found where the policy does not keep it: eight bytes in a row (twelve, where the
// value is digits or hexadecimal digits, which turn up by chance), as they are, in upper or lower case, in base64, in
// hexadecimal, percent-encoded, or as escapes of JSON. Where a strategy leaves a part of a value, such as the domain of an e-mail
// address, exactly that may stand in exactly that place. Values without room for eight such bytes, such as booleans, enums
// and short strings, are checked in their place only.
//
// Sampling is set aside. With passes options on to the clients, such as a sink or a validator of one's own, whose error texts
// are then looked into as well; the logger is the test's.
func Canaries(t testing.TB, reg *runtime.Registry, opts ...Option) {
	t.Helper()
	if reg == nil {
		t.Fatalf("eventstest: the registry is nil")
		return
	}
	var client []runtime.Option
	for _, o := range opts {
		client = append(client, o.client...)
	}
	for events := range slices.Chunk(reg.All(), canaryBatch) {
		newCanaryRun(t, reg, events, client).run()
	}
}

// canaryRun is the proof for some events of a registry.
type canaryRun struct {
	t        testing.TB
	registry *runtime.Registry // without sampling
	keys     redact.Keys
	policy   canaryPolicy
	maker    *canaryMaker
	options  []runtime.Option
	events   []*canaryEvent
	groups   []string // types of groups

	search   *canarySearch
	calls    map[runtime.UUID]*canaryEvent // what was accepted
	surfaces []canarySurface
	failures int
	most     int // failures that are reported
}

// canarySurface is something that came out, and what may be in it.
type canarySurface struct {
	name    string
	text    []byte
	allowed []redact.Destination // whose policies apply; none lets nothing through
}

func newCanaryRun(t testing.TB, reg *runtime.Registry, events []*runtime.Event, opts []runtime.Option) *canaryRun {
	t.Helper()
	keys, err := redact.ParseKeys(RedactKeys)
	if err != nil {
		t.Fatalf("eventstest: %v", err)
	}
	policy, err := newCanaryPolicy(reg, keys)
	if err != nil {
		t.Fatalf("eventstest: %v", err)
	}
	unsampled := *reg
	unsampled.Events, unsampled.Contents = nil, nil
	r := &canaryRun{
		t: t, registry: &unsampled, keys: keys, policy: policy, options: opts, groups: []string{"team"},
		maker: &canaryMaker{Rand: rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())), policy: policy},
		calls: map[runtime.UUID]*canaryEvent{}, most: maxCanaryFailures,
	}
	for _, e := range events {
		r.add(&runtime.Event{Name: e.Name, Kind: e.Kind, Group: e.Group, Object: e.Object, Destinations: e.Destinations})
	}
	r.addAlias()
	r.search = newCanarySearch(r.maker.all)
	return r
}

// add makes the payload of an event.
func (r *canaryRun) add(e *runtime.Event) {
	r.registry.Events = append(r.registry.Events, e)
	c := r.newEvent(e)
	c.members = r.maker.object(&e.Object, "", 0)
	if e.Group != "" {
		r.groups = append(r.groups, e.Group)
	}
	r.events = append(r.events, c)
}

func (r *canaryRun) newEvent(e *runtime.Event) *canaryEvent {
	return &canaryEvent{
		event: e, kind: r.groups[len(r.groups)-1],
		id: r.maker.plain("the distinct_id", 24), group: r.maker.plain("a group key", 24), session: r.maker.plain("the session", 24),
	}
}

func (r *canaryRun) addAlias() {
	c := r.newEvent(&runtime.Event{Name: "$create_alias"})
	c.alias = r.maker.plain("the alias", 24)
	r.events = append(r.events, c)
}

func (r *canaryRun) run() {
	r.t.Helper()
	r.inMemory()
	r.onDisk()
	r.shadows()
	r.check()
}

// maxCanaryFailures is how many finds are reported.
const maxCanaryFailures = 20

func (r *canaryRun) errorf(format string, args ...any) {
	r.t.Helper()
	if r.failures++; r.failures <= r.most {
		r.t.Errorf("eventstest: "+format, args...)
	}
}

// surface notes something that came out.
func (r *canaryRun) surface(name string, text []byte, allowed ...redact.Destination) {
	r.surfaces = append(r.surfaces, canarySurface{name, text, allowed})
}

// failed notes the texts that an error has.
func (r *canaryRun) failed(what string, err error) {
	var b bytes.Buffer
	for e := err; e != nil; e = errors.Unwrap(e) {
		fmt.Fprintf(&b, "%v\n%+v\n%#v\n%s\n%q\n", e, e, e, e, e)
	}
	slog.New(slog.NewJSONHandler(&b, nil)).Info("refused", "error", err)
	if data, jsonErr := json.Marshal(err); jsonErr == nil {
		b.Write(data)
	}
	r.surface("the error of "+what, b.Bytes())
}

// shadows prints the classified values in the form that generated types hold them in.
func (r *canaryRun) shadows() {
	for _, e := range r.events {
		var b bytes.Buffer
		for _, n := range e.members {
			held := n.shadow()
			fmt.Fprintf(&b, "%v\n%+v\n%#v\n%s\n%q\n%x\n", held, held, held, held, held, held)
			slog.New(slog.NewTextHandler(&b, nil)).Info("held", "value", held)
			if data, err := json.Marshal(held); err == nil {
				b.Write(data)
			}
		}
		r.surface("printed values of "+e.event.Name, b.Bytes())
	}
}

// check looks into all surfaces.
func (r *canaryRun) check() {
	r.t.Helper()
	for _, s := range r.surfaces {
		v := r.visible(s.allowed)
		for _, x := range r.search.find(without(s.text, v.parts), v.kept) {
			r.errorf("a piece of %s is in %s, %s", x.of.path, s.name, x.form)
		}
	}
	if r.failures > r.most {
		r.t.Errorf("eventstest: and %d more", r.failures-r.most)
	}
}

// visible returns what destinations may see.
func (r *canaryRun) visible(destinations []redact.Destination) visible {
	v := visible{policy: r.policy, kept: map[*canary]bool{}}
	for _, d := range destinations {
		for _, e := range r.events {
			v.event(e, d)
		}
	}
	return v
}

// without takes texts out of a text, the longer ones first. Short ones cannot be found anyhow and stay.
func without(text []byte, texts []string) []byte {
	if len(texts) == 0 {
		return text
	}
	var pairs []string
	slices.SortFunc(texts, func(a, b string) int { return len(b) - len(a) })
	for _, s := range texts {
		if len(s) >= letterWindow {
			pairs = append(pairs, s, "\x00")
		}
	}
	return []byte(strings.NewReplacer(pairs...).Replace(string(text)))
}

// flushTimeout bounds the wait for the sinks. It is only used up by an option's sink that hangs.
const flushTimeout = 30 * time.Second

func (r *canaryRun) flush(c *runtime.Client) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
	defer cancel()
	if err := c.Flush(ctx); err != nil {
		r.errorf("flush: %v", err)
	}
}
