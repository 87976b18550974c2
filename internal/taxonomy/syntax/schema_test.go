package syntax

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
	"github.com/rogpeppe/go-internal/txtar"
	judge "github.com/santhosh-tekuri/jsonschema/v5"
	"go.yaml.in/yaml/v4"

	"github.com/eventgen/eventgen/internal/diag"
)

// editorSchema reflects and compiles the schema of the file format.
func editorSchema(t *testing.T) *judge.Schema {
	t.Helper()
	text, err := json.Marshal(jsonschema.Reflect(&File{}))
	if err != nil {
		t.Fatal(err)
	}
	c := judge.NewCompiler()
	if err := c.AddResource("events.schema.json", strings.NewReader(string(text))); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("events.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON reads YAML as an editor does.
func asJSON(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encoded, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

const everyShape = `
version: 1
package: events
naming: {events: words}
privacy: {user.name: drop, user.contact: {posthog: hash, log: keep, reason: x, x-a: 1}}
identity: {distinct_id: {pii: user.unique_id}}
types:
  A: {type: string, enum: [a, {value: b, description: B., go_name: B, deprecated: true}], x-a: {b: c}}
  B: {type: integer, enum: [1, 2]}
property_groups:
  g: {a: {type: boolean}}
  h: {include: [g], b: {type: boolean}}
  i: {include: {type: boolean}}
person: {properties: {a: {type: A}}, include: [g]}
groups: {o: {description: O.}}
lint: {anything: [goes]}
events:
  e:
    description: E.
    destinations: [log]
    sampling: 0.5
    deprecated: Use f.
    no_lint: [N201]
    properties:
      a: {type: array, pii: none, items: {type: map, values: {type: any}}, minItems: 1, uniqueItems: true}
      b: {type: object, pii: user.name, redact: drop, properties: {c: {type: string, const: 2}}}
      d: {type: number, minimum: 0.5, maximum: 1, default: 0.7, examples: [1], unit: s, purpose: [x]}
  f: {sampling: {rate: 1}, deprecated: {note: x, since: "1"}, formerly: [x], stability: beta}
`

// TestSchema holds the reflected schema against the decoder, in both directions.
func TestSchema(t *testing.T) {
	t.Parallel()
	schema := editorSchema(t)
	if err := schema.Validate(asJSON(t, everyShape)); err != nil {
		t.Errorf("the schema refuses what is allowed: %#v", err)
	}
	if _, found := Parse("f", []byte(everyShape)); len(found) != 0 {
		t.Errorf("the decoder refuses what is allowed: %s", lines(found))
	}
	for _, bad := range []string{
		"versio: 1",
		"version: 2",
		"imports: a.yaml",
		"naming: snake_case",
		"privacy: {user.name: hide}",
		"privacy: {user.name: {posthog: drop, elsewhere: drop}}",
		"identity: {distinct_id: {}}",
		"types: {A: {}}",
		"types: {A: {type: string, enum: [{description: no value}]}}",
		"types: {A: {type: string, required: true}}",
		"property_groups: {g: {a: boolean}}",
		"events: {e: {sampling: often}}",
		"events: {e: {properties: {p: {type: integer, minimum: low}}}}",
		"events: {e: {destinations: [nowhere]}}",
		"events: {e: {properties: {p: {type: string, format: zip}}}}",
		"events: {e: {properties: {p: {type: string, pii: email}}}}",
		"events: {e: {properties: {p: {type: string, maxLength: -1}}}}",
		"events: {e: {properties: {p: {type: array, items: {type: string, nullable: true}}}}}",
	} {
		if err := schema.Validate(asJSON(t, bad)); err == nil {
			t.Errorf("the schema accepts %s", bad)
		}
		if _, found := Parse("f", []byte(bad)); !diag.HasErrors(found) {
			t.Errorf("the decoder accepts %s", bad)
		}
	}
}

// TestSchemaOfGoldens lets the schema judge the golden registries: it accepts the files in which the loader finds no error.
func TestSchemaOfGoldens(t *testing.T) {
	t.Parallel()
	schema := editorSchema(t)
	paths, err := filepath.Glob("../testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	accepted := 0
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range archive.Files {
			if filepath.Ext(file.Name) != ".yaml" || hasError(archive, file.Name) {
				continue
			}
			accepted++
			if err := schema.Validate(asJSON(t, string(file.Data))); err != nil {
				t.Errorf("%s, %s: the schema refuses what the loader accepts: %v", path, file.Name, err)
			}
		}
	}
	if accepted == 0 {
		t.Error("no file was judged")
	}
}

// hasError reports whether errors.txt has an error in a file.
func hasError(archive *txtar.Archive, name string) bool {
	for _, file := range archive.Files {
		for line := range strings.Lines(string(file.Data)) {
			if file.Name == "errors.txt" && strings.HasPrefix(line, name+":") && strings.Contains(line, ": error[") {
				return true
			}
		}
	}
	return false
}

// TestEveryKeyIsDescribed keeps the editor's help complete.
func TestEveryKeyIsDescribed(t *testing.T) {
	t.Parallel()
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(typ reflect.Type) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] || typ == reflect.TypeFor[Literal]() {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if key != "" && key != "-" && f.Tag.Get("jsonschema_description") == "" {
				t.Errorf("%s.%s has no description", typ, f.Name)
			}
			visit(f.Type)
		}
	}
	visit(reflect.TypeFor[File]())
	if len(seen) < 5 {
		t.Errorf("only %d types visited", len(seen))
	}
}

func ExampleParse() {
	f, found := Parse("events.yaml", []byte("version: 1\nevents:\n  signed_up: {dezcription: A person signed up.}\n"))
	fmt.Println(len(f.Events.Entries), found[0].Position, found[0].Fix)
	// Output: 1 events.yaml:3:15 did you mean "description"?
}
