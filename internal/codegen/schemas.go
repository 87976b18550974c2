package codegen

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/eventgen/eventgen/internal/schema"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// schemaFile returns the path of a schema. Slugs are unique among events and entities.
func schemaFile(slug string) string { return "schemas/" + slug + ".schema.json" }

// wireName returns the name under which PostHog receives the properties.
func (e entity) wireName() string {
	if e.person {
		return "$identify"
	}
	return "$groupidentify"
}

// schemaTasks lists the JSON Schemas.
func schemaTasks(t *taxonomy.Taxonomy) []task {
	var tasks []task
	for _, e := range t.Events {
		tasks = append(tasks, task{schemaFile(e.Slug), func() ([]byte, error) { return schema.Event(t, e) }})
	}
	for _, e := range entities(t) {
		build := schema.Group
		if e.person {
			build = schema.Person
		}
		tasks = append(tasks, task{schemaFile(e.Slug), func() ([]byte, error) { return build(t, e.Entity) }})
	}
	return tasks
}

// fingerprint returns 128 bits of a hash over what decides how events are checked, redacted and sent: the schemas, the
// policy, and where events go.
func fingerprint(t *taxonomy.Taxonomy, schemas map[string][]byte) string {
	hash := sha256.New()
	fmt.Fprintf(hash, "identity %q\n", t.Identity.Category)
	if scan := t.Scan; len(scanLiteral(scan)) > 0 {
		fmt.Fprintf(hash, "scan %q %q %g\n", scan.Mode, scan.Action, scan.Rate)
	}
	for _, p := range t.Privacy {
		fmt.Fprintf(hash, "policy %q %q\n", p.Category, p.Strategies) // fmt prints maps in the order of their keys
	}
	for _, e := range t.Events {
		fmt.Fprintf(hash, "event %q %q %g\n%s", e.Name, e.Destinations, e.Sampling, schemas[schemaFile(e.Slug)])
	}
	for _, e := range entities(t) {
		fmt.Fprintf(hash, "entity %q\n%s", e.Name, schemas[schemaFile(e.Slug)])
	}
	return hex.EncodeToString(hash.Sum(nil)[:fingerprintSize])
}

// fingerprintSize is enough to tell any two registries apart.
const fingerprintSize = 16
