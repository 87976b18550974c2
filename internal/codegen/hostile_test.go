package codegen

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// hostileTexts try to get out of the comment or the literal that they stand in.
var hostileTexts = []string{
	"*/ func init() { panic(1) } /*",
	"//go:generate rm -rf /",
	"x\n//go:generate rm -rf /\n//go:embed /etc/passwd\n//line a.go:1\n//export X",
	"x\r//go:noinline\r\n//go:linkname a b\u2028//go:build ignore\u2029import \"C\"\u0085//line x:1",
	"+build ignore\n\n+build ignore\n\n// +build ignore",
	"`backticks` \"quotes\" 'single' \\ \\n \\\" %s %d %!v(MISSING)",
	"a\x00b\x07\x1b[31m\u202emoc.live\u202c\u2066\u200b\ufeff",
	"\xff\xfe not UTF-8 \xc3",
	"# Heading\n\n - list\n   - nested\n\n1. one\n2. two\n\n\tcode\n\n[link]: https://example.com",
	"Deprecated: not really.\n\nDeprecated: nor this.",
	strings.Repeat("long", 60) + " " + strings.Repeat("word ", 60),
	"\n\n\n",
}

// everywhereText returns a registry that has text wherever the format allows free text.
func everywhereText(text string) *taxonomy.Taxonomy {
	kind := enum("ThingKind", "a", "b")
	kind.Enum.Description = text
	kind.Enum.Values[0].String = text
	kind.Enum.Values[0].Description = text
	kind.Enum.Values[0].Deprecated = text
	inner := object("ThingInner", required("x", "X", scalar(taxonomy.String)))
	inner.Fields.Description = text
	e := event(text, "Thing",
		required("kind", "Kind", kind),
		optionally("inner", "Inner", inner),
		required("fixed", "", constantValue(text)),
		required(text+"!", "Odd", &taxonomy.Value{Type: taxonomy.String, Pattern: text, Category: text, Description: text}),
	)
	for _, p := range e.Properties {
		p.Description, p.Deprecated, p.Unit = text, text, text
	}
	e.Description, e.Owner, e.Deprecated, e.Stability = text, text, text, text
	e.Formerly, e.Tags = []string{text, "x"}, []string{text}
	t := registry(e)
	t.Person = &taxonomy.Entity{GoName: "Person", Slug: "person", Description: text}
	t.Groups = []*taxonomy.Entity{{Name: text, GoName: "Team", Slug: "team", Description: text}}
	t.Privacy = []taxonomy.CategoryPolicy{{Category: text, Strategies: map[string]string{"posthog": "keep"}, Reason: text}}
	t.Identity.Category = text
	return t
}

// shape returns the code of a file without its comments and with each string emptied: what text must not change.
func shape(f *ast.File) []string {
	var nodes []string
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil:
			nodes = append(nodes, "end")
		case *ast.CommentGroup:
			return false
		case *ast.Ident:
			nodes = append(nodes, n.Name)
		case *ast.BasicLit:
			if n.Kind != token.STRING {
				nodes = append(nodes, n.Value)
			}
		default:
			nodes = append(nodes, reflect.TypeOf(n).String())
		}
		return true
	})
	return slices.DeleteFunc(nodes, func(s string) bool { return s == "" })
}

// requireOnlyText fails the test unless generating with text differs from generating with plain words in nothing but
// comments and strings.
func requireOnlyText(t *testing.T, text string) {
	t.Helper()
	plain := generate(t, everywhereText("plain words"))
	files := generate(t, everywhereText(text))
	found := false
	for _, name := range goFiles(plain) {
		fset := token.NewFileSet()
		got := parse(t, fset, name, files[name])
		if want := parse(t, fset, name, plain[name]); !slices.Equal(shape(got), shape(want)) {
			t.Errorf("text became code in %s:\n%s", name, files[name])
		}
		requirePlainComments(t, got)
		requireFormatted(t, name, files[name])
		found = found || slices.Contains(stringsOf(got), text)
	}
	if !found {
		t.Errorf("%q does not reach the code as a string unchanged", text)
	}
}

// requirePlainComments fails the test if a comment could mean something to a tool.
func requirePlainComments(t *testing.T, f *ast.File) {
	t.Helper()
	for _, group := range f.Comments {
		for _, c := range group.List {
			if c.Text == "//go:embed schemas/*.schema.json" || c.Text == "//" {
				continue
			}
			if !strings.HasPrefix(c.Text, "// ") || strings.HasPrefix(c.Text, "// +build") {
				t.Errorf("comment %q is not plain text", c.Text)
			}
			if strings.ContainsFunc(c.Text, func(r rune) bool { return !strconv.IsPrint(r) && r != '\t' }) {
				t.Errorf("comment %q holds what cannot be seen", c.Text)
			}
		}
	}
}

