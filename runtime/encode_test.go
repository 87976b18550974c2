package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// orders is a registry of hand-written events.
func orders() *Registry {
	return &Registry{
		Package:  "orders",
		Identity: "user.unique_id",
		Policy: redact.Policy{
			{Category: "user.contact", Strategies: redact.Strategies{PostHog: redact.Hash, Audit: redact.Keep, Log: redact.Replace}},
			{Category: "user.name", Strategies: redact.Strategies{PostHog: redact.Drop, Audit: redact.Keep, Log: redact.Drop}},
			{Category: "user.unique_id", Strategies: redact.Strategies{PostHog: redact.Keep, Audit: redact.Keep, Log: redact.Replace}},
		},
		Events: []*Event{&eventOrder, &eventCustomer, &eventCompany, &eventMaps},
	}
}

var (
	eventCustomer = Event{Name: "$identify", Kind: KindIdentify, Object: Object{Properties: []Property{
		{Name: "email", Value: Value{Type: String, Category: "user.contact.email"}},
	}}}
	eventCompany = Event{Name: "$groupidentify", Kind: KindGroup, Group: "company", Object: Object{Properties: []Property{
		{Name: "seats", Value: Value{Type: Integer}},
	}}}
	eventMaps = Event{Name: "maps", Destinations: []redact.Destination{redact.PostHog}, Object: Object{Properties: []Property{
		{Name: "mails", Required: true, Value: Value{Type: Map, Values: &Value{Type: String, Category: "user.contact.email"}}},
		{Name: "names", Required: true, Value: Value{Type: Array, Items: &Value{Type: String, Category: "user.name"}}},
		{Name: "blob", Required: true, Value: Value{Type: Any, Category: "user.contact"}},
		{Name: "gone", Required: true, Value: Value{Type: Any, Category: "user.name"}},
	}}}
)

// recording returns a client that records what it would send, without redaction keys of its own choosing.
func recording(t *testing.T, opts ...Option) (*Client, *[]Recorded) {
	t.Helper()
	var got []Recorded
	c, err := New(orders(), Config{}, append(opts, WithRecorder(func(r Recorded) { got = append(got, r) }))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return c, &got
}

func trackOrder(ctx context.Context, c *Client, distinctID string, o order, opts ...EventOption) error {
	w := c.Begin(ctx, &eventOrder, distinctID, opts)
	o.write(w)
	if w.Recording() {
		w.Record(o)
	}
	return w.Commit()
}

// properties decodes what goes to one destination.
func properties(t *testing.T, r Recorded, d redact.Destination) map[string]any {
	t.Helper()
	message, ok := r.Messages[d]
	if !ok {
		t.Fatalf("nothing for %s: %v", d, r.Err)
	}
	var got map[string]any
	if err := json.Unmarshal(message.Properties, &got); err != nil {
		t.Fatalf("not JSON: %v\n%s", err, message.Properties)
	}
	return got
}

func TestEncoding(t *testing.T) {
	t.Parallel()
	c, got := recording(t)
	if err := trackOrder(t.Context(), c, "u1", validOrder()); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"id": "0189d0f5-7b1e-7c3a-9f00-0123456789ab", "contact": "jo@example.com", "state": "done", "schema": "v1", "count": 2.0,
		"ratio": nil, "paid": false, "note": nil, "priority": 10.0, "at": "2026-11-21T12:00:00Z", "tags": []any{"a", "b"},
		"lines":  []any{map[string]any{"sku": "abc", "codes": []any{1.0, 2.0}}, map[string]any{"sku": "éé", "codes": []any{}}},
		"prices": map[string]any{"net": 1.5, "gross": 2.0}, "extra": map[string]any{"k": []any{1.0, "x", nil, true}},
		"$geoip_disable": true,
	}
	if audit := properties(t, (*got)[0], redact.Audit); !reflect.DeepEqual(audit, want) {
		t.Errorf("audit got  %v\nwant %v", audit, want)
	}
	posthog := properties(t, (*got)[0], redact.PostHog)
	pseudonym, _ := posthog["contact"].(string)
	if !strings.HasPrefix(pseudonym, "h1.") {
		t.Errorf("posthog got contact %q, want a pseudonym", pseudonym)
	}
	want["contact"] = pseudonym
	delete(want, "note")
	if !reflect.DeepEqual(posthog, want) {
		t.Errorf("posthog got  %v\nwant %v", posthog, want)
	}
	log := (*got)[0].Messages[redact.Log]
	if id := properties(t, (*got)[0], redact.Log)["contact"]; id != "[email]" || log.DistinctID != "[unique_id]" {
		t.Errorf("log got contact %v and distinct_id %q", id, log.DistinctID)
	}
}

