package syntax

// File is one file of a registry: the root, or one that it imports.
type File struct {
	Mapping `json:"-"`

	Version        Version                 `json:"version,omitempty" jsonschema_description:"Version of the registry language. Required in the root file."`
	Package        string                  `json:"package,omitempty" jsonschema_description:"Go package name of the generated code. Required in the root file."`
	Owner          string                  `json:"owner,omitempty" jsonschema_description:"Team that owns the events of this file which name no owner."`
	Imports        []string                `json:"imports,omitempty" jsonschema_description:"Further files of the same registry, relative to this one. Globs are allowed."`
	Naming         *Naming                 `json:"naming,omitempty" jsonschema_description:"Conventions for wire names; a name that breaks one is a warning."`
	Privacy        Ordered[*Policy]        `json:"privacy,omitzero" jsonschema_description:"What happens to personal data: a strategy for each category or prefix of categories."`
	Identity       *Identity               `json:"identity,omitempty" jsonschema_description:"What distinct_id, aliases and group keys are."`
	Scan           *Scan                   `json:"scan,omitempty" jsonschema_description:"Search for personal data in texts that are declared none. One event in a hundred is searched and findings are reported when left out."`
	Types          Ordered[*Type]          `json:"types,omitzero" jsonschema_description:"Named types, to be used as type: <Name>."`
	PropertyGroups Ordered[*PropertyGroup] `json:"property_groups,omitzero" jsonschema_description:"Sets of properties that events include."`
	Person         *Entity                 `json:"person,omitempty" jsonschema_description:"Properties that Identify may set on a person."`
	Groups         Ordered[*Entity]        `json:"groups,omitzero" jsonschema_description:"Types of groups and the properties that may be set on them."`
	Events         Ordered[*Event]         `json:"events,omitzero" jsonschema_description:"Events by the name under which they are sent."`

	Reserved
}

// Naming holds the conventions for wire names.
type Naming struct {
	Mapping `json:"-"`

	Events     string `json:"events,omitempty" jsonschema_description:"snake_case, camelCase, words, any, or a regular expression (RE2) for the whole name."`
	Properties string `json:"properties,omitempty" jsonschema_description:"snake_case, camelCase, words, any, or a regular expression (RE2) for the whole name."`
}

// Identity says what the ids of persons and groups are.
type Identity struct {
	Mapping `json:"-"`

	DistinctID *DistinctID `json:"distinct_id,omitempty" jsonschema:"required" jsonschema_description:"Governs distinct_id, aliases and group keys."`
}

// DistinctID is the category of ids.
type DistinctID struct {
	Mapping `json:"-"`

	PII Category `json:"pii,omitempty" jsonschema:"required" jsonschema_description:"Category of the ids, or none."`
}

// Event is one event.
type Event struct {
	Mapping `json:"-"`

	Description  string             `json:"description,omitempty" jsonschema_description:"What happened. It becomes the documentation of the Go type."`
	Owner        string             `json:"owner,omitempty" jsonschema_description:"Team to ask about this event."`
	Include      []string           `json:"include,omitempty" jsonschema_description:"Property groups whose properties come before the event's own."`
	Properties   Ordered[*Property] `json:"properties,omitzero" jsonschema_description:"Properties by the name under which they are sent."`
	Destinations []Destination      `json:"destinations,omitempty" jsonschema_description:"Where the event may go; everywhere when left out."`
	Sampling     *Sampling          `json:"sampling,omitempty" jsonschema_description:"Share of the events to keep, above 0 and at most 1."`
	GoName       string             `json:"go_name,omitempty" jsonschema_description:"Go identifier, where the derived one is taken or unclear."`
	NoLint       []string           `json:"no_lint,omitempty" jsonschema_description:"Ids of warnings that do not apply here."`

	Lifecycle
	Reserved
}

// Entity is the person, or one type of group.
type Entity struct {
	Mapping `json:"-"`

	Description string             `json:"description,omitempty" jsonschema_description:"What it is. It becomes the documentation of the Go type."`
	Owner       string             `json:"owner,omitempty" jsonschema_description:"Team to ask about these properties."`
	Include     []string           `json:"include,omitempty" jsonschema_description:"Property groups whose properties come before its own."`
	Properties  Ordered[*Property] `json:"properties,omitzero" jsonschema_description:"Properties by the name under which they are sent."`
	GoName      string             `json:"go_name,omitempty" jsonschema_description:"Go identifier, where the derived one is taken or unclear."`
	NoLint      []string           `json:"no_lint,omitempty" jsonschema_description:"Ids of warnings that do not apply here."`

	Lifecycle
	Reserved
}

// Property is one named member of an event, an entity, a property group or an object.
type Property struct {
	Mapping `json:"-"`
	Value

	Required bool     `json:"required,omitempty" jsonschema_description:"The property must be set. A required string is not empty unless minLength is 0."`
	Nullable bool     `json:"nullable,omitempty" jsonschema_description:"The property may be null."`
	Unit     string   `json:"unit,omitempty" jsonschema_description:"Unit of the value, such as ms, bytes or EUR."`
	Owner    string   `json:"owner,omitempty" jsonschema_description:"Team to ask about this property."`
	NoLint   []string `json:"no_lint,omitempty" jsonschema_description:"Ids of warnings that do not apply here."`

	Lifecycle
	Reserved
}

// Element is what an array or a map holds.
type Element struct {
	Mapping `json:"-"`
	Value
}

