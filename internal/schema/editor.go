package schema

import (
	"bytes"

	"github.com/invopop/jsonschema"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// draft07 is the dialect that language servers for YAML understand.
const draft07 = "http://json-schema.org/draft-07/schema#"

// Editor returns the schema of a registry file, by which editors complete and check it while it is written. It is
// reflected from the types that the loader reads, so it knows every key that the loader knows; whether names, references
// and policies fit together only the loader can tell.
func Editor() ([]byte, error) {
	reflector := jsonschema.Reflector{Anonymous: true, ExpandedStruct: true}
	s := reflector.Reflect(&taxonomy.File{})
	s.Version = draft07
	s.Title = "Registry of events (events.yaml)"
	document, err := encode(s)
	if err != nil {
		return nil, err
	}
	return inDraft07(document), nil
}

// inDraft07 renames what 2020-12 calls $defs. Quotes within a text are escaped, so the patterns match keywords only.
func inDraft07(document []byte) []byte {
	document = bytes.ReplaceAll(document, []byte(`"$defs":`), []byte(`"definitions":`))
	return bytes.ReplaceAll(document, []byte(`"$ref": "#/$defs/`), []byte(`"$ref": "#/definitions/`))
}
