package taxonomy_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// largeRegistry has the given number of events with ten properties each, of all sorts.
func largeRegistry(events int) fstest.MapFS {
	var b strings.Builder
	b.WriteString("version: 1\npackage: events\nowner: data\nprivacy: {user.contact.email: hash}\n")
	b.WriteString("types: {Currency: {type: string, enum: [EUR, USD], description: ISO 4217 code.}}\nevents:\n")
	for i := range events {
		fmt.Fprintf(&b, "  event_%d:\n    description: Event number %d happened.\n    properties:\n", i, i)
		for j, p := range []string{
			"{type: string, required: true, pii: none, description: An id.}",
			"{type: string, format: email, pii: user.contact.email, description: Where to write.}",
			"{type: string, enum: [free, pro, team], required: true, description: Billing plan.}",
			"{type: integer, minimum: 0, description: How many.}",
			"{type: number, minimum: 0, maximum: 1, description: Share.}",
			"{type: boolean, description: Whether it was the first.}",
			"{type: string, format: date-time, pii: none, description: When.}",
			"{type: Currency, description: Currency of the amount.}",
			"{type: array, pii: none, items: {type: string, maxLength: 40}, description: Labels.}",
			"{type: object, pii: none, properties: {a: {type: integer, description: One.}}, description: Details.}",
		} {
			fmt.Fprintf(&b, "      property_%d: %s\n", j, p)
		}
	}
	return fstest.MapFS{"events.yaml": &fstest.MapFile{Data: []byte(b.String())}}
}

func BenchmarkLoad(b *testing.B) {
	files := largeRegistry(1000)
	b.SetBytes(int64(len(files["events.yaml"].Data)))
	b.ReportAllocs()
	for b.Loop() {
		model, found, err := taxonomy.Load(files, "events.yaml")
		if err != nil || model == nil || diag.HasErrors(found) {
			b.Fatalf("%v, %d findings", err, len(found))
		}
	}
}
