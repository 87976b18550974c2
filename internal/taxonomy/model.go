package taxonomy

import "github.com/eventgen/eventgen/internal/diag"

// Taxonomy is a registry whose references are resolved, whose names are unique and whose values are known to be sound: code
// and schemas can be generated from it without further checks. All slices are in the order of the YAML files.
type Taxonomy struct {
	Package   string // Go package name of the generated code
	Owner     string // default owner
	Purpose   string // for all that says nothing itself; so is Retention
	Retention string
	Naming    Naming
	Privacy   []CategoryPolicy
	Identity  Identity
	Scan      Scan
	Types     []*NamedType // shared types; only objects and enums become Go types
	Person    *Entity      // nil when the registry has no person properties
	Groups    []*Entity
	Events    []*Event
}

// Naming holds the conventions for wire names: snake_case, camelCase, words, any, or a regular expression (RE2) for the whole
// name; "" when the registry does not say, which is any.
type Naming struct {
	Events     string
	Properties string
}

// CategoryPolicy is one line of the privacy section: the strategies for a category and everything below it.
type CategoryPolicy struct {
	Category   string
	Strategies map[string]string // destination (posthog, audit, log) to strategy
	Reason     string
	Purpose    string // "" when the registry does not say; so is Retention
	Retention  string
	Pos        diag.Position
}

// Identity is the policy of distinct_id, aliases and group keys.
type Identity struct {
	Category string // "none" when the registry does not say
	Pos      diag.Position
}

// Scan is how texts that are declared to be no personal data are searched for it. It is complete: what the registry leaves out
// has its default.
type Scan struct {
	Mode   string  // off, sampled or full
	Action string  // mask, drop or report
	Rate   float64 // share of the events searched, in (0, 1]; 1 unless the mode is sampled
}

// Event is one event of the registry.
type Event struct {
	Name         string // wire name, free text
	GoName       string // exported identifier, unique in the package
	Slug         string // safe file name stem, unique without regard to case
	Description  string
	Owner        string
	Deprecated   string // "" when it is not deprecated
	Stability    string
	Formerly     []string
	Tags         []string
	Destinations []string // posthog, audit, log; never empty
	Sampling     float64  // share of events kept, in (0, 1]
	NoLint       []string // ids of warnings that do not apply here
	Purpose      string   // what the data is for, in words
	Retention    string   // how long it is kept, in words
	Properties   []*Property
	Pos          diag.Position
}

// Entity is the person, or one type of group.
type Entity struct {
	Name        string // group type on the wire; "" for the person
	GoName      string
	Slug        string
	Description string
	Owner       string
	Deprecated  string // "" when it is not deprecated
	NoLint      []string
	Purpose     string
	Retention   string
	Properties  []*Property
	Pos         diag.Position
}

// Property is one named member of an event, an entity or an object.
type Property struct {
	Name        string // wire name
	GoName      string // exported field name, unique in its struct; "" for a const, which has no field
	Description string
	Deprecated  string
	Stability   string
	Formerly    []string
	Tags        []string
	Owner       string // "" when it is the event's
	NoLint      []string
	Unit        string
	Purpose     string // "" when it is the event's; so is Retention
	Retention   string
	Required    bool
	Nullable    bool
	Value       *Value
	Pos         diag.Position
}

// Type is the type keyword of a value.
type Type string

// The types of the registry language.
const (
	String  Type = "string"
	Integer Type = "integer"
	Number  Type = "number"
	Boolean Type = "boolean"
	Object  Type = "object"
	Array   Type = "array"
	Map     Type = "map"
	Any     Type = "any"
)

// Value says what a property, an array item or a map value may hold. Constraints that do not apply to the type are zero.
type Value struct {
	Type   Type
	Format string // uuid, email, uri, ipv4, ipv6, ip, date, date-time, hostname or ""
	Const  any    // string, int64, float64, bool; nil when there is none

	MinLength *int // of a string, in code points; a required string without minLength has 1
	MaxLength *int
	Pattern   string
	Minimum   *float64 // of integers too: every bound of an integer is itself an integer within ±2^53
	Maximum   *float64

	MinItems    *int
	MaxItems    *int
	UniqueItems bool

	Enum   *Enum       // nil when not an enum
	Fields *ObjectType // of an object
	Items  *Value      // of an array
	Values *Value      // of a map

	// Category is "none", a dotted category, or "" where the language lets it be left out, which means none. It is
	// resolved: what an enclosing object, array or map says has been handed down to the leaves.
	Category  string
	PIIReason string
	Redact    string // tighter strategy than the policy's, or ""
	Unscanned bool   // none, and its texts are not searched for personal data

	Pos         diag.Position // of the property, item, map value or type
	CategoryPos diag.Position // of the pii that decides Category
	RedactPos   diag.Position // of the redact that decides Redact

	Default     any // annotation only
	Examples    []any
	Description string // of an item or a map value; a property carries its own
}

// Classified reports whether v holds personal data, so that the generated Go type must be one that does not leak.
func (v *Value) Classified() bool { return v.Category != "" && v.Category != "none" }

// Enum is a closed set of strings or of integers.
type Enum struct {
	GoName      string
	Description string
	Shared      bool // declared under types, itself or as what an array or map there holds
	Integers    bool
	Values      []EnumValue
	Pos         diag.Position
}

// EnumValue is one value of an enum.
type EnumValue struct {
	GoName      string // whole constant name, type name included
	String      string
	Integer     int64
	Description string
	Deprecated  string
	Pos         diag.Position
}

// ObjectType is the shape of an object. A shared one is one pointer wherever it is used.
type ObjectType struct {
	GoName      string
	Name        string // key under types; "" when declared in place
	Description string
	Shared      bool // as for an enum
	Properties  []*Property
	Pos         diag.Position
}

// NamedType is one entry of the types section.
type NamedType struct {
	Name        string
	GoName      string // of the type, or the stem of what is declared in place within it
	Description string
	Deprecated  string
	NoLint      []string
	Value       *Value
	Pos         diag.Position
}