// Type is a named type.
type Type struct {
	Mapping `json:"-"`
	Value

	Unit   string   `json:"unit,omitempty" jsonschema_description:"Unit of the value, such as ms, bytes or EUR."`
	Owner  string   `json:"owner,omitempty" jsonschema_description:"Team to ask about this type."`
	NoLint []string `json:"no_lint,omitempty" jsonschema_description:"Ids of warnings that do not apply here."`

	Lifecycle
	Reserved
}

// Value says what a property, an element or a named type may hold.
type Value struct {
	Type        TypeName           `json:"type,omitempty" jsonschema:"required" jsonschema_description:"A type of the language, or the name of one under types."`
	Description string             `json:"description,omitempty" jsonschema_description:"What the value means. It becomes the documentation of the Go field."`
	PII         Category           `json:"pii,omitempty" jsonschema_description:"Category of personal data, or none. May be left out for booleans, enums, constants, and numbers whose name does not look personal."`
	PIIReason   string             `json:"pii_reason,omitempty" jsonschema_description:"Why a name that looks personal holds no personal data."`
	Redact      Strategy           `json:"redact,omitempty" jsonschema_description:"A strategy stricter than the policy for the category."`
	Scan        ScanSwitch         `json:"scan,omitempty" jsonschema_description:"off takes texts that are declared none out of the search for personal data; needs a pii_reason."`
	Format      Format             `json:"format,omitempty" jsonschema_description:"Format of a string. date-time becomes time.Time."`
	Enum        []*EnumEntry       `json:"enum,omitempty" jsonschema_description:"The only values allowed, all strings or all integers."`
	Const       *Literal           `json:"const,omitempty" jsonschema_description:"The only value allowed; it needs no Go field."`
	Minimum     *Numeral           `json:"minimum,omitempty" jsonschema_description:"Smallest integer or number allowed."`
	Maximum     *Numeral           `json:"maximum,omitempty" jsonschema_description:"Largest integer or number allowed."`
	MinLength   *int               `json:"minLength,omitempty" jsonschema:"minimum=0" jsonschema_description:"Fewest characters of a string. 1 for required strings when left out."`
	MaxLength   *int               `json:"maxLength,omitempty" jsonschema:"minimum=0" jsonschema_description:"Most characters of a string."`
	Pattern     string             `json:"pattern,omitempty" jsonschema:"maxLength=1024" jsonschema_description:"Regular expression (RE2) that matches somewhere in the string."`
	Items       *Element           `json:"items,omitempty" jsonschema_description:"What an array holds."`
	MinItems    *int               `json:"minItems,omitempty" jsonschema:"minimum=0" jsonschema_description:"Fewest items of an array."`
	MaxItems    *int               `json:"maxItems,omitempty" jsonschema:"minimum=0" jsonschema_description:"Most items of an array."`
	UniqueItems bool               `json:"uniqueItems,omitempty" jsonschema_description:"No two items of an array are equal."`
	Values      *Element           `json:"values,omitempty" jsonschema_description:"What a map holds; its keys are strings."`
	Properties  Ordered[*Property] `json:"properties,omitzero" jsonschema_description:"Members of an object."`
	Default     *Literal           `json:"default,omitempty" jsonschema_description:"What receivers may assume when the property is missing. Nothing fills it in."`
	Examples    []Literal          `json:"examples,omitempty" jsonschema_description:"Values as they may occur; never real personal data."`
	GoName      string             `json:"go_name,omitempty" jsonschema_description:"Go identifier, where the derived one is taken or unclear."`
}

// Lifecycle is what events, entities, properties and types may say about their age.
type Lifecycle struct {
	Deprecated *Deprecation `json:"deprecated,omitempty" jsonschema_description:"Why and what to use instead: a sentence, true, or a mapping."`
	Stability  Stability    `json:"stability,omitempty" jsonschema_description:"How much readers can rely on it."`
	Formerly   []string     `json:"formerly,omitempty" jsonschema_description:"Earlier wire names."`
	Tags       []string     `json:"tags,omitempty" jsonschema_description:"Free labels."`
}

// Reserved holds the keys that later versions of eventgen will give a meaning. They are accepted and not looked at, but for
// purpose and retention, which the data map repeats.
type Reserved struct {
	Purpose   Remark `json:"purpose,omitempty" jsonschema_description:"What the data is for. The data map repeats it."`
	Retention Remark `json:"retention,omitempty" jsonschema_description:"How long the data is kept. The data map repeats it."`

	Consent     any `json:"consent,omitempty" jsonschema_description:"Reserved for later."`
	Durability  any `json:"durability,omitempty" jsonschema_description:"Reserved for later."`
	Context     any `json:"context,omitempty" jsonschema_description:"Reserved for later."`
	Lint        any `json:"lint,omitempty" jsonschema_description:"Reserved for later."`
	Sunset      any `json:"sunset,omitempty" jsonschema_description:"Reserved for later."`
	Removed     any `json:"removed,omitempty" jsonschema_description:"Reserved for later."`
	Expires     any `json:"expires,omitempty" jsonschema_description:"Reserved for later."`
	Since       any `json:"since,omitempty" jsonschema_description:"Reserved for later."`
	Audit       any `json:"audit,omitempty" jsonschema_description:"Reserved for later."`
	Trigger     any `json:"trigger,omitempty" jsonschema_description:"Reserved for later."`
	Links       any `json:"links,omitempty" jsonschema_description:"Reserved for later."`
	Reviews     any `json:"reviews,omitempty" jsonschema_description:"Reserved for later."`
	Cardinality any `json:"cardinality,omitempty" jsonschema_description:"Reserved for later."`
}
