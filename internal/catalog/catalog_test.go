package catalog_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/internal/catalog"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

const registry = `
version: 1
package: events
owner: me
privacy: {user.name: drop}
types:
  Line: {type: object, properties: {sku: {type: string, pii: none, description: Article.}, n: {type: integer, unit: pieces}}}
person: {properties: {nick: {type: string, pii: user.name, description: Nick|name.}}}
groups: {team: {description: A team.}}
events:
  bought:
    description: Somebody bought.
    deprecated: use sold.
    sampling: 0.25
    destinations: [audit]
    tags: [a, b]
    properties:
      lines: {type: array, items: {type: Line}, required: true, pii: none, description: What.}
      level: {type: integer, enum: [1, 2], nullable: true}
      via: {type: string, const: web, deprecated: always web.}
`

func TestMarkdown(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "events.yaml")
	if err := os.WriteFile(path, []byte(registry), 0o600); err != nil {
		t.Fatal(err)
	}
	taxa, found, err := taxonomy.Load(taxonomy.OS{}, path)
	if err != nil || taxa == nil {
		t.Fatal(err, found)
	}
	page := string(catalog.Markdown(taxa))
	for _, want := range []string{
		"\n## bought\n\nSomebody bought.\n\nDeprecated: use sold.\n\nOwner: me. Tags: a, b. Goes to: audit. Sampled at: 25 %.\n",
		"| lines | array of object | yes |  | What. |\n",
		"| lines\\[\\].sku | string |  |  | Article. |\n",
		"| lines\\[\\].n | integer in pieces |  |  |  |\n",
		"| level | one of 1, 2, or null |  |  |  |\n",
		"| via | always web |  |  | Deprecated\\: always web. |\n",
		"| nick | string |  | user.name | Nick\\|name. |\n",
		"## Group team\n\nA team.\n\nNo properties.\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("lacks %q in\n%s", want, page)
		}
	}
}
