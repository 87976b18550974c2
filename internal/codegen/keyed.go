package codegen

import (
	"slices"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// keyed reports whether some property tightens its policy to hash. A client must know that when it is opened, without the
// descriptors of all events.
func keyed(t *taxonomy.Taxonomy) bool {
	h := hashes{}
	return slices.ContainsFunc(t.Events, func(e *taxonomy.Event) bool { return h.properties(e.Properties) }) ||
		slices.ContainsFunc(entities(t), func(e entity) bool { return h.properties(e.Properties) })
}

// hashes looks for such properties. It holds the objects that it has seen: types may be recursive.
type hashes map[*taxonomy.ObjectType]bool

func (h hashes) properties(properties []*taxonomy.Property) bool {
	return slices.ContainsFunc(properties, func(p *taxonomy.Property) bool { return h.value(p.Value) })
}

func (h hashes) value(v *taxonomy.Value) bool {
	if v == nil {
		return false
	}
	if o := v.Fields; o != nil && !h[o] {
		h[o] = true
		if h.properties(o.Properties) {
			return true
		}
	}
	return v.Classified() && v.Redact == "hash" || h.value(v.Items) || h.value(v.Values)
}
