package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxDistinctID is the length in bytes beyond which PostHog refuses or cuts a distinct_id.
const maxDistinctID = 200

// envelopeBytes is what the event's name, ids and time stamp add to its properties on the wire, rounded up.
const envelopeBytes = 1 << 10

// anonymousIDs are the distinct_ids, in lower case, for which PostHog keeps no person: events of everybody who has one
// would be mixed up.
var anonymousIDs = byLength(
	"0", "00000000-0000-0000-0000-000000000000", "[object object]", "anonymous", "anonymous-user", "backend", "distinct_id",
	"distinctid", "email", "false", "guest", "id", "nan", "none", "not_authenticated", "null", "system", "true", "undefined",
	"user",
)

// byLength sorts texts by their length, so that most lengths need no comparison.
func byLength(texts ...string) (sorted [uuidLength + 1][]string) {
	for _, text := range texts {
		sorted[len(text)] = append(sorted[len(text)], text)
	}
	return sorted
}

// Begin starts an event and returns the Writer for its properties, never nil. It exists for generated code. A problem with
// the client, the distinct_id or an option surfaces in Commit, so that callers have one place to look.
func (c *Client) Begin(ctx context.Context, e *Event, distinctID string, opts []EventOption) *Writer {
	if c == nil {
		w := newWriter(e.checkPlan())
		w.err = ErrNilClient
		return w
	}
	p, err := c.plan(e)
	w := newWriter(p)
	w.client, w.ctx, w.subject, w.err = c, ctx, distinctID, err
	w.readClock()
	for i := range opts {
		opts[i].apply(&w.options)
		w.optioned = true
	}
	w.identify(e)
	w.openLanes(e)
	return w
}

// Check returns a Writer that only validates. It exists for generated code.
func (e *Event) Check() *Writer { return newWriter(e.checkPlan()) }

// checkPlan returns the plan that only validates; it is compiled on first use and kept.
func (e *Event) checkPlan() *plan {
	p := e.check.Load()
	if p == nil {
		p = compile(e, nil, nil, 0)
		e.check.Store(p)
	}
	return p
}

// plan returns the prepared event, or a plan that only validates with an error when no registry of the client has e.
func (c *Client) plan(e *Event) (*plan, error) {
	if p := e.recent.Load(); p != nil && p.owner == c.owner {
		return p, nil
	}
	return c.findPlan(e)
}

func (c *Client) findPlan(e *Event) (*plan, error) {
	if p, ok := c.plans.Load(e); ok {
		return e.remember(p.(*plan)), nil
	}
	for _, reg := range c.registries {
		if reg.declares(e) || e.Kind == kindAlias {
			p := compile(e, reg, c.engines[reg], c.used())
			p.owner = c.owner
			kept, _ := c.plans.LoadOrStore(e, p)
			return e.remember(kept.(*plan)), nil
		}
	}
	return e.checkPlan(), undeclaredEvent(e.Name)
}

// remember keeps a plan at hand unless that of another open client is there: two clients with one event must not take turns.
func (e *Event) remember(p *plan) *plan {
	if last := e.recent.Load(); last == nil || last.owner.closed.Load() {
		e.recent.Store(p)
	}
	return p
}

// used returns the destinations that events are encoded for. A client without sinks encodes for one all the same, so that an
// event which is refused in production is refused in development too.
func (c *Client) used() destinations {
	if c.destinations == 0 {
		return postHogBit
	}
	return c.destinations
}

// undeclaredEvent names an event of unknown origin if it looks like a name; anything else may be data.
func undeclaredEvent(name string) error {
	if spellable(name) == "" {
		name = "(undeclared)"
	}
	return &ValidationError{Event: name, Violations: []Violation{{Path: "event", Rule: RuleUndeclaredEvent}}}
}

// readClock reads the real clock once for all that an event needs it for: it costs as much as a property.
func (w *Writer) readClock() {
	w.begun, w.now = w.client.wall.now()
	if w.client.clock != nil {
		w.now = w.client.clock().UnixMicro()
	}
}

// identify settles the uuid and the subject, and checks what identifies somebody.
func (w *Writer) identify(e *Event) {
	if w.uuid = w.options.uuid; w.uuid == (UUID{}) {
		w.uuid = newUUID(w.now)
	}
	anonymous := w.subject == "" && w.options.personless && e.Kind == KindTrack
	if w.err == nil && !anonymous {
		w.err = checkID(w.subject)
	}
	if w.optioned {
		w.checkOptions()
	}
}

