package diag

// Rule is one thing that eventgen checks.
type Rule struct {
	ID       string // a letter for the kind and three digits; never reused
	Name     string // for readers, in kebab case
	Severity Severity
	Purpose  string // one sentence: what is refused, and why
}

// Rules returns every rule of the registry's checks, sorted by id. The caller owns the slice.
func Rules() []Rule {
	return append([]Rule(nil), rules[:]...)
}

// FindRule returns the rule with an id.
func FindRule(id string) (Rule, bool) {
	for _, r := range rules {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}

var rules = [...]Rule{
	{"C604", "generated-files-stale", Error, "Generated files are what the registry generates now."},
	{
		"D301", "description-missing", Warning,
		"Events, properties, types and groups say what they mean, because the dashboards of other teams depend on it.",
	},
	{"D302", "owner-missing", Warning, "Every event has an owner, its own or its file's, whom a reader can ask."},
	{"E001", "yaml-syntax", Error, "A registry file is one YAML mapping in UTF-8."},
	{"E002", "unknown-key", Error, "Only keys of the registry language and x-* are allowed, so that a typo cannot be ignored."},
	{"E003", "duplicate", Error, "Nothing is defined twice, in one file or in two, because one of the two would be lost."},
	{"E004", "wrong-type", Error, "The value of a key has the form that the key asks for."},
	{"E005", "missing-key", Error, "Keys without which the rest has no meaning are present."},
	{"E006", "unresolved-reference", Error, "Imports, includes and type names lead somewhere, and never in a circle."},
	{"E007", "value-does-not-fit", Error, "Values of enum, const and default are valid for the type and its other keywords."},
	{"E008", "invalid-pattern", Error, "Patterns are valid RE2 and at most 1 KiB long."},
	{"E009", "example-invalid", Error, "Examples are valid for the type and its other keywords."},
	{"E010", "contradictory", Error, "Bounds and keywords leave at least one valid value."},
	{"E012", "misplaced-keyword", Error, "A keyword stands only where it has an effect: on its type, and once."},
	{"E013", "unknown-word", Error, "A key with a fixed vocabulary has one of its words."},
	{"E014", "limit-exceeded", Error, "Registries stay within 64 MiB, depth 64 and 65,535 values an enum."},
	{"E015", "alias", Error, "Anchors, aliases, merge keys and custom tags are refused: they hide what a file says."},
	{
		"G101", "go-name-collision", Error,
		"No two things share a Go name; nothing is ever numbered, because numbers would move when the registry grows.",
	},
	{"G102", "not-a-go-identifier", Error, "Every name leads to an exported Go identifier, by itself or through go_name."},
	{"G103", "go-name-reserved", Error, "No Go name is one that the generated package needs for itself."},
	{
		"G104", "wire-name-reserved", Error,
		"Names that PostHog treats as its own protocol are refused: they would change how an event is read.",
	},
	{
		"G106", "integer-out-of-range", Error,
		"Integers lie within 2^53, because receivers that keep numbers as float64 would change larger ones.",
	},
	{"G107", "posthog-name", Warning, "Names of PostHog's own taxonomy have a meaning there that an event may not intend."},
	{"G108", "unusable-name", Error, "Names are not empty, not too long for PostHog, and without control characters."},
	{"L510", "unknown-rule-in-no-lint", Warning, "no_lint names warnings that exist; errors cannot be switched off."},
	{"L512", "unused", Warning, "Every shared type and every property group is used."},
	{"N201", "event-name-convention", Warning, "Event names follow the convention under naming."},
	{"N202", "property-name-convention", Warning, "Property names follow the convention under naming."},
	{
		"N209", "same-property-other-type", Warning,
		"A property has one type in all events, because PostHog keeps one definition of it for the whole project.",
	},
	{
		"P401", "pii-undeclared", Error,
		"Whatever can hold personal data says whether it does: silence is not the same as none.",
	},
	{"P402", "looks-personal", Error, "A name that looks personal has a category, or a pii_reason for none."},
	{"P404", "category-without-strategy", Error, "Every category in use has a strategy for every destination it can reach."},
	{"P405", "strategy-impossible", Error, "A strategy works on the type it is applied to; otherwise every value would be dropped."},
	{
		"P407", "sensitive-category", Error,
		"Credentials and financial accounts are dropped or replaced: no weaker strategy makes them safe to send.",
	},
	{"P409", "loosened-policy", Error, "redact on a property is stricter than the policy for its category, never looser."},
	{
		"P411", "identity-without-strategy", Warning,
		"The category of distinct_id has a strategy; without one, ids are sent as they are.",
	},
	{"P412", "unknown-category", Error, "Categories are those of the Fideslang tree."},
	{"P413", "unknown-strategy", Error, "Strategies are those of the redaction engine."},
	{"P414", "keep-without-reason", Error, "A policy that keeps personal data as it is says why."},
	{"P415", "category-contradiction", Error, "A part is never declared less personal than the whole, nor at odds with its type."},
	{"P416", "unscanned-without-reason", Error, "A text that is not searched for personal data says why that is safe."},
	{"V801", "invalid-payload", Error, "A payload that is validated satisfies the registry."},
}