func requireFormatted(t *testing.T, name string, source []byte) {
	t.Helper()
	again, err := format.Source(source)
	if err != nil {
		t.Fatal(err)
	}
	if string(again) != string(source) {
		t.Errorf("gofmt would change %s:\n%s", name, source)
	}
}

// stringsOf returns the strings in a file.
func stringsOf(f *ast.File) []string {
	var all []string
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				all = append(all, s)
			}
		}
		return true
	})
	return all
}

func TestTextNeverBecomesCode(t *testing.T) {
	t.Parallel()
	for i, text := range hostileTexts {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			requireOnlyText(t, text)
		})
	}
}

func FuzzTextNeverBecomesCode(f *testing.F) {
	for _, text := range hostileTexts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" || text == "none" {
			t.Skip("means that something is absent")
		}
		requireOnlyText(t, text)
	})
}

// hostileRegistries are hard to generate code for, by the names of their cases.
func hostileRegistries() map[string]*taxonomy.Taxonomy {
	cases := map[string]*taxonomy.Taxonomy{
		"empty":         registry(),
		"no_properties": registry(event("nothing", "Nothing")),
		"names":         registry(namesEvent()),
		"wide":          registry(wideEvent(130)),
		"deep":          registry(deepEvent(5)),
		"enums":         registry(enumsEvent()),
		"kinds":         kinds(),
		"shared":        sharedRegistry(),
		"entities":      entitiesRegistry(),
		"types_as_events": registry(
			event("string", "String"), event("context", "Context"), event("runtime", "Runtime"), event("any", "Any"),
			event("e", "E", required("e", "E", scalar(taxonomy.String)), required("w", "W", scalar(taxonomy.Integer))),
		),
	}
	for i, text := range hostileTexts {
		cases[fmt.Sprintf("text%d", i)] = everywhereText(text)
	}
	for _, name := range []string{"runtime", "redact", "context", "embed", "fs", "time", "math", "schemas", "eventX", "x1"} {
		t := kinds()
		t.Package = name
		cases["package_"+name] = t
	}
	return cases
}

// namesEvent has properties whose names could hide what generated code refers to.
func namesEvent() *taxonomy.Event {
	e := event("type", "Type",
		required("type", "Type", scalar(taxonomy.String)),
		required("String", "String", scalar(taxonomy.Integer)),
		required("int64", "Int64", formatted("date-time")),
		required("runtime", "Runtime", classified(scalar(taxonomy.String))),
		required("time", "Time", array(scalar(taxonomy.String))),
	)
	for _, name := range []string{"Props", "E", "Ctx", "C", "W", "V", "Item", "Key", "I", "Opts", "Context", "Redact", "Len", "Nil", "Write", "Ä", "𝐀", "Registry", "Schemas"} {
		e.Properties = append(e.Properties, optionally(strings.ToLower(name), name, array(mapping(scalar(taxonomy.Any)))))
	}
	return e
}

func wideEvent(n int) *taxonomy.Event {
	e := event("wide", "Wide")
	for i := range n {
		e.Properties = append(e.Properties, optionally(fmt.Sprint("p", i), fmt.Sprint("P", i), scalar(taxonomy.String)))
	}
	return e
}

// deepEvent has objects in arrays in objects, n levels deep.
func deepEvent(n int) *taxonomy.Event {
	name := "Deep" + strings.Repeat("LinesItem", n)
	v := object(name, required("leaf", "Leaf", classified(scalar(taxonomy.String))))
	for i := n - 1; i >= 0; i-- {
		name = "Deep" + strings.Repeat("LinesItem", i)
		v = object(name, required("lines", "Lines", array(v)))
	}
	return event("deep", "Deep", v.Fields.Properties...)
}

func enumsEvent() *taxonomy.Event {
	e := event("enums", "Enums")
	for _, n := range []int{1, 255, 256, 300} {
		name := fmt.Sprint("Enums", n)
		v := enum(name)
		for i := range n {
			v.Enum.Values = append(v.Enum.Values, taxonomy.EnumValue{GoName: fmt.Sprint(name, "V", i), String: fmt.Sprint(i)})
		}
		e.Properties = append(e.Properties, required(fmt.Sprint("e", n), fmt.Sprint("E", n), v))
	}
	odd := enum("EnumsOdd")
	odd.Enum.Values = []taxonomy.EnumValue{
		{GoName: "EnumsOddEmpty"},
		{GoName: "EnumsOdd1", String: "1"},
		{GoName: "EnumsOddAB", String: "a-b"},
		{GoName: "EnumsOddUnder", String: "a_b"},
	}
	e.Properties = append(e.Properties, required("odd", "Odd", odd))
	return e
}

