package validate

import (
	"bytes"
	"fmt"
	"io/fs"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/eventgen/eventgen/bench/workload"
	"github.com/eventgen/eventgen/generated/events"
)

const location = "mem:///api_request.schema.json"

// schema is the generated JSON Schema, with formats asserted.
func schema(p payload) (func() error, error) {
	text, err := fs.ReadFile(events.Schemas(), "schemas/api_request.schema.json")
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = true
	if err := compiler.AddResource(location, bytes.NewReader(text)); err != nil {
		return nil, fmt.Errorf("jsonschema: %w", err)
	}
	compiled, err := compiler.Compile(location)
	if err != nil {
		return nil, fmt.Errorf("jsonschema: %w", err)
	}
	m := workload.MMap(workload.Account, workload.Address)
	m["statusCode"], m["userRole"] = float64(p.status), p.role
	return func() error { return compiled.Validate(m) }, nil
}
