package schema

import (
	"github.com/invopop/jsonschema"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// describe adds what explains a value and decides nothing.
func describe(s *jsonschema.Schema, v *taxonomy.Value) {
	s.Description = v.Description
	s.Default = v.Default
	s.Examples = v.Examples
	if v.Classified() {
		annotate(s, "x-pii", v.Category)
	}
	annotate(s, "x-redact", v.Redact)
	if v.Unscanned {
		annotate(s, "x-scan", "off")
	}
}

func deprecate(s *jsonschema.Schema, message string) {
	s.Deprecated = message != ""
	annotate(s, "x-deprecated", message)
}

// annotate sets one of our own keywords unless there is nothing to say.
func annotate(s *jsonschema.Schema, keyword, text string) {
	if text != "" {
		extra(s, keyword, text)
	}
}

// extra sets a keyword that [jsonschema.Schema] has no field for.
func extra(s *jsonschema.Schema, keyword string, value any) {
	if s.Extras == nil {
		s.Extras = map[string]any{}
	}
	s.Extras[keyword] = value
}
