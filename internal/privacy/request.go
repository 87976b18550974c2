package privacy

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// maxIDs is how many ids PostHog takes in one deletion request.
const maxIDs = 1000

// Deletion is the body of a deletion request to PostHog.
type Deletion struct {
	DistinctIDs      []string `json:"distinct_ids"`
	DeleteEvents     bool     `json:"delete_events"`
	DeleteRecordings bool     `json:"delete_recordings"`
}

// Deletions returns the bodies for POST /api/environments/:id/persons/bulk_delete/, as many as PostHog's limit asks for. The
// endpoint wants a personal API key with the scope person:write. Persons are deleted at once, events by a job that PostHog
// runs when it has little to do.
func (t *Traces) Deletions() []Deletion {
	var all []Deletion
	for ids := range slices.Chunk(t.DistinctIDs, maxIDs) {
		all = append(all, Deletion{DistinctIDs: ids, DeleteEvents: true, DeleteRecordings: true})
	}
	return all
}

// Access returns a HogQL query for all events that mention the person, by distinct_id or anywhere in the properties, for
// POST /api/projects/:id/query/. It is "" when nothing about the person can be in PostHog.
func (t *Traces) Access() string {
	var conditions []string
	if len(t.DistinctIDs) > 0 {
		conditions = append(conditions, "distinct_id IN ("+literals(t.DistinctIDs, hogQL)+")")
	}
	for _, v := range t.Values["posthog"] {
		literal := hogQL(quotedJSON(v))
		conditions = append(conditions,
			"position(toString(properties), "+literal+") > 0", "position(toString(person.properties), "+literal+") > 0")
	}
	if len(conditions) == 0 {
		return ""
	}
	return "SELECT timestamp, event, uuid, distinct_id, properties, person.properties\nFROM events\nWHERE " +
		strings.Join(conditions, "\n   OR ") + "\nORDER BY timestamp\nLIMIT 50000"
}

// AuditSelect returns a statement that finds the rows about the person in the table of package auditlog, for SQLite and
// PostgreSQL alike; "" when there can be none.
func (t *Traces) AuditSelect() string {
	values := t.Values["audit"]
	if len(values) == 0 {
		return ""
	}
	list := literals(values, sql)
	conditions := []string{"distinct_id IN (" + list + ")", "user_id IN (" + list + ")"}
	for _, v := range values {
		conditions = append(conditions, "properties LIKE "+sql("%"+escapeLike(quotedJSON(v))+"%")+" ESCAPE '!'")
	}
	return "SELECT * FROM audit_logs\nWHERE " + strings.Join(conditions, "\n   OR ") + "\nORDER BY timestamp_us;"
}

func literals(values []string, quote func(string) string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
	}
	return strings.Join(quoted, ", ")
}

// sql returns a string literal of standard SQL.
func sql(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// hogQL returns a string literal of HogQL, where a backslash escapes.
func hogQL(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\x00", `\0`).Replace(s) + "'"
}

func escapeLike(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

// quotedJSON returns s as the runtime writes it into properties, quotes included, so that jo does not find joanna.
func quotedJSON(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString("\\" + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Mentions reports whether an encoded event that is on its way is about the person: by its distinct_id, or by a string or key
// anywhere in its properties. It looks for the forms of all destinations.
func (t *Traces) Mentions(distinctID string, properties []byte) bool {
	for _, values := range t.Values {
		for _, v := range values {
			if distinctID == v || bytes.Contains(properties, []byte(quotedJSON(v))) {
				return true
			}
		}
	}
	return slices.Contains(t.DistinctIDs, distinctID)
}
