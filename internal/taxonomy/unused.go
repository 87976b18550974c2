package taxonomy

import (
	"slices"

	"github.com/eventgen/eventgen/internal/diag"
)

// unused warns of shared types and property groups that nothing uses. It means something only when all references are known.
func (b *builder) unused() []diag.Diagnostic {
	var out []diag.Diagnostic
	for _, name := range b.typeNames {
		if def := b.types[name]; !def.used && !slices.Contains(def.spec.NoLint, "L512") {
			out = append(out, diag.New(def.pos, "L512", "type %s is not used", quote(name)))
		}
	}
	for _, name := range b.groupNames {
		if g := b.groups[name]; !g.used {
			out = append(out, diag.New(g.pos, "L512", "property group %s is not included anywhere", quote(name)))
		}
	}
	return out
}