// kinds has a property for each way in which a value can be written.
func kinds() *taxonomy.Taxonomy {
	e := event("kinds", "Kinds")
	for i, c := range []any{"x\"\\\n", false, int64(-4), 1e300} {
		e.Properties = append(e.Properties, required(fmt.Sprint("c", i), "", constantValue(c)))
	}
	for i, v := range valueKinds() {
		name := fmt.Sprint("P", i)
		e.Properties = append(e.Properties,
			required(name+"r", name+"R", v), optionally(name+"o", name+"O", v), nullably(name+"n", name+"N", v),
			required(name+"a", name+"A", array(v)), optionally(name+"m", name+"M", mapping(v)),
			required(name+"g", name+"G", array(array(mapping(array(v))))), optionally(name+"h", name+"H", mapping(mapping(v))),
		)
	}
	return registry(e)
}

func valueKinds() []*taxonomy.Value {
	low, high, zero, two := -1.5, 1e30, 0, 2
	whole := -3.0
	return []*taxonomy.Value{
		scalar(taxonomy.String), scalar(taxonomy.Integer), scalar(taxonomy.Number), scalar(taxonomy.Boolean), scalar(taxonomy.Any),
		classified(scalar(taxonomy.String)), classified(scalar(taxonomy.Integer)), classified(scalar(taxonomy.Number)),
		classified(scalar(taxonomy.Boolean)), classified(scalar(taxonomy.Any)),
		formatted("date-time"), classified(formatted("date-time")),
		enum("KindsText", "a", "b"), classified(enum("KindsSecret", "a")),
		integers("KindsNumber", -1, 1<<53), classified(integers("KindsNumber2", 7)),
		object("KindsObject", required("x", "X", scalar(taxonomy.Integer))),
		constantValue("x"),
		{Type: taxonomy.Boolean, Const: false},
		{Type: taxonomy.Integer, Const: int64(-4)},
		{Type: taxonomy.Number, Const: 1e300},
		{Type: taxonomy.String, MinLength: &zero, MaxLength: &zero, Pattern: "`\"\\"},
		{Type: taxonomy.String, Format: "ip", MaxLength: &two},
		{Type: taxonomy.Integer, Minimum: &whole},
		{Type: taxonomy.Integer, Maximum: &whole},
		{Type: taxonomy.Number, Minimum: &low, Maximum: &high},
		{Type: taxonomy.Number, Maximum: &low},
		{Type: taxonomy.Array, MinItems: &two, MaxItems: &zero, UniqueItems: true, Items: scalar(taxonomy.String)},
		{Type: taxonomy.String, Category: "user.name", Redact: "hash"},
	}
}

// sharedRegistry has types that several events use: declared ones and ones that an include brought in.
func sharedRegistry() *taxonomy.Taxonomy {
	currency := enum("Currency", "eur", "usd")
	currency.Enum.Shared = true
	money := object("Money", required("currency", "Currency", currency), required("region", "Region", enum("MoneyRegion", "eu")))
	money.Fields.Shared = true
	included := required("source", "Source", enum("Source", "web"))
	t := registry(
		event("one", "One", required("price", "Price", money), included, required("own", "Own", enum("OneOwn", "x"))),
		event("two", "Two", optionally("prices", "Prices", array(money)), included),
	)
	t.Types = []*taxonomy.NamedType{{Name: "Currency", Value: currency}, {Name: "Unused", Value: object("Unused")}}
	return t
}

func entitiesRegistry() *taxonomy.Taxonomy {
	t := registry(event("person", "PersonEvent"), event("types", "Types"), event("events", "Events"))
	t.Events[0].Slug, t.Events[1].Slug = "group_x", "sdk_android"
	t.Events[0].Destinations, t.Events[0].Sampling = []string{"log", "posthog"}, 0.25
	t.Person = &taxonomy.Entity{GoName: "Person", Slug: "person", Properties: []*taxonomy.Property{
		optionally("email", "Email", classified(formatted("email"))),
		optionally("plan", "Plan", enum("PersonPlan", "free", "pro")),
	}}
	t.Groups = []*taxonomy.Entity{
		{Name: "organization", GoName: "Organization", Slug: "group_organization", Description: "A customer.", Properties: []*taxonomy.Property{
			optionally("name", "Name", scalar(taxonomy.String)),
		}},
		{Name: "x_event", GoName: "XEvent", Slug: "group_x_event", Deprecated: "Use y.", Owner: "sales"},
		{Name: "linux", GoName: "Linux", Slug: "group_linux"},
	}
	return t
}

func TestHostileRegistriesAreValidGo(t *testing.T) {
	t.Parallel()
	for name, r := range hostileRegistries() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := generate(t, r)
			checkTypes(t, files)
			for _, file := range goFiles(files) {
				requireFormatted(t, file, files[file])
			}
		})
	}
}

func TestHostileRegistriesPassVet(t *testing.T) {
	t.Parallel()
	packages := map[string]map[string][]byte{}
	for name, r := range hostileRegistries() {
		packages[name] = generate(t, r)
	}
	vet(t, packages)
}