// checkOptions refuses a group without an identity, and a time stamp that has no text in RFC 3339.
func (w *Writer) checkOptions() {
	for _, g := range w.options.groups() {
		if w.err == nil && (g.kind == "" || len(g.kind) > maxDistinctID || !utf8.ValidString(g.kind)) {
			w.err = fmt.Errorf("%w: the type of a group is empty, too long or not UTF-8", ErrDistinctID)
		}
		if w.err == nil {
			w.err = checkID(g.key)
		}
	}
	if t := w.options.timestamp; !t.IsZero() && !spellableTime(t) {
		w.violations = append(w.violations, Violation{Path: "timestamp", Rule: RuleFormat, Detail: "year beyond 9999"})
	}
}

// checkID refuses the ids under which PostHog would lose or mix up people, also with blanks or quotes around them.
func checkID(id string) error {
	bare := id
	if id != "" && (trimmed(id[0]) || trimmed(id[len(id)-1])) {
		bare = strings.TrimFunc(id, func(r rune) bool { return r < utf8.RuneSelf && trimmed(byte(r)) })
	}
	switch {
	case bare == "":
		return fmt.Errorf("%w: it is empty", ErrDistinctID)
	case len(id) > maxDistinctID:
		return fmt.Errorf("%w: it is longer than %d bytes", ErrDistinctID, maxDistinctID)
	case !isPlain(id) && !utf8.ValidString(id):
		return fmt.Errorf("%w: it is not UTF-8", ErrDistinctID)
	case isAnonymous(bare):
		return fmt.Errorf("%w: PostHog treats it as anonymous", ErrDistinctID)
	default:
		return nil
	}
}

// trimmed reports whether a character around an id is none of the id's own.
func trimmed(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\'' || c == '"'
}

func isAnonymous(id string) bool {
	return len(id) < len(anonymousIDs) && slices.ContainsFunc(anonymousIDs[len(id)], func(anonymous string) bool {
		return strings.EqualFold(id, anonymous)
	})
}

// Recording reports whether a recorder wants the typed event, so that the cost of boxing it is paid only then.
func (w *Writer) Recording() bool { return w.client != nil && w.client.recorder != nil }

// Record hands the typed event to the recorder.
func (w *Writer) Record(event any) { w.value = event }

// Commit ends the event. It returns nil when the event was accepted, or valid in a Writer that only checks, and gives the
// Writer back: it must not be used afterwards.
func (w *Writer) Commit() error {
	err := w.accept()
	if w.Recording() && (err != nil || w.stamped.event != "") { // not what sampling left out
		w.client.recorder(w.recorded(err))
	}
	w.release()
	return err
}

// accept queues the event unless something is wrong with it, which is counted.
func (w *Writer) accept() error {
	err := w.problem()
	if w.client == nil {
		return err
	}
	if err == nil && w.sampledOut() {
		w.client.reject(w.plan.event.Name, "sampled", nil)
		return nil
	}
	if err == nil {
		if w.unredactable > 0 {
			w.client.unredactable.Add(w.unredactable)
		}
		w.closeLanes()
		err = w.checkSize()
	}
	if err != nil {
		w.client.reject(w.plan.event.Name, rejection(err), err)
		return err
	}
	w.reportFindings()
	return w.client.enqueue(w.ctx, w.record())
}

// problem returns what keeps the event from being accepted, or nil.
func (w *Writer) problem() error {
	switch {
	case w.err != nil:
		return w.err
	case len(w.violations) > 0:
		return &ValidationError{Event: w.plan.event.Name, Violations: slices.Clone(w.violations), More: w.more}
	default:
		return nil
	}
}

// rejection names the reason under which an error is counted.
func rejection(err error) string {
	var invalid *ValidationError
	switch {
	case errors.As(err, &invalid):
		return "invalid"
	case errors.Is(err, ErrDistinctID):
		return "distinct_id"
	case errors.Is(err, ErrNoValidator):
		return "no_validator"
	case errors.Is(err, ErrTooLarge):
		return "too_large"
	default:
		return "unusable"
	}
}
