package runtime

import "time"

// EventOption changes one tracked event. It is a plain value: options cost no allocation and may be kept and used again.
// The zero value changes nothing.
type EventOption struct {
	field eventField
	text  [2]string
	time  time.Time
	uuid  UUID
}

// eventField is what an EventOption sets.
type eventField uint8

const (
	fieldNone eventField = iota
	fieldTimestamp
	fieldUUID
	fieldGroup
	fieldSession
	fieldPersonless
)

// WithTimestamp sets when the event happened, for imports and late arrivals; the default is the time of the call. It is
// kept to the microsecond. The zero time means the default.
func WithTimestamp(t time.Time) EventOption { return EventOption{field: fieldTimestamp, time: t} }

// WithUUID sets the identity of the event, so that a caller who repeats the call after a crash does not count it twice:
// PostHog collapses events with the same uuid, timestamp, name and distinct_id, so set [WithTimestamp] as well. The zero
// UUID means a fresh one. Every [16]byte UUID type converts: WithUUID(runtime.UUID(id)).
func WithUUID(id UUID) EventOption { return EventOption{field: fieldUUID, uuid: id} }

// WithGroup relates the event to a group, for example ("organization", "org_42"). The key is redacted like a distinct_id.
// Of two keys for one type the last wins. The type is a constant of your code and leaves as it is. PostHog keeps at most five group types per project.
func WithGroup(groupType, key string) EventOption {
	return EventOption{field: fieldGroup, text: [2]string{groupType, key}}
}

// WithSession relates the event to a session of PostHog's browser library, by the random id that the library made, which is a
// UUID. No policy governs it, as it stands for no person by itself: it leaves as it is, for every destination. An id of another
// form leaves if it is a token, of at most 64 letters, digits, dashes and underscores, in which redact.Scan finds nothing;
// otherwise the event goes without, and that is counted.
func WithSession(id string) EventOption { return EventOption{field: fieldSession, text: [2]string{id}} }

// WithoutPersonProfile keeps PostHog from creating or updating a person, which also costs less. An empty distinct_id is
// then allowed, and the event's uuid stands in for it.
func WithoutPersonProfile() EventOption { return EventOption{field: fieldPersonless} }

// eventOptions is what the options of one event add up to.
type eventOptions struct {
	timestamp  time.Time
	uuid       UUID
	session    string
	personless bool
	count      int
	inline     [5]group // as many as PostHog keeps, so that groups cost no allocation
	more       []group
}

// group is the key of one group that an event belongs to.
type group struct {
	kind string
	key  string
}

func (o EventOption) apply(to *eventOptions) {
	switch o.field {
	case fieldNone:
	case fieldTimestamp:
		to.timestamp = o.time
	case fieldUUID:
		to.uuid = o.uuid
	case fieldGroup:
		to.addGroup(group{kind: o.text[0], key: o.text[1]})
	case fieldSession:
		to.session = o.text[0]
	case fieldPersonless:
		to.personless = true
	}
}

func (o *eventOptions) addGroup(g group) {
	for i, known := range o.groups() {
		if known.kind == g.kind {
			o.groups()[i] = g
			return
		}
	}
	switch {
	case o.count < len(o.inline):
		o.inline[o.count] = g
	case o.count == len(o.inline):
		o.more = append(o.inline[:len(o.inline):len(o.inline)], g)
	default:
		o.more = append(o.more, g)
	}
	o.count++
}

// groups returns the groups in the order in which they were first given. The slice is only good while o does not change.
func (o *eventOptions) groups() []group {
	if o.count > len(o.inline) {
		return o.more
	}
	return o.inline[:o.count]
}
