package codegen

import (
	"slices"
	"testing"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

func TestTypesStandWhereTheyAreUsed(t *testing.T) {
	t.Parallel()
	registry := sharedRegistry()
	registry.Person = &taxonomy.Entity{GoName: "Person", Slug: "person", Properties: []*taxonomy.Property{
		optionally("plan", "Plan", enum("PersonPlan", "free")),
		optionally("boxes", "Boxes", mapping(object("PersonBoxesValue", required("lid", "Lid", object("PersonBoxesValueLid"))))),
	}}
	places := placeTypes(registry)
	tests := map[string]struct{ got, want []string }{
		"shared": {goNames(places.shared), []string{"Currency", "Unused", "Money", "MoneyRegion", "Source"}},
		"one":    {goNames(places.of(registry.Events[0])), []string{"OneOwn"}},
		"two":    {goNames(places.of(registry.Events[1])), nil},
		"person": {goNames(places.of(registry.Person)), []string{"PersonPlan", "PersonBoxesValue", "PersonBoxesValueLid"}},
	}
	for name, tt := range tests {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s: got %q, want %q", name, tt.got, tt.want)
		}
	}
}

func goNames(types []named) []string {
	var names []string
	for _, n := range types {
		if n.enum != nil {
			names = append(names, n.enum.GoName)
		} else {
			names = append(names, n.object.GoName)
		}
	}
	return names
}
