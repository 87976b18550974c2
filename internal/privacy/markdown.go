package privacy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eventgen/eventgen/internal/markdown"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// Markdown returns the data map as a page to read.
func Markdown(t *taxonomy.Taxonomy) []byte {
	rows := Rows(t)
	var b strings.Builder
	b.WriteString(intro)
	b.WriteString("\n## Personal data\n\n")
	b.WriteString(personalTable(rows))
	b.WriteString("\n## Policy by category\n\n" + policyIntro)
	b.WriteString(policyTable(t, rows))
	b.WriteString("\n## Declared not to be personal data\n\n" + otherIntro)
	b.WriteString(otherTable(rows))
	b.WriteString(surroundings)
	return []byte(b.String())
}

const intro = `<!-- Written by "eventgen docs --privacy" from the registry. Do not edit. -->

# Data map

Which values may leave the service, and what of them. Values are redacted before they are queued: what is not listed under a
destination never reaches its queue, its files or the network. Everything that is not declared in the registry is refused.

The strategies:

| strategy | what is left |
|---|---|
| drop | nothing |
| replace | the name of the category, such as \[email\] |
| hash | a pseudonym, keyed (HMAC-SHA-256). Equal values have equal pseudonyms within their category. It stays personal data. |
| mask | the first character |
| truncate\_ip | the network: 24 bits of IPv4, 48 of IPv6 |
| truncate\_time | the day |
| round | two significant digits |
| email\_domain | what follows the @ |
| scrub\_url | the URL without user, query and fragment, identifiers in the path replaced |
| scan | the text without what the detectors find. Names and postal addresses stay. |
| keep | the value, for the reason given |

In a property, "[]" stands for an item of a list, "{}" for a value of a map, "{key}" for its keys.
`

const policyIntro = "The rule for a category also holds for those below it that have no rule of their own.\n\n"

const otherIntro = "These values are sent as they are.\n\n"

// surroundings tells what PostHog has beside the properties.
const surroundings = `
## What else is sent

| what | where from |
|---|---|
| name of the event, uuid, time stamp | made by the library, or given with WithUUID and WithTimestamp; to all destinations, as they are |
| $session\_id | only with WithSession: an id of PostHog's browser library, as it is, to all destinations; anything but a UUID or a token without findings is left out |
| $groups, $group\_type | types of groups as they are; keys as under identity above |
| $set, $group\_set | the properties of the person and of groups above, and nothing else. $set\_once and $unset are never sent. |
| $process\_person\_profile | false for events WithoutPersonProfile |
| $geoip\_disable | true, unless Config.GeoIP is set: PostHog then derives no place from an address |
| $lib, $lib\_version, $os, $os\_version, $go\_version, $is\_server | about the server, by posthog-go where the transport is sdk |

The service sets neither $ip nor $current\_url; names that begin with $ cannot be declared. PostHog sees the address from which
events are sent, which is the server's, and stores it as $ip unless the project discards addresses.
`

var strategyColumns = []string{"PostHog", "audit", "log"}

func personalTable(rows []Row) string {
	header := slices.Concat([]string{"subject", "property", "category"}, strategyColumns,
		[]string{"reason", "purpose", "owner", "retention"})
	var cells [][]string
	for _, r := range rows {
		if r.Personal() || r.Kind == Identity {
			cells = append(cells, slices.Concat([]string{r.subject(), r.Path, orNone(r.Category)}, r.Strategies[:],
				[]string{r.Reason, r.Purpose, r.Owner, r.Retention}))
		}
	}
	return markdown.Table(header, cells)
}

func policyTable(t *taxonomy.Taxonomy, rows []Row) string {
	header := slices.Concat([]string{"category"}, strategyColumns, []string{"reason", "purpose", "retention", "values"})
	used := usage(t, rows)
	var cells [][]string
	for _, p := range t.Privacy {
		line := []string{p.Category}
		for _, d := range Destinations() {
			line = append(line, p.Strategies[d])
		}
		cells = append(cells, append(line, p.Reason, p.Purpose, p.Retention, fmt.Sprint(used[p.Category])))
	}
	return markdown.Table(header, cells)
}

// usage counts the rows that each line of the policy governs.
func usage(t *taxonomy.Taxonomy, rows []Row) map[string]int {
	m := &mapper{taxonomy: t}
	used := map[string]int{}
	for i := range rows {
		if p, ok := m.policy(rows[i].Category); ok {
			used[p.Category]++
		}
	}
	return used
}

func otherTable(rows []Row) string {
	var cells [][]string
	for _, r := range rows {
		if !r.Personal() && r.Kind != Identity {
			cells = append(cells, []string{r.subject(), r.Path, r.Type, r.sentTo(), r.Reason, r.Owner})
		}
	}
	return markdown.Table([]string{"subject", "property", "type", "sent to", "why a personal name is none", "owner"}, cells)
}

// subject names what the row belongs to.
func (r *Row) subject() string {
	if r.Name == "" {
		return string(r.Kind)
	}
	return string(r.Kind) + " " + r.Name
}

// sentTo lists the destinations of the row.
func (r *Row) sentTo() string {
	var to []string
	for i, d := range Destinations() {
		if r.Strategies[i] != notSent {
			to = append(to, d)
		}
	}
	return strings.Join(to, ", ")
}