func TestEnvelope(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.FixedZone("", 3600))
	c, got := recording(t, WithClock(func() time.Time { return now }))
	id := newUUID(now.UnixMicro())
	_ = trackOrder(t.Context(), c, "u1", validOrder())
	_ = trackOrder(t.Context(), c, "u1", validOrder())
	_ = trackOrder(t.Context(), c, "", validOrder(), WithoutPersonProfile())
	_ = trackOrder(t.Context(), c, "u2", validOrder(), WithUUID(id), WithTimestamp(now.Add(-time.Hour)),
		WithGroup("company", "c1"), WithGroup("team", "t\"1"), WithSession("s1"))

	messages := make([]Message, len(*got))
	for i, r := range *got {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		messages[i] = r.Messages[redact.PostHog]
	}
	if !messages[0].Timestamp.Equal(now) || !messages[1].Timestamp.Equal(now.Add(time.Microsecond)) {
		t.Errorf("times %v, %v do not increase from the clock's", messages[0].Timestamp, messages[1].Timestamp)
	}
	if messages[0].Timestamp.Location() != time.UTC || messages[0].UUID == messages[1].UUID {
		t.Error("time not in UTC, or one uuid twice")
	}
	personless := properties(t, (*got)[2], redact.PostHog)
	if messages[2].DistinctID != messages[2].UUID.String() || personless["$process_person_profile"] != false {
		t.Errorf("personless event goes as %q with %v", messages[2].DistinctID, personless)
	}
	if messages[3].UUID != id || !messages[3].Timestamp.Equal(now.Add(-time.Hour)) {
		t.Errorf("options were not heeded: %v %v", messages[3].UUID, messages[3].Timestamp)
	}
	last := properties(t, (*got)[3], redact.PostHog)
	groups := map[string]any{"company": "c1", "team": `t"1`}
	if last["$session_id"] != "s1" || !reflect.DeepEqual(last["$groups"], groups) {
		t.Errorf("session or groups missing: %v", last)
	}
}

func TestIdentifyGroupAlias(t *testing.T) {
	t.Parallel()
	c, got := recording(t)
	w := c.Begin(t.Context(), &eventCustomer, "u1", nil)
	w.OptString(Some("jo@example.com"))
	errIdentify := w.Commit()
	w = c.Begin(t.Context(), &eventCompany, "c1", nil)
	w.OptInteger(Int(5))
	errGroup := w.Commit()
	errAlias := c.Alias(t.Context(), "u1", "old")
	if err := errors.Join(errIdentify, errGroup, errAlias); err != nil {
		t.Fatal(err)
	}
	for i, want := range []map[string]any{
		{"$set": map[string]any{"email": "jo@example.com"}},
		{"$group_type": "company", "$group_key": "c1", "$group_set": map[string]any{"seats": 5.0}},
		{"distinct_id": "u1", "alias": "old"},
	} {
		want["$geoip_disable"] = true
		if audit := properties(t, (*got)[i], redact.Audit); !reflect.DeepEqual(audit, want) {
			t.Errorf("%s: got %v, want %v", (*got)[i].Event, audit, want)
		}
	}
	if id := (*got)[1].Messages[redact.PostHog].DistinctID; id != "$company_c1" {
		t.Errorf("group goes as %q", id)
	}
	for i, r := range *got {
		if message := r.Messages[redact.Log]; containsAny(string(message.Properties)+message.DistinctID, "u1", "c1", "old", "jo@") {
			t.Errorf("%d: the log sees an id: %s %s", i, message.DistinctID, message.Properties)
		}
	}
}

