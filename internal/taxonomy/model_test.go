package taxonomy_test

import (
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// TestRequiredStrings says which required strings get a minimum length of 1.
func TestRequiredStrings(t *testing.T) {
	t.Parallel()
	model := sound(t, head+`
types: {Slug: {type: string, pii: none}, Free: {type: string, pii: none, minLength: 0}}
property_groups: {g: {grouped: {type: string, pii: none, required: true}}}
person: {properties: {person: {type: string, pii: none, required: true}}}
events:
  e:
    include: [g]
    properties:
      plain: {type: string, pii: none, required: true}
      nullable: {type: string, pii: none, required: true, nullable: true}
      slug: {type: Slug, required: true}
      two: {type: string, pii: none, required: true, minLength: 2}
      free: {type: string, pii: none, required: true, minLength: 0}
      free_type: {type: Free, required: true}
      optional: {type: string, pii: none}
      slug_optional: {type: Slug}
      enum: {type: string, required: true, enum: ["", a]}
      const: {type: string, required: true, const: ""}
      formatted: {type: string, pii: none, required: true, format: uuid}
      object: {type: object, pii: none, properties: {inner: {type: string, required: true}}}
`)
	properties := append(model.Events[0].Properties, model.Person.Properties...)
	properties = append(properties, property(t, properties, "object").Value.Fields.Properties...)
	want := map[string]int{
		"grouped": 1, "person": 1, "plain": 1, "nullable": 1, "slug": 1, "two": 2, "free": 0, "free_type": 0, "optional": -1,
		"slug_optional": -1, "enum": -1, "const": -1, "formatted": -1, "object": -1, "inner": 1,
	}
	got := map[string]int{}
	for _, p := range properties {
		got[p.Name] = -1
		if p.Value.MinLength != nil {
			got[p.Name] = *p.Value.MinLength
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("minLength, -1 for none (-want +got):\n%s", diff)
	}
}

// categories returns the category of each value below a property, by path.
func categories(path string, v *taxonomy.Value, out map[string]string) {
	out[path] = v.Category
	if v.Redact != "" {
		out[path] += " " + v.Redact
	}
	if v.Items != nil {
		categories(path+"[]", v.Items, out)
	}
	if v.Values != nil {
		categories(path+"{}", v.Values, out)
	}
	if v.Fields != nil {
		for _, p := range v.Fields.Properties {
			categories(path+"."+p.Name, p.Value, out)
		}
	}
}

func TestCategoriesAreHandedDown(t *testing.T) {
	t.Parallel()
	model := sound(t, head+`
privacy: {user: mask}
types:
  Tags: {type: array, items: {type: string}}
  Mail: {type: string, pii: user.contact.email}
  Text: {type: string, redact: hash}
events:
  e:
    properties:
      a:
        type: object
        pii: user.name
        redact: drop
        properties:
          b: {type: string}
          c: {type: array, items: {type: string}}
          d: {type: map, values: {type: array, items: {type: string, pii: user.contact}}}
          e: {type: string, pii: user.contact.email}
          f: {type: string, redact: replace}
          g: {type: Tags}
          h: {type: string, enum: [x]}
      n:
        type: object
        pii: none
        properties:
          b: {type: string}
          m: {type: Mail}
      t: {type: Tags, pii: user.content, redact: hash}
      u: {type: Tags, pii: none}
      x: {type: Text, pii: user.name}
      y: {type: integer}
      z: {type: boolean}
`)
	got := map[string]string{}
	for _, p := range model.Events[0].Properties {
		categories(p.Name, p.Value, got)
	}
	want := map[string]string{
		"a": "user.name drop", "a.b": "user.name drop", "a.c": "user.name drop", "a.c[]": "user.name drop",
		"a.d": "user.name drop", "a.d{}": "user.name drop", "a.d{}[]": "user.contact", "a.e": "user.contact.email",
		"a.f": "user.name replace", "a.g": "user.name drop", "a.g[]": "user.name drop", "a.h": "user.name drop",
		"n": "none", "n.b": "none", "n.m": "user.contact.email",
		"t": "user.content hash", "t[]": "user.content hash", "u": "none", "u[]": "none", "x": "user.name hash",
		"y": "", "z": "",
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestNamedTypes says what uses of a type share, and what they may add.
func TestNamedTypes(t *testing.T) {
	t.Parallel()
	model := sound(t, head+`
types:
  Lines: {type: array, pii: none, items: {type: object, properties: {sku: {type: string}, kind: {type: string, enum: [a, b]}}}}
  Money: {type: object, pii: none, properties: {amount: {type: integer}}, description: An amount.}
  Price: {type: Money}
  Code: {type: string, pii: none, minLength: 2, description: A code., unit: characters, deprecated: true}
events:
  e:
    properties:
      lines: {type: Lines, maxItems: 3}
      more: {type: Lines}
      price: {type: Price, description: The price.}
      cost: {type: Money, required: true, nullable: true}
      code: {type: Code, maxLength: 4, examples: [ab], required: true}
`)
	properties := model.Events[0].Properties
	lines, more := property(t, properties, "lines").Value, property(t, properties, "more").Value
	if lines.Items.Fields != more.Items.Fields || !lines.Items.Fields.Shared {
		t.Error("the items of a named array are not shared")
	}
	if got := lines.Items.Fields.GoName; got != "LinesItem" {
		t.Errorf("the items of a named array are called %s", got)
	}
	if got := property(t, lines.Items.Fields.Properties, "kind").Value.Enum.GoName; got != "LinesItemKind" {
		t.Errorf("an enum inside is called %s", got)
	}
	if *lines.MaxItems != 3 || more.MaxItems != nil {
		t.Error("what one use adds shows in another")
	}
	price, cost := property(t, properties, "price"), property(t, properties, "cost")
	if price.Value.Fields != cost.Value.Fields || price.Value.Fields.GoName != "Money" || price.Value.Fields.Name != "Money" {
		t.Errorf("two names of a type are two types: %+v %+v", price.Value.Fields, cost.Value.Fields)
	}
	if price.Description != "The price." || cost.Description != "An amount." || !cost.Required || !cost.Nullable {
		t.Errorf("%+v %+v", price, cost)
	}
	code := property(t, properties, "code")
	if *code.Value.MinLength != 2 || *code.Value.MaxLength != 4 || code.Unit != "characters" || code.Deprecated == "" {
		t.Errorf("%+v %+v", code, code.Value)
	}
}

// TestGroupsAreCopied says that what a property group declares in place is named after each event that includes it.
func TestGroupsAreCopied(t *testing.T) {
	t.Parallel()
	model := sound(t, head+`
property_groups:
  base: {id: {type: integer}}
  plan: {include: [base], plan: {type: string, enum: [free]}, where: {type: object, pii: none, properties: {x: {type: boolean}}}}
  both: {include: [base, plan], last: {type: boolean}}
  named_include: {include: {type: boolean}}
groups: {team: {include: [plan]}}
person: {include: [plan]}
events:
  a: {include: [plan, base], properties: {own: {type: boolean}}}
  b: {include: [both, named_include]}
`)
	names := func(list []*taxonomy.Property) (out []string) {
		for _, p := range list {
			out = append(out, p.Name)
		}
		return out
	}
	if got, want := names(model.Events[0].Properties), []string{"id", "plan", "where", "own"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := names(model.Events[1].Properties), []string{"id", "plan", "where", "last", "include"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for parent, list := range map[string][]*taxonomy.Property{
		"A": model.Events[0].Properties, "B": model.Events[1].Properties,
		"Person": model.Person.Properties, "Team": model.Groups[0].Properties,
	} {
		plan, where := property(t, list, "plan").Value.Enum, property(t, list, "where").Value.Fields
		if plan.GoName != parent+"Plan" || plan.Values[0].GoName != parent+"PlanFree" || where.GoName != parent+"Where" {
			t.Errorf("%s: %s %s %s", parent, plan.GoName, plan.Values[0].GoName, where.GoName)
		}
	}
}

func TestGoNames(t *testing.T) {
	t.Parallel()
	model := sound(t, head+`
types:
  colour: {type: string, enum: [red, {value: dark-red, go_name: Maroon}], go_name: Color}
  rows: {type: array, pii: none, go_name: Table, items: {type: object, properties: {}}}
person: {go_name: User, properties: {a: {type: boolean}}}
groups: {org: {go_name: Company}}
events:
  basket:
    go_name: Cart
    properties:
      lines: {type: array, pii: none, go_name: Rows, items: {type: array, items: {type: object, properties: {c: {type: colour}}}}}
      kinds: {type: map, pii: none, values: {type: integer, enum: [1, -1, {value: 2, go_name: KindTwo}], go_name: Kind}}
      place: {type: object, pii: none, go_name: Where, properties: {at: {type: string, enum: [x]}}}
      always: {type: string, const: EUR}
      rows: {type: rows, go_name: Table}
`)
	event := model.Events[0]
	lines, kinds := property(t, event.Properties, "lines"), property(t, event.Properties, "kinds").Value.Values.Enum
	place := property(t, event.Properties, "place")
	colour := model.Types[0].Value.Enum
	got := []string{
		event.GoName, model.Person.GoName, model.Groups[0].GoName, colour.GoName, colour.Values[0].GoName,
		colour.Values[1].GoName, lines.GoName, lines.Value.Items.Items.Fields.GoName, kinds.GoName, kinds.Values[0].GoName,
		kinds.Values[1].GoName, kinds.Values[2].GoName, place.GoName, place.Value.Fields.GoName,
		place.Value.Fields.Properties[0].Value.Enum.GoName, property(t, event.Properties, "always").GoName,
		property(t, event.Properties, "rows").GoName, model.Types[1].Value.Items.Fields.GoName,
	}
	want := []string{
		"Cart", "User", "Company", "Color", "ColorRed", "Maroon", "Rows", "CartRowsItemItem", "Kind", "Kind1", "KindMinus1",
		"KindTwo", "Where", "CartWhere", "CartWhereAt", "", "Table", "TableItem",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	model := sound(t, head+`
owner: 0123
events:
  a: {destinations: [log, posthog], sampling: 0.1, tags: [x, 2024], formerly: [old a], stability: beta, deprecated: Use b.}
  b: {sampling: {rate: 1}, deprecated: true, owner: yes}
  c: {deprecated: {renamed_to: b, since: 1.2}}
  d: {deprecated: false}
`)
	a, b, c, d := model.Events[0], model.Events[1], model.Events[2], model.Events[3]
	if !slices.Equal(a.Destinations, []string{"posthog", "log"}) || a.Sampling != 0.1 || a.Deprecated != "Use b." {
		t.Errorf("%+v", a)
	}
	if a.Owner != "0123" || !slices.Equal(a.Tags, []string{"x", "2024"}) || a.Stability != "beta" || a.Formerly[0] != "old a" {
		t.Errorf("%+v", a)
	}
	if !slices.Equal(b.Destinations, []string{"posthog", "audit", "log"}) || b.Sampling != 1 || b.Deprecated == "" || b.Owner != "yes" {
		t.Errorf("%+v", b)
	}
	if c.Deprecated != "use b instead." || d.Deprecated != "" || d.Sampling != 1 {
		t.Errorf("%+v %+v", c, d)
	}
}

func TestLiterals(t *testing.T) {
	t.Parallel()
	model := sound(t, head+`
events:
  e:
    properties:
      a: {type: string, enum: [yes, no, 0123, 2024-01-01, 1_000, "1", 1e, null-ish], default: 0123}
      b: {type: integer, enum: [0x10, 1e3, -0, 2.0], default: 16, examples: [1000, 2]}
      c: {type: number, minimum: 1e-3, maximum: .5, const: 0.25}
      d: {type: string, const: 2024-01-01}
      e: {type: boolean, const: True}
      f: {type: any, pii: none, examples: [{a: [1, 1.5, x, ~, true]}]}
      g: {type: string, const: !!str 12}
      h: {type: integer, const: 0o17}
      i:
        type: string
        pii: none
        pattern: |-
          ^a
          b$
`)
	values := map[string]*taxonomy.Value{}
	for _, p := range model.Events[0].Properties {
		values[p.Name] = p.Value
	}
	var text []string
	for _, v := range values["a"].Enum.Values {
		text = append(text, v.String)
	}
	if want := []string{"yes", "no", "0123", "2024-01-01", "1_000", "1", "1e", "null-ish"}; !slices.Equal(text, want) {
		t.Errorf("got %q, want %q", text, want)
	}
	var integers []int64
	for _, v := range values["b"].Enum.Values {
		integers = append(integers, v.Integer)
	}
	if want := []int64{16, 1000, 0, 2}; !slices.Equal(integers, want) {
		t.Errorf("got %d, want %d", integers, want)
	}
	got := []any{
		values["a"].Default, values["b"].Default, values["b"].Examples, *values["c"].Minimum, *values["c"].Maximum,
		values["c"].Const, values["d"].Const, values["e"].Const, values["f"].Examples, values["g"].Const, values["h"].Const,
		values["i"].Pattern,
	}
	want := []any{
		"0123", int64(16),
		[]any{int64(1000), int64(2)},
		0.001, 0.5, 0.25, "2024-01-01", true,
		[]any{map[string]any{"a": []any{int64(1), 1.5, "x", nil, true}}},
		"12", int64(15), "^a\nb$",
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
