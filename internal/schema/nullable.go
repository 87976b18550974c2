package schema

import "github.com/invopop/jsonschema"

// nullable returns a schema that admits null beside what s admits. s has no annotations yet and may be changed.
func nullable(s *jsonschema.Schema) *jsonschema.Schema {
	switch {
	case s.Const != nil:
		return &jsonschema.Schema{Enum: []any{s.Const, nil}}
	case s.Ref != "":
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{s, {Type: "null"}}}
	case s.Type == "": // anything at all, null included
		return s
	}
	if s.Enum != nil {
		s.Enum = append(s.Enum, nil)
	}
	extra(s, "type", []string{s.Type, "null"})
	s.Type = ""
	return s
}
