package privacy

import (
	"maps"
	"slices"

	"github.com/eventgen/eventgen/internal/taxonomy"
	"github.com/eventgen/eventgen/redact"
)

// Pseudonym is what became of an id of a person in one category.
type Pseudonym struct {
	Of           string   `json:"of"` // the id or value
	Category     string   `json:"category"`
	Destinations []string `json:"destinations"` // whose policy hashes values of the category
	Values       []string `json:"values"`       // one for each key, the active one first
}

// Traces are the forms under which data of a person is stored.
type Traces struct {
	Pseudonyms []Pseudonym
	// DistinctIDs are the distinct_ids that PostHog knows the person under.
	DistinctIDs []string
	// Values are all forms by destination: pseudonyms, and the ids themselves where some category keeps them.
	Values map[string][]string
}

// Scopes returns the categories that are hashed for some destination, with those destinations.
func Scopes(t *taxonomy.Taxonomy) map[string][]string {
	scopes := map[string][]string{}
	for _, r := range Rows(t) {
		for i, d := range Destinations() {
			if r.Strategies[i] == "hash" && !slices.Contains(scopes[r.Category], d) {
				scopes[r.Category] = append(scopes[r.Category], d)
			}
		}
	}
	for _, destinations := range scopes {
		slices.SortFunc(destinations, func(a, b string) int {
			return slices.Index(Destinations(), a) - slices.Index(Destinations(), b)
		})
	}
	return scopes
}

// Subject is what is known of a person.
type Subject struct {
	IDs    []string // under which the person was tracked: distinct_ids and aliases
	Values []Value  // further values, such as the e-mail address
}

// Value is a value and the category of personal data that it belongs to.
type Value struct {
	Category, Text string
}

// Trace returns the forms under which data of a person is stored. An id is taken for a value of every category, since ids
// often stand in properties too; a pseudonym that was never made finds nothing. Nothing is named for PostHog that the policy
// would not have sent there. Keys may be zero where [Scopes] is empty.
func Trace(t *taxonomy.Taxonomy, keys redact.Keys, person Subject) (Traces, error) {
	engine, err := redact.NewEngine(nil, keys)
	if err != nil {
		return Traces{}, err
	}
	scopes := Scopes(t)
	traces := Traces{Values: map[string][]string{}}
	for _, id := range person.IDs {
		for _, category := range slices.Sorted(maps.Keys(scopes)) {
			traces.add(Pseudonym{id, category, scopes[category], engine.Pseudonyms(category, id)})
		}
	}
	for _, v := range person.Values {
		if destinations, hashed := scopes[v.Category]; hashed {
			traces.add(Pseudonym{v.Text, v.Category, destinations, engine.Pseudonyms(v.Category, v.Text)})
		}
	}
	traces.keep(Rows(t), person)
	traces.identify(Rows(t)[0])
	return traces, nil
}

func (t *Traces) add(p Pseudonym) {
	t.Pseudonyms = append(t.Pseudonyms, p)
	for _, d := range p.Destinations {
		t.Values[d] = append(t.Values[d], p.Values...)
	}
}

// keep adds the values themselves for the destinations that get them as they are. The audit table and what waits on disk are
// the service's own: there an id is also looked for where only some other category is kept.
func (t *Traces) keep(rows []Row, person Subject) {
	kept := map[string]map[string]bool{} // destination, category
	for i, d := range Destinations() {
		kept[d] = map[string]bool{}
		for _, r := range rows {
			kept[d][r.Category] = kept[d][r.Category] || r.sentAsIs(i)
		}
		identified := rows[0].sentAsIs(i)
		if identified || d != "posthog" && slices.Contains(slices.Collect(maps.Values(kept[d])), true) {
			t.Values[d] = append(slices.Clone(person.IDs), t.Values[d]...)
		}
		for _, v := range person.Values {
			if kept[d][v.Category] {
				t.Values[d] = append(t.Values[d], v.Text)
			}
		}
	}
	if rows[0].sentAsIs(0) {
		t.DistinctIDs = slices.Clone(person.IDs)
	}
}

// sentAsIs reports whether a destination gets an id or another personal value as it is.
func (r *Row) sentAsIs(destination int) bool {
	s := r.Strategies[destination]
	return s == "keep" || s == asIs && r.Kind == Identity
}

// identify adds the pseudonyms that stand for the person in PostHog; identity is the row of distinct_id.
func (t *Traces) identify(identity Row) {
	if identity.Strategies[0] != "hash" {
		return
	}
	for _, p := range t.Pseudonyms {
		if p.Category == identity.Category {
			t.DistinctIDs = append(t.DistinctIDs, p.Values...)
		}
	}
}
