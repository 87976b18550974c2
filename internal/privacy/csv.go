package privacy

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// CSV returns the data map with one line for each row of [Rows], after RFC 4180 but for line ends of a single LF, so that the
// file can lie in a repository. A cell that a spreadsheet would run as a formula begins with an apostrophe.
func CSV(t *taxonomy.Taxonomy) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	lines := [][]string{{
		"subject", "name", "property", "type", "category", "posthog", "audit", "log",
		"reason", "purpose", "owner", "retention", "description",
	}}
	for _, r := range Rows(t) {
		lines = append(lines, []string{
			string(r.Kind), r.Name, r.Path, r.Type, orNone(r.Category), r.Strategies[0], r.Strategies[1], r.Strategies[2],
			r.Reason, r.Purpose, r.Owner, r.Retention, r.Description,
		})
	}
	for _, line := range lines {
		for i := range line {
			line[i] = harmless(line[i])
		}
	}
	if err := w.WriteAll(lines); err != nil {
		return nil, fmt.Errorf("privacy: data map as CSV: %w", err)
	}
	return b.Bytes(), nil
}

// harmless puts an apostrophe before what spreadsheets take for a formula: the characters that OWASP lists for CSV injection,
// with their full-width twins, also behind white space. Line breaks become blanks.
func harmless(cell string) string {
	cell = strings.Join(strings.Fields(cell), " ")
	if strings.HasPrefix(cell, "'") || strings.IndexAny(cell, "=+-@＝＋－＠|%") == 0 {
		return "'" + cell
	}
	return cell
}

func orNone(category string) string {
	if category == "" {
		return "none"
	}
	return category
}
