package codegen

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

func ExampleGenerate() {
	files, err := Generate(&taxonomy.Taxonomy{
		Package: "events",
		Events: []*taxonomy.Event{{
			Name: "signed up", GoName: "SignedUp", Slug: "signed_up",
			Properties: []*taxonomy.Property{
				{Name: "plan", GoName: "Plan", Required: true, Value: &taxonomy.Value{Type: taxonomy.String}},
			},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Println(name)
	}
	// Output:
	// events.gen.go
	// schemas/signed_up.schema.json
	// signed_up_event.gen.go
}

func TestGenerateReportsItsOwnMistakes(t *testing.T) {
	t.Parallel()
	noJSON := scalar(taxonomy.String)
	noJSON.Default = func() {}
	tests := map[string]struct {
		registry *taxonomy.Taxonomy
		file     string
	}{
		"no Go":                  {registry(event("a", "not go")), "not go_event.gen.go"},
		"no such format":         {registry(event("a", "A", required("p", "P", formatted("postcode")))), "a_event.gen.go"},
		"no JSON":                {registry(event("a", "A", required("p", "P", noJSON))), "schemas/a.schema.json"},
		"two files with a name":  {registry(event("a", "A"), event("b", "A")), "schemas/a.schema.json"},
		"the first of the files": {registry(event("a", "A 1"), event("b", "A 2"), event("c", "A 3")), "a 1_event.gen.go"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := Generate(tt.registry)
			var mistake *Error
			if !errors.As(err, &mistake) || files != nil {
				t.Fatalf("got %d files and error %v, want an *Error", len(files), err)
			}
			if mistake.File != tt.file || errors.Unwrap(err) == nil || !strings.Contains(err.Error(), tt.file) {
				t.Errorf("the error names %s, want %s: %v", mistake.File, tt.file, err)
			}
		})
	}
}

func TestNewIsForFewAndDistinctRequiredProperties(t *testing.T) {
	t.Parallel()
	distinct := []*taxonomy.Property{
		required("a", "A", scalar(taxonomy.String)),
		required("b", "B", scalar(taxonomy.Integer)),
		required("c", "C", scalar(taxonomy.Number)),
		required("d", "D", classified(scalar(taxonomy.String))),
		nullably("e", "E", scalar(taxonomy.String)),
	}
	tests := map[string]struct {
		properties []*taxonomy.Property
		want       int
	}{
		"none":                    {nil, 0},
		"five":                    {distinct, 5},
		"six":                     {append(slices.Clone(distinct), required("f", "F", scalar(taxonomy.Boolean))), 0},
		"optional do not count":   {append(slices.Clone(distinct), optionally("f", "F", scalar(taxonomy.String))), 5},
		"constants do not count":  {append(slices.Clone(distinct), required("f", "", constantValue("x"))), 5},
		"two strings":             {append(distinct[:1:1], required("z", "Z", formatted("uuid"))), 0},
		"two arrays of one type":  {[]*taxonomy.Property{required("a", "A", array(scalar(taxonomy.Any))), required("b", "B", array(scalar(taxonomy.Any)))}, 0},
		"array and array of that": {[]*taxonomy.Property{required("a", "A", array(scalar(taxonomy.Any))), required("b", "B", array(array(scalar(taxonomy.Any))))}, 2},
	}
	for name, tt := range tests {
		if got := len(parameters(event("e", "E", tt.properties...))); got != tt.want {
			t.Errorf("%s: New takes %d parameters, want %d", name, got, tt.want)
		}
	}
}
