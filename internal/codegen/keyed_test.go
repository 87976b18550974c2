package codegen

import (
	"testing"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

func TestKeyed(t *testing.T) {
	t.Parallel()
	hashed := func() *taxonomy.Value {
		v := classified(scalar(taxonomy.String))
		v.Redact = "hash"
		return v
	}
	dropped := classified(scalar(taxonomy.String))
	dropped.Redact = "drop"
	recursive := object("Node", optionally("a", "A", scalar(taxonomy.String)))
	recursive.Fields.Properties = append(recursive.Fields.Properties, optionally("next", "Next", array(recursive)))
	person := registry()
	person.Person = &taxonomy.Entity{GoName: "Person", Properties: []*taxonomy.Property{optionally("a", "A", hashed())}}
	tests := map[string]struct {
		registry *taxonomy.Taxonomy
		want     bool
	}{
		"nothing":      {registry(), false},
		"other":        {registry(event("e", "E", optionally("a", "A", dropped))), false},
		"policy alone": {registry(event("e", "E", optionally("a", "A", classified(scalar(taxonomy.String))))), false},
		"recursive":    {registry(event("e", "E", optionally("a", "A", recursive))), false},
		"property":     {registry(event("d", "D"), event("e", "E", optionally("a", "A", hashed()))), true},
		"item":         {registry(event("e", "E", optionally("a", "A", array(hashed())))), true},
		"map":          {registry(event("e", "E", optionally("a", "A", mapping(hashed())))), true},
		"nested":       {registry(event("e", "E", optionally("a", "A", object("O", optionally("b", "B", hashed()))))), true},
		"person":       {person, true},
	}
	for name, tt := range tests {
		if got := keyed(tt.registry); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