func TestClassifiedContainers(t *testing.T) {
	t.Parallel()
	c, got := recording(t)
	w := c.Begin(t.Context(), &eventMaps, "u1", nil)
	mails := map[string]string{"canary-key-1": "canary-a@x.org", "canary-key-2": "canary-b@x.org"}
	w.Map(len(mails))
	for _, key := range Keys(mails) {
		w.Key(key)
		w.String(mails[key])
	}
	w.End()
	w.Array(2)
	w.String("canary-name")
	w.String("canary-other")
	w.End()
	w.Any(map[string]any{"canary-member": []any{"canary-item", 77770123.0, true, nil, map[string]any{"canary": "canary"}}})
	w.Any("canary-gone")
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if n := len((*got)[0].Messages); n != 1 {
		t.Errorf("goes to %d destinations, want the declared one", n)
	}
	text := string((*got)[0].Messages[redact.PostHog].Properties)
	if containsAny(text, "canary", "7777") {
		t.Errorf("raw data left: %s", text)
	}
	posthog := properties(t, (*got)[0], redact.PostHog)
	if sent, _ := posthog["mails"].(map[string]any); len(sent) != 2 {
		t.Errorf("entries were lost: %v", posthog["mails"])
	}
	if names, _ := posthog["names"].([]any); names == nil || len(names) != 0 {
		t.Errorf("dropped items leave %v", posthog["names"])
	}
	if _, ok := posthog["gone"]; ok {
		t.Error("a dropped property is there")
	}
}

