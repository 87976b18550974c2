// Package schemacheck validates payloads against the JSON Schemas of a registry.
//
// Generated code validates by itself and does not need this package. It serves payloads that come from elsewhere: give it to
// a client for TrackMap,
//
//	schemas, err := schemacheck.New(events.Schemas())
//	…
//	client, err := posthogsink.Open(os.LookupEnv, events.Registry(), runtime.WithSchemas(schemas))
//
// or use it directly in a test or a tool. Verdicts are those of github.com/santhosh-tekuri/jsonschema/v5 with format
// assertion; they are the same as those of the generated code.
package schemacheck

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Validator validates payloads by the name of their event. It is safe for concurrent use. A schema is compiled when it is
// first needed, which takes some hundred microseconds, and kept.
type Validator struct {
	files   map[string][]byte // schema files by path
	paths   map[string]string // wire name to path
	schemas sync.Map          // wire name to *jsonschema.Schema
}

// New reads the schemas below the folder schemas of fsys, which is what the function Schemas of a generated package
// returns. The title of a schema is the wire name of its event, [Identify] for the person, or [GroupIdentify] with a colon and
// the type for a group.
func New(fsys fs.FS) (*Validator, error) {
	paths, err := fs.Glob(fsys, "schemas/*"+extension)
	if err != nil {
		return nil, fmt.Errorf("schemacheck: %w", err)
	}
	files := make(map[string][]byte, len(paths))
	for _, path := range paths {
		if files[path], err = fs.ReadFile(fsys, path); err != nil {
			return nil, fmt.Errorf("schemacheck: %w", err)
		}
	}
	return FromFiles(files)
}

// FromFiles does the same for schemas in memory, by path. Files that are no schemas are passed over.
func FromFiles(files map[string][]byte) (*Validator, error) {
	v := &Validator{files: files, paths: make(map[string]string, len(files))}
	for path, data := range files {
		if !strings.HasSuffix(path, extension) {
			continue
		}
		var head struct {
			Title string `json:"title"`
		}
		if err := json.Unmarshal(data, &head); err != nil {
			return nil, fmt.Errorf("schemacheck: %s: %w", path, err)
		}
		v.paths[head.Title] = path
	}
	return v, nil
}

// Events returns the names of all schemas, sorted.
func (v *Validator) Events() []string { return slices.Sorted(maps.Keys(v.paths)) }

// extension ends the names of schema files.
const extension = ".schema.json"

// The titles of schemas that are no event's. That of a group has a colon and the group's type behind it.
const (
	Identify      = "$identify"
	GroupIdentify = "$groupidentify"
)
