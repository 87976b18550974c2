package schema_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	validator "github.com/santhosh-tekuri/jsonschema/v5"
	"go.yaml.in/yaml/v4"

	"github.com/eventgen/eventgen/internal/schema"
)

// sample is the registry that DESIGN.md shows.
const sample = `# yaml-language-server: $schema=./events.schema.json
version: 1
package: events                 # Go package name of the generated code
owner: data-product             # default owner
imports: [payments.yaml]        # further files of the same registry (globs allowed), e.g. one per team
naming: {events: snake_case, properties: snake_case}   # snake_case | camelCase | words | any | a regexp

privacy:                        # category (or its prefix) -> strategy, or one strategy per destination
  user.contact.email: hash
  user.device.ip_address: {posthog: truncate_ip, audit: keep, log: replace, reason: "Abuse handling needs the address."}
  user.name: drop
identity: {distinct_id: {pii: user.unique_id}}          # the same policy governs distinct_id, alias and group keys

types:                          # shared named types
  Currency: {type: string, enum: [EUR, GBP, USD], description: ISO 4217 code.}
property_groups:                # reusable property sets
  org_context:
    org_id: {type: string, required: true, pii: none, description: Organisation that the event belongs to.}
person:                         # properties that Identify may set
  properties:
    email: {type: string, format: email, pii: user.contact.email, description: Login e-mail.}
    plan:  {type: string, enum: [free, pro], description: Billing plan.}
groups:
  organization: {description: A paying customer., properties: {name: {type: string, pii: none, description: Display name.}}}

events:
  announcement_published:
    description: An announcement went live for its audience.
    owner: announcements
    include: [org_context]
    properties:
      announcement_id: {type: string, format: uuid, required: true, pii: none, description: Announcement.}
      audience:        {type: string, enum: [all_members, staff, segment], required: true, description: Who receives it.}
      recipient_count: {type: integer, minimum: 0, description: Receivers at publish time.}
      title:           {type: string, maxLength: 200, pii: none, description: Title as shown.}
`

// editorJudge returns a function that validates YAML by the editor schema.
func editorJudge(t *testing.T) func(yamlText string) error {
	t.Helper()
	document, err := schema.Editor()
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	c.Draft = validator.Draft7
	if err := c.AddResource("editor.json", bytes.NewReader(document)); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("editor.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(yamlText string) error {
		var v any
		if err := yaml.Unmarshal([]byte(yamlText), &v); err != nil {
			return fmt.Errorf("not YAML: %w", err)
		}
		asJSON, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("not JSON: %w", err)
		}
		return s.Validate(decode(t, string(asJSON)))
	}
}

func TestEditorAcceptsTheSample(t *testing.T) {
	t.Parallel()
	if err := editorJudge(t)(sample); err != nil {
		t.Error(err)
	}
}

func TestEditorDecides(t *testing.T) {
	t.Parallel()
	property := func(text string) string {
		return "version: 1\npackage: events\nevents:\n  a:\n    properties:\n      p: " + text + "\n"
	}
	tests := map[string]struct {
		registry string
		accepted bool
	}{
		"property":             {property(`{type: string, pii: none}`), true},
		"shared type":          {property(`{type: Money}`), true},
		"nested":               {property(`{type: array, items: {type: object, properties: {x: {type: map, values: {type: any}}}}}`), true},
		"enum entries":         {property(`{type: string, enum: [a, {value: b, description: B., go_name: X, deprecated: true}]}`), true},
		"integer enum":         {property(`{type: integer, enum: [1, 2]}`), true},
		"bounds":               {property(`{type: number, minimum: -1.5, maximum: 10}`), true},
		"any default":          {property(`{type: object, default: {a: 1}, examples: [1, null]}`), true},
		"own key":              {property(`{type: string, x-team: a}`), true},
		"reserved key":         {property(`{type: string, retention: 30d}`), true},
		"deprecated":           {property(`{type: string, deprecated: Use q.}`), true},
		"without type":         {property(`{pii: none}`), false},
		"unknown key":          {property(`{type: string, requierd: true}`), false},
		"unknown element key":  {property(`{type: array, items: {type: string, required: true}}`), false},
		"unknown format":       {property(`{type: string, format: e-mail}`), false},
		"unknown category":     {property(`{type: string, pii: user.emial}`), false},
		"unknown strategy":     {property(`{type: string, redact: encrypt}`), false},
		"negative length":      {property(`{type: string, minLength: -1}`), false},
		"required is no list":  {property(`{type: object, required: [a]}`), false},
		"unknown key at top":   {"version: 1\npackge: events\n", false},
		"unknown key in event": {"version: 1\nevents: {a: {props: {}}}\n", false},
		"unknown destination":  {"version: 1\nevents: {a: {destinations: [posthog, datadog]}}\n", false},
		"other version":        {"version: 2\n", false},
		"own key at top":       {"version: 1\nx-anything: [1]\n", true},
		"short policy":         {"version: 1\nprivacy: {user: hash}\n", true},
		"unknown policy":       {"version: 1\nprivacy: {user: hsah}\n", false},
		"sampling":             {"version: 1\nevents: {a: {sampling: 0.1}}\n", true},
		"group with include":   {"version: 1\nproperty_groups: {g: {include: [h], a: {type: string}}}\n", true},
		"group with a mistake": {"version: 1\nproperty_groups: {g: {a: {typ: string}}}\n", false},
		"events are no list":   {"version: 1\nevents: [a]\n", false},
	}
	judge := editorJudge(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := judge(tt.registry); (err == nil) != tt.accepted {
				t.Errorf("accepted: %v, want %v: %v", err == nil, tt.accepted, err)
			}
		})
	}
}

func TestEditorSpeaksDraft07(t *testing.T) {
	t.Parallel()
	first, err := schema.Editor()
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if again, err := schema.Editor(); err != nil || !bytes.Equal(first, again) {
			t.Fatalf("two runs give different schemas (error %v)", err)
		}
	}
	for _, word := range []string{"$defs", "2020-12", "github.com"} {
		if strings.Contains(string(first), word) {
			t.Errorf("the schema holds %q", word)
		}
	}
}
