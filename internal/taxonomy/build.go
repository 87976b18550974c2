package taxonomy

import (
	"regexp"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// builder turns parsed files into a taxonomy: it resolves references, checks what no file can know alone, hands categories
// down, and last gives everything its Go name.
type builder struct {
	collector
	files []*syntax.File // the root first

	types       map[string]*typeDef
	typeNames   []string   // in the order of the files
	building    []*typeDef // the types whose values are being built, outermost first
	groups      map[string]*groupDef
	groupNames  []string
	policies    map[string]*policyDef
	patterns    map[string]*regexp.Regexp // compiled, for checking constants and examples
	enumMembers map[*Enum]map[any]bool
	heights     map[*ObjectType]int // levels of nesting in the properties
	circles     map[string]bool     // circles of property groups that have been reported
	misses      int                 // names for which a suggestion was looked for
}

func newBuilder(files []*syntax.File) *builder {
	return &builder{
		files:       files,
		types:       map[string]*typeDef{},
		groups:      map[string]*groupDef{},
		policies:    map[string]*policyDef{},
		patterns:    map[string]*regexp.Regexp{},
		enumMembers: map[*Enum]map[any]bool{},
		heights:     map[*ObjectType]int{},
		circles:     map[string]bool{},
	}
}

func (b *builder) build() *Taxonomy {
	t := &Taxonomy{}
	b.header(t)
	b.privacy(t)
	b.collectTypes()
	b.collectGroups()
	b.buildTypes(t)
	b.buildGroups()
	t.Person = b.person()
	t.Groups = b.entities()
	t.Events = b.events()
	b.checkUses(t)
	nameAll(t, &b.collector)
	assignSlugs(t)
	return t
}

// maxSuggestions bounds the searches for a similar name of the user's own, each of which looks at all names.
const maxSuggestions = 20

// suggest returns a fix that names the nearest of the candidates.
func (b *builder) suggest(name string, candidates []string) string {
	if b.misses++; b.misses > maxSuggestions {
		return ""
	}
	return diag.DidYouMean(name, candidates)
}

// duplicate reports that something is defined for the second time.
func (b *builder) duplicate(at diag.Position, what string, first diag.Position) {
	b.report(diag.New(at, "E003", "%s is defined twice", what).WithRelated(first, "first defined here"))
}
