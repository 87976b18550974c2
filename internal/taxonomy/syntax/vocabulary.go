package syntax

import (
	"fmt"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/eventgen/eventgen/internal/diag"
)

// None is the category of what is not personal data.
const None Category = "none"

// Words of a fixed vocabulary. A word that is not in it is reported where it stands and left empty.
type (
	// Category is "none" or a key of the data category tree.
	Category string
	// Strategy is the name of a redaction strategy.
	Strategy string
	// Destination is where a copy of an event goes.
	Destination string
	// Format narrows a string.
	Format string
	// Stability is how much readers can rely on something.
	Stability string
	// ScanMode says which events are searched for personal data.
	ScanMode string
	// ScanAction is what happens to a text with a finding.
	ScanAction string
	// ScanSwitch takes a value out of the search.
	ScanSwitch string
)

// The words that other packages act on.
const (
	ScanSampled ScanMode   = "sampled"
	ScanFull    ScanMode   = "full"
	ScanReport  ScanAction = "report"
	ScanMask    ScanAction = "mask"
	ScanNever   ScanSwitch = "off"
)

// Version is the version of the registry language; there is one.
type Version int

const languageVersion Version = 1

func (v *Version) decode(d *decoder, s slot) {
	l := d.literal(s.node)
	switch {
	case !l.Whole:
		d.wrongType(s, "a whole number")
	case l.Integer != int64(languageVersion):
		d.report(diag.New(l.Pos, "E013", "this eventgen reads version %d of the registry language", languageVersion))
	default:
		*v = languageVersion
	}
}

// JSONSchema lists the one version.
func (Version) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "integer", Enum: []any{int(languageVersion)}}
}

// TypeName is a type of the language or the name of one under types.
type TypeName string

var (
	strategies   = []string{"keep", "drop", "replace", "mask", "hash", "truncate_ip", "truncate_time", "round", "email_domain", "scrub_url", "scan"}
	destinations = []string{"posthog", "audit", "log"}
	formats      = []string{"uuid", "email", "uri", "ipv4", "ipv6", "ip", "date", "date-time", "hostname"}
	stabilities  = []string{"experimental", "beta", "stable"}

	scanModes   = []string{"off", string(ScanSampled), string(ScanFull)}
	scanActions = []string{string(ScanMask), "drop", string(ScanReport)}

	noneOrCategory = append([]string{string(None)}, categories...)

	typeNames = []string{"string", "integer", "number", "boolean", "object", "array", "map", "any"}
)

// Categories returns the keys of the data category tree, sorted.
func Categories() []string { return slices.Clone(categories) }

// SuggestCategory returns advice on what may have been meant by a category that does not exist: the nearest one, one at the same
// place of the tree, the one above it, or one elsewhere that ends alike.
func SuggestCategory(word string) string {
	if s := diag.DidYouMean(word, categories); s != "" {
		return s
	}
	parent, last := split(word)
	if c := categoryEnding(parent+".", last); c != "" {
		return didYouMean(c)
	}
	if slices.Contains(categories, parent) {
		return didYouMean(parent)
	}
	if c := categoryEnding("", last); c != "" {
		return didYouMean(c)
	}
	return ""
}

func didYouMean(word string) string { return fmt.Sprintf("did you mean %q?", word) }

// split cuts a category before its last segment.
func split(category string) (parent, last string) {
	i := strings.LastIndexByte(category, '.')
	return category[:max(i, 0)], category[i+1:]
}

// categoryEnding returns the category that starts with prefix and whose last segment is nearest to last.
func categoryEnding(prefix, last string) string {
	byEnd := map[string]string{}
	var ends []string
	for _, c := range categories {
		if _, end := split(c); strings.HasPrefix(c, prefix) {
			byEnd[end] = c
			ends = append(ends, end)
		}
	}
	end, _ := diag.Nearest(last, ends)
	return byEnd[end]
}

// suggestWord returns advice on a word that is not in a vocabulary.
func suggestWord(word string, words []string) string {
	const few = 12
	if s := diag.DidYouMean(word, words); s != "" {
		return s
	}
	if len(words) > few {
		return SuggestCategory(word)
	}
	if len(words) == 1 {
		return "the only one is " + words[0]
	}
	return "use one of " + strings.Join(words, ", ")
}

// Destinations returns all destinations in the order in which they are always listed.
func Destinations() []string { return slices.Clone(destinations) }

// Strategies returns the names of all redaction strategies.
func Strategies() []string { return slices.Clone(strategies) }

// TypeNames returns the types of the language.
func TypeNames() []string { return slices.Clone(typeNames) }

// vocabulary is a string type with a fixed set of words.
type vocabulary interface {
	// words returns the words and the rule that refuses others.
	words() (words []string, rule, what string)
}

func (Category) words() (words []string, rule, what string) {
	return noneOrCategory, "P412", "category of personal data"
}

func (Strategy) words() (words []string, rule, what string) {
	return strategies, "P413", "redaction strategy"
}

func (Destination) words() (words []string, rule, what string) {
	return destinations, "E013", "destination"
}

func (Format) words() (words []string, rule, what string) { return formats, "E013", "format" }

func (Stability) words() (words []string, rule, what string) { return stabilities, "E013", "stability" }

func (ScanMode) words() (words []string, rule, what string) { return scanModes, "E013", "scan mode" }

func (ScanAction) words() (words []string, rule, what string) {
	return scanActions, "E013", "scan action"
}

func (ScanSwitch) words() (words []string, rule, what string) {
	return []string{string(ScanNever)}, "E013", "scan setting of a property"
}

// JSONSchema lists none and the categories.
func (c Category) JSONSchema() *jsonschema.Schema { return schemaOf(c) }

// JSONSchema lists the strategies.
func (s Strategy) JSONSchema() *jsonschema.Schema { return schemaOf(s) }

// JSONSchema lists the destinations.
func (d Destination) JSONSchema() *jsonschema.Schema { return schemaOf(d) }

// JSONSchema lists the formats.
func (f Format) JSONSchema() *jsonschema.Schema { return schemaOf(f) }

// JSONSchema lists the stabilities.
func (s Stability) JSONSchema() *jsonschema.Schema { return schemaOf(s) }

// JSONSchema lists the modes.
func (m ScanMode) JSONSchema() *jsonschema.Schema { return schemaOf(m) }

// JSONSchema lists the actions.
func (a ScanAction) JSONSchema() *jsonschema.Schema { return schemaOf(a) }

// JSONSchema lists the one setting.
func (s ScanSwitch) JSONSchema() *jsonschema.Schema { return schemaOf(s) }

func schemaOf(v vocabulary) *jsonschema.Schema {
	words, _, _ := v.words()
	return &jsonschema.Schema{Type: "string", Enum: anySlice(words)}
}

// JSONSchema lists the types of the language and lets any other name pass, since it may be one under types.
func (TypeName) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
		{Type: "string", Enum: anySlice(typeNames)},
		{Type: "string", Description: "A name under types."},
	}}
}

func anySlice(words []string) []any {
	out := make([]any, len(words))
	for i, w := range words {
		out[i] = w
	}
	return out
}
