// Package catalog turns a registry into a page that lists its events: for readers of dashboards, who see the names and want
// to know what they mean. The output depends on the registry alone.
package catalog

import (
	"fmt"
	"strings"

	"github.com/eventgen/eventgen/internal/markdown"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

const intro = `<!-- Written by "eventgen docs" from the registry. Do not edit. -->

# Events

Names are those on the wire. A property that is not marked as required may be missing.
`

// Markdown returns the catalogue: each event with its description, owner and properties, then the person and the groups.
func Markdown(t *taxonomy.Taxonomy) []byte {
	var b strings.Builder
	b.WriteString(intro)
	for _, e := range t.Events {
		section(&b, e.Name, e.Description, e.Deprecated)
		facts(&b, [][2]string{
			{"Owner", e.Owner},
			{"Stability", e.Stability},
			{"Formerly", strings.Join(e.Formerly, ", ")},
			{"Tags", strings.Join(e.Tags, ", ")},
			{"Goes to", strings.Join(e.Destinations, ", ")},
			{"Sampled at", sampling(e.Sampling)},
		})
		properties(&b, e.Properties)
	}
	if t.Person != nil {
		section(&b, "Person", t.Person.Description, t.Person.Deprecated)
		properties(&b, t.Person.Properties)
	}
	for _, g := range t.Groups {
		section(&b, "Group "+g.Name, g.Description, g.Deprecated)
		properties(&b, g.Properties)
	}
	return []byte(b.String())
}

func section(b *strings.Builder, name, description, deprecated string) {
	fmt.Fprintf(b, "\n## %s\n", markdown.Text(name))
	if description != "" {
		fmt.Fprintf(b, "\n%s\n", markdown.Text(description))
	}
	if deprecated != "" {
		fmt.Fprintf(b, "\nDeprecated: %s\n", markdown.Text(deprecated))
	}
}

// facts writes one line with what is said.
func facts(b *strings.Builder, list [][2]string) {
	var said []string
	for _, f := range list {
		if f[1] != "" {
			said = append(said, f[0]+": "+markdown.Text(f[1]))
		}
	}
	fmt.Fprintf(b, "\n%s.\n", strings.Join(said, ". "))
}

func sampling(rate float64) string {
	if rate == 1 {
		return ""
	}
	return fmt.Sprintf("%g %%", rate*100)
}

func properties(b *strings.Builder, list []*taxonomy.Property) {
	var rows [][]string
	for _, p := range list {
		rows = appendProperty(rows, "", p)
	}
	if len(rows) == 0 {
		b.WriteString("\nNo properties.\n")
		return
	}
	b.WriteString("\n" + markdown.Table([]string{"property", "type", "required", "personal data", "description"}, rows))
}

func appendProperty(rows [][]string, prefix string, p *taxonomy.Property) [][]string {
	v, path := p.Value, prefix+p.Name
	required := ""
	if p.Required {
		required = "yes"
	}
	rows = append(rows, []string{path, describe(p), required, personal(v), sentence(p)})
	for ; v != nil; v, path = inner(v), path+"[]" {
		if v.Fields == nil {
			continue
		}
		for _, member := range v.Fields.Properties {
			rows = appendProperty(rows, path+".", member)
		}
	}
	return rows
}

// inner returns what an array or map holds.
func inner(v *taxonomy.Value) *taxonomy.Value {
	if v.Items != nil {
		return v.Items
	}
	return v.Values
}

func sentence(p *taxonomy.Property) string {
	if p.Deprecated == "" {
		return p.Description
	}
	return strings.TrimSpace(p.Description + " Deprecated: " + p.Deprecated)
}

func personal(v *taxonomy.Value) string {
	if v.Classified() {
		return v.Category
	}
	return ""
}

// describe returns the type of a property with what narrows it.
func describe(p *taxonomy.Property) string {
	text := typeOf(p.Value)
	if p.Unit != "" {
		text += " in " + p.Unit
	}
	if p.Nullable {
		text += ", or null"
	}
	return text
}

func typeOf(v *taxonomy.Value) string {
	switch {
	case v.Const != nil:
		return fmt.Sprintf("always %v", v.Const)
	case v.Enum != nil:
		var values []string
		for _, value := range v.Enum.Values {
			if v.Enum.Integers {
				values = append(values, fmt.Sprint(value.Integer))
			} else {
				values = append(values, value.String)
			}
		}
		return "one of " + strings.Join(values, ", ")
	case inner(v) != nil:
		return string(v.Type) + " of " + typeOf(inner(v))
	case v.Format != "":
		return v.Format
	default:
		return string(v.Type)
	}
}
