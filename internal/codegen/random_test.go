package codegen

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"path"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// random makes registries that differ in everything that decides how code looks.
type random struct {
	*rand.Rand
	shared []*taxonomy.Value
	names  int // Go names given out
}

func randomRegistry(seed uint64) *taxonomy.Taxonomy {
	r := &random{Rand: rand.New(rand.NewPCG(seed, 0))}
	t := registry()
	for range r.IntN(3) {
		v := r.pick(r.object, r.enum)("Shared" + r.name())
		if v.Fields != nil {
			v.Fields.Shared = true
		} else {
			v.Enum.Shared = true
		}
		r.shared = append(r.shared, v)
		t.Types = append(t.Types, &taxonomy.NamedType{Value: v})
	}
	for range r.IntN(4) {
		name := r.name()
		e := event("event "+name, name, r.properties(name, 4)...)
		e.Destinations = [][]string{{"posthog"}, {"audit", "log"}, {"posthog", "audit", "log"}}[r.IntN(3)]
		e.Sampling = []float64{0, 0.1, 1}[r.IntN(3)]
		t.Events = append(t.Events, e)
	}
	if r.IntN(2) == 0 {
		name := r.name()
		t.Person = &taxonomy.Entity{GoName: name, Slug: "person", Properties: r.properties(name, 3)}
	}
	for range r.IntN(3) {
		name := r.name()
		t.Groups = append(t.Groups, &taxonomy.Entity{Name: name, GoName: name, Slug: strings.ToLower(name), Properties: r.properties(name, 3)})
	}
	return t
}

func (r *random) name() string {
	r.names++
	return fmt.Sprint([]string{"X", "Thing", "ID", "É"}[r.IntN(4)], r.names)
}

func (r *random) pick(makers ...func(string) *taxonomy.Value) func(string) *taxonomy.Value {
	return makers[r.IntN(len(makers))]
}

func (r *random) properties(owner string, depth int) []*taxonomy.Property {
	var all []*taxonomy.Property
	for range r.IntN(8) {
		name := r.name()
		p := &taxonomy.Property{
			Name: strings.ToLower(name), GoName: name, Required: r.IntN(2) == 0, Nullable: r.IntN(3) == 0,
			Value: r.value(owner+name, depth),
		}
		if r.IntN(10) == 0 {
			p.GoName, p.Value = "", constantValue("x")
		}
		all = append(all, p)
	}
	return all
}

func (r *random) value(goName string, depth int) *taxonomy.Value {
	if depth == 0 || r.IntN(3) > 0 {
		return r.leaf(goName)
	}
	return r.pick(
		r.object,
		func(goName string) *taxonomy.Value { return array(r.value(goName+"Item", depth-1)) },
		func(goName string) *taxonomy.Value { return mapping(r.value(goName+"Value", depth-1)) },
	)(goName)
}

func (r *random) object(goName string) *taxonomy.Value {
	return object(goName, r.properties(goName, 1)...)
}

func (r *random) enum(goName string) *taxonomy.Value {
	if r.IntN(2) == 0 {
		return integers(goName, -1, r.Int64N(100))
	}
	return enum(goName, "a", "b", "c")
}

func (r *random) leaf(goName string) *taxonomy.Value {
	if len(r.shared) > 0 && r.IntN(4) == 0 {
		return r.shared[r.IntN(len(r.shared))]
	}
	kinds := []*taxonomy.Value{
		scalar(taxonomy.String), scalar(taxonomy.Integer), scalar(taxonomy.Number), scalar(taxonomy.Boolean), scalar(taxonomy.Any),
		formatted("date-time"), formatted("ip"), r.enum(goName),
	}
	v := kinds[r.IntN(len(kinds))]
	if r.IntN(4) == 0 {
		return classified(v)
	}
	return v
}

func TestRandomRegistriesAreValid(t *testing.T) {
	t.Parallel()
	const registries = 80
	for seed := range uint64(registries) {
		files := generate(t, randomRegistry(seed))
		checkTypes(t, files)
		compileSchemas(t, files)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// compileSchemas fails the test unless all schemas compile, in one compiler, under their own identifiers.
func compileSchemas(t *testing.T, files map[string][]byte) {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	for name, content := range files {
		if path.Ext(name) == ".json" {
			if err := c.AddResource(name, bytes.NewReader(content)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name := range files {
		if path.Ext(name) == ".json" {
			if _, err := c.Compile(name); err != nil {
				t.Errorf("%v\n%s", err, files[name])
			}
		}
	}
}

func TestSameRegistrySameBytes(t *testing.T) {
	t.Parallel()
	for _, build := range []func() *taxonomy.Taxonomy{sharedRegistry, entitiesRegistry, func() *taxonomy.Taxonomy { return large(20) }} {
		want := generate(t, build())
		for range 20 {
			got := generate(t, build())
			if !maps.EqualFunc(got, want, bytes.Equal) {
				t.Fatal("two runs give different files")
			}
		}
	}
}

func TestFingerprintFollowsMeaning(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*taxonomy.Taxonomy){
		"policy":      func(r *taxonomy.Taxonomy) { r.Privacy[0].Strategies["log"] = "hash" },
		"identity":    func(r *taxonomy.Taxonomy) { r.Identity.Category = "user.unique_id" },
		"destination": func(r *taxonomy.Taxonomy) { r.Events[0].Destinations = []string{"log"} },
		"scan":        func(r *taxonomy.Taxonomy) { r.Scan = taxonomy.Scan{Mode: "off"} },
		"unscanned":   func(r *taxonomy.Taxonomy) { r.Events[0].Properties[0].Value.Unscanned = true },
		"sampling":    func(r *taxonomy.Taxonomy) { r.Events[0].Sampling = 0.5 },
		"property":    func(r *taxonomy.Taxonomy) { r.Events[0].Properties[0].Required = false },
		"entity":      func(r *taxonomy.Taxonomy) { r.Person.Properties[0].Nullable = true },
	}
	base := func() *taxonomy.Taxonomy {
		r := entitiesRegistry()
		r.Events[0].Properties = []*taxonomy.Property{required("a", "A", scalar(taxonomy.String))}
		r.Privacy = []taxonomy.CategoryPolicy{{Category: "user", Strategies: map[string]string{"log": "drop", "posthog": "drop"}}}
		return r
	}
	index := func(r *taxonomy.Taxonomy) string {
		_, rest, _ := strings.Cut(string(generate(t, r)[indexFile]), "const fingerprint = ")
		line, _, _ := strings.Cut(rest, "\n")
		return line
	}
	want := index(base())
	for name, change := range changes {
		r := base()
		change(r)
		if index(r) == want {
			t.Errorf("%s: the fingerprint does not change", name)
		}
	}
}
