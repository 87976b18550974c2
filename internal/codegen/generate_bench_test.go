package codegen

import (
	"fmt"
	"testing"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// large returns the registry that DESIGN.md measures with: n events with ten properties of all sorts.
func large(n int) *taxonomy.Taxonomy {
	t := registry()
	for i := range n {
		name := fmt.Sprintf("Event%d", i)
		t.Events = append(t.Events, event(fmt.Sprintf("event_%d", i), name,
			required("org_id", "OrgID", scalar(taxonomy.String)),
			required("audience", "Audience", enum(name+"Audience", "all", "staff", "segment")),
			required("amount", "Amount", scalar(taxonomy.Integer)),
			optionally("ratio", "Ratio", scalar(taxonomy.Number)),
			optionally("done", "Done", scalar(taxonomy.Boolean)),
			optionally("email", "Email", classified(formatted("email"))),
			optionally("at", "At", formatted("date-time")),
			optionally("tags", "Tags", array(scalar(taxonomy.String))),
			optionally("lines", "Lines", array(object(name+"LinesItem", required("sku", "SKU", scalar(taxonomy.String))))),
			optionally("title", "Title", scalar(taxonomy.String)),
		))
	}
	return t
}

func BenchmarkGenerate(b *testing.B) {
	t := large(1000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Generate(t); err != nil {
			b.Fatal(err)
		}
	}
}