func TestRefusedEvents(t *testing.T) {
	t.Parallel()
	c, err := New(orders(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := trackOrder(cancelled, c, "u1", validOrder()); err != nil {
		t.Errorf("a cancelled context refuses: %v", err)
	}
	for _, id := range []string{
		"", strings.Repeat("x", 201), "system", "NULL", "Guest", "0", "[object Object]", "\xff", "00000000-0000-0000-0000-000000000000",
		" ", "\t", " system ", `"null"`, "'undefined'", `""`,
	} {
		if err := trackOrder(t.Context(), c, id, validOrder()); !errors.Is(err, ErrDistinctID) {
			t.Errorf("distinct_id %q: %v", id, err)
		}
	}
	big := validOrder()
	big.Extra = strings.Repeat("x", 256<<10)
	if err := trackOrder(t.Context(), c, "u1", big); !errors.Is(err, ErrTooLarge) {
		t.Errorf("large event: %v", err)
	}
	var invalid *ValidationError
	if err := trackOrder(t.Context(), c, "u1", order{}); !errors.As(err, &invalid) || invalid.Event != "order" {
		t.Errorf("invalid event: %v", err)
	}
	late := WithTimestamp(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC))
	if got := violationsOf(t, trackOrder(t.Context(), c, "u1", validOrder(), late)); !slices.Equal(got, []string{"timestamp: format (year beyond 9999)"}) {
		t.Errorf("time stamp that has no text: %q", got)
	}
	var stranger Event
	if err := c.Begin(t.Context(), &stranger, "u1", nil).Commit(); !errors.As(err, &invalid) {
		t.Errorf("undeclared event: %v", err)
	}
	if err := trackOrder(t.Context(), nil, "u1", validOrder()); !errors.Is(err, ErrNilClient) {
		t.Errorf("nil client: %v", err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := trackOrder(t.Context(), c, "u1", validOrder()); !errors.Is(err, ErrClosed) {
		t.Errorf("closed client: %v", err)
	}
	want := map[string]uint64{"distinct_id": 15, "invalid": 3, "closed": 1, "too_large": 1}
	if stats := c.Stats(); stats.Accepted != 1 || stats.Unsent != 1 || !maps.Equal(stats.Rejected, want) {
		t.Errorf("stats %+v", stats)
	}
}

func TestAnyKeepsIntegersExact(t *testing.T) {
	t.Parallel()
	c, got := recording(t)
	o := validOrder()
	o.Extra = []any{json.Number("10000000000000000000000001"), uint64(math.MaxUint64), json.Number("1.50"), json.Number("2.0"), math.Copysign(0, -1)}
	if err := trackOrder(t.Context(), c, "u1", o); err != nil {
		t.Fatal(err)
	}
	text := string((*got)[0].Messages[redact.Audit].Properties)
	if want := `"extra":[10000000000000000000000001,18446744073709551615,1.5,2,0]`; !strings.Contains(text, want) {
		t.Errorf("want %s in %s", want, text)
	}
	for _, bad := range []string{"1e400", "x", "-"} {
		o.Extra = json.Number(bad)
		if err := trackOrder(t.Context(), c, "u1", o); err == nil {
			t.Errorf("%q is written as a number", bad)
		}
	}
}

func TestPersonlessEventsShareNoPseudonym(t *testing.T) {
	t.Parallel()
	plain := Event{Name: "plain"}
	reg := &Registry{Identity: "user.unique_id", Events: []*Event{&plain}, Policy: redact.Policy{
		{Category: "user", Strategies: redact.Strategies{PostHog: redact.Hash}},
	}}
	var got []Recorded
	c, err := New(reg, Config{}, WithRecorder(func(r Recorded) { got = append(got, r) }))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Begin(t.Context(), &plain, "", []EventOption{WithoutPersonProfile()}).Commit(); err != nil {
		t.Fatal(err)
	}
	if m := got[0].Messages[redact.PostHog]; m.DistinctID != m.UUID.String() {
		t.Errorf("distinct_id %q, want the event's uuid", m.DistinctID)
	}
}

func TestKeysOfClassifiedMapsStayIn(t *testing.T) {
	t.Parallel()
	list := &Value{Type: Array, Items: &Value{Type: String, Category: "user.contact.email"}}
	maps := Event{Name: "nested", Object: Object{Properties: []Property{
		{Name: "lists", Required: true, Value: Value{Type: Map, Category: "user.contact.email", Values: list}},
		{Name: "counts", Required: true, Value: Value{Type: Map, Category: "user.name", Values: &Value{
			Type: Integer, Category: "user.name", Range: &Range{Min: 1, Max: 2},
		}}},
	}}}
	reg := &Registry{Events: []*Event{&maps}, Policy: redact.Policy{
		{Category: "user", Strategies: redact.Strategies{PostHog: redact.Hash, Log: redact.Replace}},
	}}
	var got []Recorded
	c, err := New(reg, Config{}, WithRecorder(func(r Recorded) { got = append(got, r) }))
	if err != nil {
		t.Fatal(err)
	}
	write := func(w *Writer, count int64) error {
		w.Map(1)
		w.Key("canary")
		w.Array(1)
		w.String("a")
		w.End()
		w.End()
		w.Map(1)
		w.Key("canary")
		w.Integer(count)
		w.End()
		return w.Commit()
	}
	if err := write(c.Begin(t.Context(), &maps, "u1", nil), 1); err != nil {
		t.Fatal(err)
	}
	for d, m := range got[0].Messages {
		if strings.Contains(string(m.Properties), "canary") {
			t.Errorf("%s sees a key: %s", d, m.Properties)
		}
	}
	for _, err := range []error{write(maps.Check(), 5), write(c.Begin(t.Context(), &maps, "u1", nil), 5)} {
		if got := violationsOf(t, err); !slices.Equal(got, []string{"counts[*]: maximum (at most 2)"}) {
			t.Errorf("got %q", got)
		}
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	c, _ := recording(t)
	big := validOrder()
	big.Extra = strings.Repeat("x", 256<<10)
	if err := trackOrder(t.Context(), c, "u1", big); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestSampling(t *testing.T) {
	t.Parallel()
	sampled := Event{Name: "sampled", Sampling: 0.25}
	reg := &Registry{Events: []*Event{&sampled}}
	c, err := New(reg, Config{})
	if err != nil {
		t.Fatal(err)
	}
	const people = 20_000
	for range 2 { // the same people both times
		for i := range people {
			id := "user_" + time.Duration(i).String()
			if err := c.Begin(t.Context(), &sampled, id, nil).Commit(); err != nil {
				t.Fatal(err)
			}
		}
	}
	stats := c.Stats()
	share := float64(stats.Accepted) / (2 * people)
	if share < 0.23 || share > 0.27 || stats.Accepted%2 != 0 || stats.Accepted+stats.Rejected["sampled"] != 2*people {
		t.Errorf("kept %.3f of the events: %+v", share, stats)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// truth accepts everything, so that the Writer's own checks are seen.
type truth struct{}

func (truth) Validate(string, map[string]any) error { return nil }

func TestTrackMap(t *testing.T) {
	t.Parallel()
	c, got := recording(t, WithSchemas(truth{}))
	payload := map[string]any{
		"id": "0189d0f5-7b1e-7c3a-9f00-0123456789ab", "contact": "jo@example.com", "state": "done", "schema": "v1", "count": 2,
		"ratio": nil, "priority": json.Number("10"), "at": "2026-11-21t13:00:00+01:00", "tags": []string{"a", "b"},
		"lines": []any{map[string]any{"sku": "abc", "codes": []int{1}}}, "prices": map[string]float64{"net": 1}, "extra": nil,
	}
	if err := c.TrackMap(t.Context(), "u1", "order", payload); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"id": payload["id"], "contact": "jo@example.com", "state": "done", "schema": "v1", "count": 2.0, "ratio": nil,
		"priority": 10.0, "at": "2026-11-21T12:00:00Z", "tags": []any{"a", "b"},
		"lines":  []any{map[string]any{"sku": "abc", "codes": []any{1.0}}},
		"prices": map[string]any{"net": 1.0}, "extra": nil, "$geoip_disable": true,
	}
	if audit := properties(t, (*got)[0], redact.Audit); !reflect.DeepEqual(audit, want) {
		t.Errorf("got  %v\nwant %v", audit, want)
	}
}

func TestTrackMapRefuses(t *testing.T) {
	t.Parallel()
	c, _ := recording(t, WithSchemas(truth{}))
	for name, test := range map[string]struct {
		key   string
		value any
		want  string
	}{
		"undeclared":      {"other", 1, `undeclared ("other")`},
		"odd undeclared":  {"jo@example.com", 1, "undeclared"},
		"wrong type":      {"contact", 5, "contact: type"},
		"fraction":        {"count", 1.5, "count: type"},
		"unknown value":   {"state", "lost", "state: enum"},
		"not an array":    {"lines", "x", "lines: type"},
		"not an object":   {"lines", []any{"x"}, "lines[0]: type"},
		"null item":       {"tags", []any{nil}, "tags[0]: type"},
		"not a time":      {"at", "noon", "at: type"},
		"null":            {"count", nil, "count: type (null is not allowed)"},
		"missing":         {"priority", nil, ""},
		"cannot be coded": {"extra", func() {}, "unencodable (func() has no JSON form)"},
	} {
		payload := map[string]any{
			"id": "0189d0f5-7b1e-7c3a-9f00-0123456789ab", "contact": "jo@example.com", "state": "done", "schema": "v1",
			"priority": 10, "at": "2026-11-21T12:00:00Z", "lines": []any{}, "prices": map[string]any{}, "extra": 1,
		}
		payload[test.key] = test.value
		err := c.TrackMap(t.Context(), "u1", "order", payload)
		if test.want == "" && err == nil {
			continue
		}
		if got := violationsOf(t, err); !slices.Equal(got, []string{test.want}) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
	var invalid *ValidationError
	if err := c.TrackMap(t.Context(), "u1", "nowhere", nil); !errors.As(err, &invalid) {
		t.Errorf("undeclared event: %v", err)
	}
	if err := c.TrackMap(t.Context(), "u1", strings.Repeat("é", 1<<20), nil); !errors.As(err, &invalid) || len(invalid.Event) > 200 {
		t.Errorf("the error for a name of 2 MiB has %d bytes of it", len(invalid.Event))
	}
	bare, err := New(orders(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := bare.TrackMap(t.Context(), "u1", "order", nil); !errors.Is(err, ErrNoValidator) {
		t.Errorf("without a validator: %v", err)
	}
}

func TestUnredactableValuesAreLeftOutAndCounted(t *testing.T) {
	t.Parallel()
	located := Event{Name: "located", Object: Object{Properties: []Property{
		{Name: "ip", Required: true, Value: Value{Type: String, Category: "user.device.ip_address"}},
		{Name: "more", Required: true, Value: Value{Type: Any, Category: "user.device.ip_address"}},
	}}}
	reg := &Registry{Events: []*Event{&located}, Policy: redact.Policy{
		{Category: "user.device", Strategies: redact.Strategies{PostHog: redact.TruncateIP}},
	}}
	var got []Recorded
	c, err := New(reg, Config{}, WithRecorder(func(r Recorded) { got = append(got, r) }))
	if err != nil {
		t.Fatal(err)
	}
	w := c.Begin(t.Context(), &located, "u1", nil)
	w.String("no address")
	w.Any([]any{"203.0.113.7", "canary"})
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"more": []any{"203.0.113.0", nil}, "$geoip_disable": true}
	if posthog := properties(t, got[0], redact.PostHog); !reflect.DeepEqual(posthog, want) {
		t.Errorf("got %v, want %v", posthog, want)
	}
	if n := c.Stats().Unredactable; n != 2 {
		t.Errorf("%d values counted, want 2", n)
	}
}

func TestIdentityWithoutPolicyIsKept(t *testing.T) {
	t.Parallel()
	plain := Event{Name: "plain"}
	reg := &Registry{Identity: "user.unique_id", Events: []*Event{&plain}}
	var got []Recorded
	c, err := New(reg, Config{}, WithRecorder(func(r Recorded) { got = append(got, r) }))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Begin(t.Context(), &plain, "u1", nil).Commit(); err != nil {
		t.Fatal(err)
	}
	if id := got[0].Messages[redact.PostHog].DistinctID; id != "u1" {
		t.Errorf("distinct_id %q, want it as it is", id)
	}
}
