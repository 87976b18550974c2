package runtime

import (
	"sync/atomic"

	"github.com/eventgen/eventgen/redact"
)

// Event describes one event of a registry. Generated code declares one variable per event and never changes it; Event
// must not be copied.
type Event struct {
	Name         string // wire name
	Kind         Kind
	Group        string // group type, for KindGroup
	Object       Object
	Destinations []redact.Destination // empty means all
	Sampling     float64              // share of events kept; 0 means all
	Registry     string               // fingerprint of the registry that declares it; empty where that lists it in Events

	check  atomic.Pointer[plan] // compiled on first use, for Validate without a client
	recent atomic.Pointer[plan] // that of some open client: most processes have one, and a look into its table costs 20 ns
}

// Kind tells what PostHog does with an event.
type Kind uint8

// The kinds of events.
const (
	KindTrack    Kind = iota
	KindIdentify      // $identify with $set
	KindGroup         // $groupidentify with $group_set
	kindAlias         // $create_alias; never generated
)

// Object is a set of named properties in the order in which the generated code writes them.
type Object struct {
	Properties []Property
}

// Property is one named member of an object.
type Property struct {
	Name     string
	Required bool
	Nullable bool
	Value    Value
}

// Type is the JSON type of a value.
type Type uint8

// The types.
const (
	String Type = iota
	Integer
	Number
	Boolean
	Objects // an object with declared properties
	Array
	Map
	Any
)

// Format narrows a string.
type Format uint8

// The formats, those of JSON Schema 2020-12 and IP, which is IPv4 or IPv6. Time is date-time, whose Go type is time.Time.
const (
	NoFormat Format = iota
	UUIDFormat
	Email
	URI
	IPv4
	IPv6
	IP
	Date
	Time
	Hostname
)

// Value says what a property, an array item or a map value may hold. Generated code uses composite literals of it, so the
// zero value of each field means "not constrained".
type Value struct {
	Type   Type
	Format Format
	Const  string // JSON literal of a constant; such a property has no Go field

	MinLength int
	MaxLength int // 0 is no limit, Zero is a limit of zero
	Pattern   string
	Range     *Range

	MinItems    int
	MaxItems    int // 0 is no limit, Zero is a limit of zero
	UniqueItems bool

	Enum   *Enum
	Object *Object
	Items  *Value
	Values *Value

	Category string          // "" and "none" are not personal data
	Redact   redact.Strategy // tightens the policy where Tighten is set
	Tighten  bool

	Unscanned bool // texts are not scanned: what looks like personal data there is known to be none; see Scanning
}

// Zero is the limit 0 in MaxLength and MaxItems, whose zero value means that there is none.
const Zero = -1

// Range bounds a number, ends included.
type Range struct {
	Min, Max float64
}

// MaxInteger is the largest integer, 2^53: beyond it, a receiver that keeps numbers as float64 would change the value.
const MaxInteger = 1 << 53
