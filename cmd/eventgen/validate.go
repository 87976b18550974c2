package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/eventgen/eventgen/internal/codegen"
	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/schemacheck"
)

// maxLine bounds one payload; it is well over what an event may weigh.
const maxLine = 16 << 20

func newValidate(s streams, flags *commonFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "validate [FILE…]",
		Short: "Check payloads against the registry",
		Long: `Checks payloads, before redaction, against the registry: one JSON object a line in the files, or in standard input (also as -),

  {"event": "announcement_published", "properties": {"announcement_id": "…"}}

Other members are passed over. $identify is checked by its properties.$set, $groupidentify by its properties.$group_set. Exits 1
when a payload is invalid. No value of a payload is printed.`,
		RunE: func(_ *cobra.Command, files []string) error {
			t, warnings, err := flags.loadSound(s)
			if err != nil {
				return err
			}
			found, total, err := validateAll(t, s.in, files)
			if err != nil {
				return err
			}
			flags.noSource = true // a frame would show values
			if err := flags.report(s, append(warnings, found...)); err != nil {
				return err
			}
			if flags.format == "text" {
				fmt.Fprintf(s.err, "%s, %s\n", count(total, "payload"), count(len(found), "finding"))
			}
			if len(found) > 0 {
				return errFindings
			}
			return nil
		},
	}
}

func validateAll(t *taxonomy.Taxonomy, stdin io.Reader, files []string) ([]diag.Diagnostic, int, error) {
	generated, err := codegen.Generate(t)
	if err != nil {
		return nil, 0, err
	}
	schemas, err := schemacheck.FromFiles(generated)
	if err != nil {
		return nil, 0, err
	}
	p := payloads{schemas: schemas}
	if len(files) == 0 {
		err = p.read("stdin", stdin)
	}
	for _, name := range files {
		switch {
		case err != nil:
		case name == "-":
			err = p.read("stdin", stdin)
		default:
			err = p.readFile(name)
		}
	}
	return p.found, p.total, err
}

// payloads collects findings about lines of JSON.
type payloads struct {
	schemas *schemacheck.Validator
	total   int
	found   []diag.Diagnostic
}

func (p *payloads) readFile(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return p.read(name, file)
}

func (p *payloads) read(name string, r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for number := 1; lines.Scan(); number++ {
		if line := bytes.TrimSpace(lines.Bytes()); len(line) > 0 {
			p.total++
			p.check(diag.Position{File: name, Line: number, Column: 1}, line)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}

// payload is one line.
type payload struct {
	Event      string          `json:"event"`
	Properties json.RawMessage `json:"properties"`
}

func (p *payloads) check(at diag.Position, line []byte) {
	var in payload
	if err := json.Unmarshal(line, &in); err != nil {
		p.add(at, `not a JSON object with "event" and "properties"`)
		return
	}
	name, properties, err := in.target()
	if err == nil {
		err = p.schemas.ValidateJSON(name, properties)
	}
	var invalid *runtime.ValidationError
	switch {
	case err == nil:
	case errors.As(err, &invalid):
		for _, v := range invalid.Violations {
			p.add(at, p.describe(in.Event, v))
		}
	default:
		p.add(at, err.Error())
	}
}

// describe spells a violation; an undeclared event gets a suggestion.
func (p *payloads) describe(event string, v runtime.Violation) string {
	if v.Rule != runtime.RuleUndeclaredEvent {
		return fmt.Sprintf("event %q: %s", event, v)
	}
	text := fmt.Sprintf("event %q is not declared", event)
	if near := diag.DidYouMean(event, p.schemas.Events()); near != "" {
		text += ": " + near
	}
	return text
}

// target returns the schema that the payload has to satisfy, and the part of the payload that it is about.
func (p *payload) target() (string, []byte, error) {
	if len(p.Properties) == 0 {
		p.Properties = []byte("{}")
	}
	if p.Event != schemacheck.Identify && p.Event != schemacheck.GroupIdentify {
		return p.Event, p.Properties, nil
	}
	var own struct {
		Set      json.RawMessage `json:"$set"`
		Group    string          `json:"$group_type"`
		GroupSet json.RawMessage `json:"$group_set"`
	}
	if err := json.Unmarshal(p.Properties, &own); err != nil {
		return "", nil, errors.New("properties is not an object")
	}
	if p.Event == schemacheck.Identify {
		return p.Event, orEmpty(own.Set), nil
	}
	return p.Event + ":" + own.Group, orEmpty(own.GroupSet), nil
}

func orEmpty(object json.RawMessage) []byte {
	if len(object) == 0 {
		return []byte("{}")
	}
	return object
}

func (p *payloads) add(at diag.Position, message string) {
	p.found = append(p.found, diag.Diagnostic{Position: at, Rule: "V801", Message: message})
}
