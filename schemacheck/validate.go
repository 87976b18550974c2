package schemacheck

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/eventgen/eventgen/runtime"
)

// Validate returns nil for a valid payload, else a *[runtime.ValidationError] that names each place and rule and holds no
// value. Numbers may be of any Go type or json.Number.
func (v *Validator) Validate(event string, properties map[string]any) error {
	return v.validate(event, properties)
}

// ValidateJSON does the same for the JSON text of one payload. Text that is not one JSON value is an ordinary error.
func (v *Validator) ValidateJSON(event string, payload []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return errors.New("schemacheck: payload is not JSON")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("schemacheck: text behind the payload")
	}
	return v.validate(event, value)
}

func (v *Validator) validate(event string, value any) error {
	schema, err := v.schema(event)
	if err != nil {
		return err
	}
	var invalid *jsonschema.ValidationError
	switch err := schema.Validate(value); {
	case err == nil:
		return nil
	case errors.As(err, &invalid):
		return &runtime.ValidationError{Event: event, Violations: violations(newShape(v.files[v.paths[event]]), invalid)}
	default:
		return fmt.Errorf("schemacheck: event %q: the payload is not plain JSON data", event)
	}
}

// schema returns the compiled schema of an event.
func (v *Validator) schema(event string) (*jsonschema.Schema, error) {
	if s, ok := v.schemas.Load(event); ok {
		return s.(*jsonschema.Schema), nil
	}
	file, ok := v.paths[event]
	if !ok {
		undeclared := runtime.Violation{Path: "event", Rule: runtime.RuleUndeclaredEvent}
		return nil, &runtime.ValidationError{Event: event, Violations: []runtime.Violation{undeclared}}
	}
	schema, err := compile(file, v.files[file])
	if err != nil {
		return nil, err
	}
	v.schemas.Store(event, schema)
	return schema, nil
}

func compile(file string, data []byte) (*jsonschema.Schema, error) {
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft2020
	compiler.AssertFormat = true
	if err := compiler.AddResource(file, bytes.NewReader(data)); err != nil {
		return nil, fmt.Errorf("schemacheck: %s: %w", file, err)
	}
	schema, err := compiler.Compile(file)
	if err != nil {
		return nil, fmt.Errorf("schemacheck: %s: %w", file, err)
	}
	return schema, nil
}

// violations lists the leaves of the judge's tree of causes, in an order that does not depend on the judge's maps.
func violations(root shape, invalid *jsonschema.ValidationError) []runtime.Violation {
	found := collect(root, nil, invalid)
	slices.SortFunc(found, func(a, b runtime.Violation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Detail, b.Detail))
	})
	return slices.Compact(found) // each branch of an anyOf complains
}

func collect(root shape, found []runtime.Violation, invalid *jsonschema.ValidationError) []runtime.Violation {
	for _, cause := range invalid.Causes {
		found = collect(root, found, cause)
	}
	if len(invalid.Causes) > 0 {
		return found
	}
	at := spell(root, invalid.InstanceLocation)
	switch keyword := path.Base(invalid.KeywordLocation); keyword {
	case "required":
		for _, name := range quoted(invalid.Message) {
			found = append(found, runtime.Violation{Path: join(at, name), Rule: runtime.RuleRequired})
		}
		return found
	case "additionalProperties":
		for _, name := range quoted(invalid.Message) {
			found = append(found, runtime.Violation{Path: at, Rule: runtime.RuleUndeclared, Detail: spellable(name)})
		}
		return found
	default:
		return append(found, runtime.Violation{Path: at, Rule: runtime.Rule(keyword)})
	}
}

// names finds the names that the judge's messages about members quote. Its other messages quote values and are not used.
var names = regexp.MustCompile(`'((?:[^'\\]|\\.)*)'`)

func quoted(message string) []string {
	var all []string
	for _, match := range names.FindAllStringSubmatch(message, -1) {
		all = append(all, strings.NewReplacer(`\'`, `'`, `\\`, `\`).Replace(match[1]))
	}
	return all
}

// identifier is what a property may be called without being suspected of being data itself.
var identifier = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]{0,63}$`)

// spellable quotes the name of an undeclared property for an error text, where it looks like one.
func spellable(name string) string {
	if !identifier.MatchString(name) {
		return ""
	}
	return strconv.Quote(name)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
