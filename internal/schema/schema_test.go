package schema_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	validator "github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/eventgen/eventgen/internal/schema"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

func ptr[T any](v T) *T { return &v }

// eventOf returns an event with the given properties.
func eventOf(properties ...*taxonomy.Property) *taxonomy.Event {
	return &taxonomy.Event{Name: "thing done", GoName: "ThingDone", Slug: "thing_done", Properties: properties}
}

func encodeEvent(t *testing.T, e *taxonomy.Event) []byte {
	t.Helper()
	out, err := schema.Event(&taxonomy.Taxonomy{Package: "events"}, e)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// judge compiles a schema with the validator that users of the schemas will use.
func judge(t *testing.T, document []byte) *validator.Schema {
	t.Helper()
	c := validator.NewCompiler()
	c.AssertFormat = true
	if err := c.AddResource("schema.json", bytes.NewReader(document)); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatalf("%v\n%s", err, document)
	}
	return s
}

func decode(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func property(v taxonomy.Value) *taxonomy.Property {
	return &taxonomy.Property{Name: "p", GoName: "P", Value: &v}
}

func requiredProperty(v taxonomy.Value) *taxonomy.Property {
	p := property(v)
	p.Required = true
	return p
}

func nullableProperty(v taxonomy.Value) *taxonomy.Property {
	p := property(v)
	p.Nullable = true
	return p
}

func stringEnum(shared bool, values ...string) *taxonomy.Enum {
	e := &taxonomy.Enum{GoName: "Größe", Shared: shared}
	for _, v := range values {
		e.Values = append(e.Values, taxonomy.EnumValue{String: v})
	}
	return e
}

func integerEnum(values ...int64) *taxonomy.Enum {
	e := &taxonomy.Enum{GoName: "Level", Integers: true}
	for _, v := range values {
		e.Values = append(e.Values, taxonomy.EnumValue{Integer: v})
	}
	return e
}

func objectType(shared bool, properties ...*taxonomy.Property) *taxonomy.ObjectType {
	return &taxonomy.ObjectType{GoName: "Box", Shared: shared, Properties: properties}
}

func TestKeywordsDecideAsIntended(t *testing.T) {
	t.Parallel()
	text := taxonomy.Value{Type: taxonomy.String}
	format := func(f string) taxonomy.Value { return taxonomy.Value{Type: taxonomy.String, Format: f} }
	tests := map[string]struct {
		property         *taxonomy.Property
		accepts, rejects []string // whole payloads
	}{
		"optional string": {property(text), []string{`{}`, `{"p":""}`, `{"p":"é"}`}, []string{`{"p":null}`, `{"p":1}`, `{"q":1}`, `[]`, `null`}},
		"required string": {
			requiredProperty(taxonomy.Value{Type: taxonomy.String, MinLength: ptr(1)}),
			[]string{`{"p":"a"}`},
			[]string{`{}`, `{"p":""}`, `{"p":null}`},
		},
		"required string that may be empty": {
			requiredProperty(taxonomy.Value{Type: taxonomy.String, MinLength: ptr(0)}), []string{`{"p":""}`}, []string{`{}`},
		},
		"nullable string": {nullableProperty(text), []string{`{}`, `{"p":null}`, `{"p":"a"}`}, []string{`{"p":1}`}},
		"nullable and required": {
			&taxonomy.Property{Name: "p", Required: true, Nullable: true, Value: &text},
			[]string{`{"p":null}`, `{"p":"a"}`},
			[]string{`{}`},
		},
		"lengths count code points": {
			property(taxonomy.Value{Type: taxonomy.String, MinLength: ptr(2), MaxLength: ptr(3)}),
			[]string{`{"p":"éé"}`, `{"p":"😀😀😀"}`},
			[]string{`{"p":"é"}`, `{"p":"abcd"}`},
		},
		"maxLength 0": {property(taxonomy.Value{Type: taxonomy.String, MaxLength: ptr(0)}), []string{`{"p":""}`}, []string{`{"p":"a"}`}},
		"pattern with characters that HTML escapes": {
			property(taxonomy.Value{Type: taxonomy.String, Pattern: `^<[^&>]+>\\u003c$`}), []string{`{"p":"<a>\\u003c"}`}, []string{`{"p":"<a&>"}`},
		},
		"uuid": {
			property(format("uuid")), []string{`{"p":"123e4567-e89b-12d3-a456-426614174000"}`}, []string{`{"p":"x"}`, `{"p":""}`},
		},
		"email":     {property(format("email")), []string{`{"p":"a@b.example"}`}, []string{`{"p":"a"}`}},
		"uri":       {property(format("uri")), []string{`{"p":"https://a.example/x?y"}`}, []string{`{"p":"/x"}`}},
		"ipv4":      {property(format("ipv4")), []string{`{"p":"10.0.0.1"}`}, []string{`{"p":"::1"}`}},
		"ipv6":      {property(format("ipv6")), []string{`{"p":"::1"}`}, []string{`{"p":"10.0.0.1"}`}},
		"ip":        {property(format("ip")), []string{`{"p":"::1"}`, `{"p":"10.0.0.1"}`}, []string{`{"p":"10.0.0"}`, `{"p":1}`}},
		"date":      {property(format("date")), []string{`{"p":"2026-02-28"}`}, []string{`{"p":"2026-02-30"}`}},
		"date-time": {property(format("date-time")), []string{`{"p":"2026-02-28T10:00:00.123456789Z"}`}, []string{`{"p":"2026-02-28"}`}},
		"hostname":  {property(format("hostname")), []string{`{"p":"a.example"}`}, []string{`{"p":"a b"}`}},
		"nullable ip": {
			nullableProperty(format("ip")), []string{`{"p":null}`, `{"p":"::1"}`}, []string{`{"p":"x"}`, `{"p":1}`},
		},
		"integer": {
			property(taxonomy.Value{Type: taxonomy.Integer}),
			[]string{`{"p":0}`, `{"p":9007199254740992}`, `{"p":-9007199254740992}`},
			[]string{`{"p":9007199254740993}`, `{"p":-9007199254740993}`, `{"p":0.5}`, `{"p":"1"}`, `{"p":null}`},
		},
		"integer with bounds": {
			property(taxonomy.Value{Type: taxonomy.Integer, Minimum: ptr(-1.0), Maximum: ptr(2.0)}),
			[]string{`{"p":-1}`, `{"p":2}`},
			[]string{`{"p":-2}`, `{"p":3}`},
		},
		"nullable integer": {nullableProperty(taxonomy.Value{Type: taxonomy.Integer}), []string{`{"p":null}`, `{"p":1}`}, []string{`{"p":1e300}`}},
		"number": {
			property(taxonomy.Value{Type: taxonomy.Number, Minimum: ptr(-0.5), Maximum: ptr(1e22)}),
			[]string{`{"p":-0.5}`, `{"p":1e22}`},
			[]string{`{"p":-0.6}`, `{"p":1.1e22}`, `{"p":"1"}`},
		},
		"unbounded number": {property(taxonomy.Value{Type: taxonomy.Number}), []string{`{"p":1e300}`}, []string{`{"p":true}`}},
		"boolean":          {property(taxonomy.Value{Type: taxonomy.Boolean}), []string{`{"p":false}`}, []string{`{"p":0}`}},
		"any":              {requiredProperty(taxonomy.Value{Type: taxonomy.Any}), []string{`{"p":null}`, `{"p":{"x":[1]}}`}, []string{`{}`}},
		"nullable any":     {nullableProperty(taxonomy.Value{Type: taxonomy.Any}), []string{`{"p":null}`, `{"p":1}`}, []string{`{"q":1}`}},
		"const string":     {property(taxonomy.Value{Type: taxonomy.String, Const: "EUR"}), []string{`{"p":"EUR"}`, `{}`}, []string{`{"p":"GBP"}`}},
		"const false":      {property(taxonomy.Value{Type: taxonomy.Boolean, Const: false}), []string{`{"p":false}`}, []string{`{"p":true}`, `{"p":null}`}},
		"const zero":       {property(taxonomy.Value{Type: taxonomy.Integer, Const: int64(0)}), []string{`{"p":0}`}, []string{`{"p":1}`}},
		"nullable const":   {nullableProperty(taxonomy.Value{Type: taxonomy.Number, Const: 1.5}), []string{`{"p":1.5}`, `{"p":null}`}, []string{`{"p":2}`}},
		"enum of strings": {
			property(taxonomy.Value{Type: taxonomy.String, MinLength: ptr(1), Enum: stringEnum(false, "", "a-b", "1")}),
			[]string{`{"p":""}`, `{"p":"a-b"}`, `{"p":"1"}`},
			[]string{`{"p":1}`, `{"p":"a_b"}`, `{"p":null}`},
		},
		"enum of integers": {
			property(taxonomy.Value{Type: taxonomy.Integer, Enum: integerEnum(-1, 5)}), []string{`{"p":-1}`}, []string{`{"p":"5"}`, `{"p":0}`},
		},
		"nullable enum": {
			nullableProperty(taxonomy.Value{Type: taxonomy.String, Enum: stringEnum(false, "a")}),
			[]string{`{"p":null}`, `{"p":"a"}`},
			[]string{`{"p":"b"}`},
		},
		"shared enum":          {property(taxonomy.Value{Type: taxonomy.String, Enum: stringEnum(true, "a")}), []string{`{"p":"a"}`}, []string{`{"p":"b"}`, `{"p":null}`}},
		"nullable shared enum": {nullableProperty(taxonomy.Value{Type: taxonomy.String, Enum: stringEnum(true, "a")}), []string{`{"p":"a"}`, `{"p":null}`}, []string{`{"p":"b"}`}},
		"array": {
			property(taxonomy.Value{Type: taxonomy.Array, MinItems: ptr(1), MaxItems: ptr(2), UniqueItems: true, Items: &text}),
			[]string{`{"p":["a"]}`, `{"p":["a","b"]}`},
			[]string{`{"p":[]}`, `{"p":["a","a"]}`, `{"p":["a","b","c"]}`, `{"p":[1]}`, `{"p":[null]}`},
		},
		"maxItems 0": {property(taxonomy.Value{Type: taxonomy.Array, MaxItems: ptr(0), Items: &text}), []string{`{"p":[]}`}, []string{`{"p":["a"]}`}},
		"nullable array of arrays": {
			nullableProperty(taxonomy.Value{Type: taxonomy.Array, Items: &taxonomy.Value{Type: taxonomy.Array, Items: &text}}),
			[]string{`{"p":null}`, `{"p":[["a"],[]]}`},
			[]string{`{"p":["a"]}`},
		},
		"map": {
			property(taxonomy.Value{Type: taxonomy.Map, Values: &taxonomy.Value{Type: taxonomy.Integer}}),
			[]string{`{"p":{}}`, `{"p":{"x":1,"":2}}`},
			[]string{`{"p":{"x":"1"}}`, `{"p":[]}`},
		},
		"map of anything": {
			property(taxonomy.Value{Type: taxonomy.Map, Values: &taxonomy.Value{Type: taxonomy.Any}}),
			[]string{`{"p":{"x":1,"y":null}}`},
			[]string{`{"p":[]}`},
		},
		"object": {
			property(taxonomy.Value{Type: taxonomy.Object, Fields: objectType(false, requiredProperty(text))}),
			[]string{`{"p":{"p":"a"}}`},
			[]string{`{"p":{}}`, `{"p":{"p":"a","q":1}}`, `{"p":null}`},
		},
		"object without properties": {property(taxonomy.Value{Type: taxonomy.Object, Fields: objectType(false)}), []string{`{"p":{}}`}, []string{`{"p":{"q":1}}`}},
		"nullable object": {
			nullableProperty(taxonomy.Value{Type: taxonomy.Object, Fields: objectType(false, property(text))}),
			[]string{`{"p":null}`, `{"p":{}}`},
			[]string{`{"p":{"q":1}}`},
		},
		"shared object":          {property(taxonomy.Value{Type: taxonomy.Object, Fields: objectType(true, requiredProperty(text))}), []string{`{"p":{"p":"a"}}`}, []string{`{"p":{}}`, `{"p":null}`}},
		"nullable shared object": {nullableProperty(taxonomy.Value{Type: taxonomy.Object, Fields: objectType(true)}), []string{`{"p":{}}`, `{"p":null}`}, []string{`{"p":{"q":1}}`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document := encodeEvent(t, eventOf(tt.property))
			s := judge(t, document)
			for _, payload := range tt.accepts {
				if err := s.Validate(decode(t, payload)); err != nil {
					t.Errorf("%s is refused: %v\n%s", payload, err, document)
				}
			}
			for _, payload := range tt.rejects {
				if s.Validate(decode(t, payload)) == nil {
					t.Errorf("%s is accepted\n%s", payload, document)
				}
			}
		})
	}
}

func TestEventDocument(t *testing.T) {
	t.Parallel()
	e := eventOf(
		&taxonomy.Property{
			Name: "a<b>", Required: true, Description: "Price & more.", Deprecated: "Use c.", Unit: "minor units", Owner: "billing",
			Value: &taxonomy.Value{
				Type: taxonomy.Integer, Category: "user.financial", Redact: "round",
				Default: int64(0), Examples: []any{int64(1), int64(2)}, Description: "of the type",
			},
		},
		&taxonomy.Property{
			Name: "c", Description: "Who.",
			Value: &taxonomy.Value{Type: taxonomy.String, Category: "none", Enum: stringEnum(true, "x")},
		},
	)
	e.Description, e.Deprecated, e.Owner = "Something happened.", "Gone soon.", "data"
	want := `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "urn:eventgen:events:thing_done",
  "$defs": {
    "Größe": {
      "type": "string",
      "enum": [
        "x"
      ]
    }
  },
  "$comment": "Code generated by eventgen from events.yaml. DO NOT EDIT.",
  "properties": {
    "a<b>": {
      "type": "integer",
      "maximum": 9007199254740992,
      "minimum": -9007199254740992,
      "description": "Price & more.",
      "default": 0,
      "deprecated": true,
      "examples": [
        1,
        2
      ],
      "x-deprecated": "Use c.",
      "x-owner": "billing",
      "x-pii": "user.financial",
      "x-redact": "round",
      "x-unit": "minor units"
    },
    "c": {
      "$ref": "#/$defs/Gr%C3%B6%C3%9Fe",
      "description": "Who."
    }
  },
  "additionalProperties": false,
  "type": "object",
  "required": [
    "a<b>"
  ],
  "title": "thing done",
  "description": "Something happened.",
  "deprecated": true,
  "x-deprecated": "Gone soon.",
  "x-owner": "data"
}
`
	if diff := cmp.Diff(want, string(encodeEvent(t, e))); diff != "" {
		t.Errorf("unexpected document (-want +got):\n%s", diff)
	}
}

func TestEntityDocuments(t *testing.T) {
	t.Parallel()
	e := &taxonomy.Entity{
		Name: "organization", Slug: "group_organization", Description: "A customer.", Owner: "sales", Deprecated: "Use account.",
		Properties: []*taxonomy.Property{requiredProperty(taxonomy.Value{Type: taxonomy.Boolean})},
	}
	builders := map[string]func(*taxonomy.Taxonomy, *taxonomy.Entity) ([]byte, error){
		"$identify": schema.Person, "$groupidentify:organization": schema.Group,
	}
	for title, build := range builders {
		document, err := build(&taxonomy.Taxonomy{Package: "events"}, e)
		if err != nil {
			t.Fatal(err)
		}
		judge(t, document)
		var head map[string]any
		if err := json.Unmarshal(document, &head); err != nil {
			t.Fatal(err)
		}
		for keyword, want := range map[string]any{
			"$id": "urn:eventgen:events:group_organization", "title": title, "description": "A customer.",
			"x-owner": "sales", "deprecated": true, "x-deprecated": "Use account.", "additionalProperties": false,
		} {
			if head[keyword] != want {
				t.Errorf("%s: %s is %v, want %v", title, keyword, head[keyword], want)
			}
		}
	}
}

func TestEncodedTextReadsBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`<&>`, `\u003c`, `\\u003c`, `\`, "a\u202eb", "\U000e0041x", "\u2028\x00\n", "日本 é", `"`} {
		e := eventOf()
		e.Description = text
		document := encodeEvent(t, e)
		var back struct{ Description string }
		if err := json.Unmarshal(document, &back); err != nil || back.Description != text {
			t.Errorf("%q reads back as %q (error %v)", text, back.Description, err)
		}
		if bytes.ContainsFunc(document, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
			t.Errorf("%q is encoded with characters that cannot be seen:\n%q", text, document)
		}
	}
}

func TestWhatHasNoJSONIsAnError(t *testing.T) {
	t.Parallel()
	_, err := schema.Event(&taxonomy.Taxonomy{Package: "events"}, eventOf(property(taxonomy.Value{Default: func() {}})))
	if err == nil || !strings.Contains(err.Error(), "urn:eventgen:events:thing_done") {
		t.Errorf("got error %v, want one that names the schema", err)
	}
}
