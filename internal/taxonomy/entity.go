package taxonomy

import (
	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// person merges what the files say about persons, of which there is one kind: each file may add properties.
func (b *builder) person() *Entity {
	var out *Entity
	var own []*Property
	for _, f := range b.files {
		spec := f.Person
		if spec == nil {
			continue
		}
		next := b.entity(spec)
		own = append(own, b.flatten(spec.Include, &spec.Mapping, b.ownProperties(spec.Properties))...)
		if out == nil {
			out = next
			continue
		}
		out.Description = orElse(out.Description, next.Description)
		out.Owner = orElse(out.Owner, next.Owner)
		out.Deprecated = orElse(out.Deprecated, next.Deprecated)
		out.NoLint = append(out.NoLint, next.NoLint...)
		out.Purpose = orElse(out.Purpose, next.Purpose)
		out.Retention = orElse(out.Retention, next.Retention)
		if next.GoName != "" && out.GoName != "" && next.GoName != out.GoName {
			b.report(diag.New(spec.ValuePos("go_name"), "E010", "the person has another go_name, %s", out.GoName).
				WithRelated(out.Pos, "first defined here"))
		}
		out.GoName = orElse(out.GoName, next.GoName)
	}
	if out != nil {
		out.Properties = b.unique(own)
	}
	return out
}

func (b *builder) unique(list []*Property) []*Property {
	var out []*Property
	first := map[string]*Property{}
	for _, p := range list {
		if earlier, ok := first[p.Name]; ok {
			if earlier.Pos != p.Pos { // a group that two files include is no contradiction
				b.duplicate(p.Pos, "property "+quote(p.Name), earlier.Pos)
			}
			continue
		}
		first[p.Name] = p
		out = append(out, p)
	}
	return out
}

// entities builds the types of groups.
func (b *builder) entities() []*Entity {
	var out []*Entity
	first := map[string]diag.Position{}
	for _, f := range b.files {
		for _, e := range f.Groups.Entries {
			if at, ok := first[e.Name]; ok {
				b.duplicate(e.Pos, "group "+quote(e.Name), at)
				continue
			}
			first[e.Name] = e.Pos
			b.wireName(e.Name, e.Pos)
			g := b.entity(e.Value)
			g.Name, g.Pos = e.Name, e.Pos
			g.Properties = b.flatten(e.Value.Include, &e.Value.Mapping, b.ownProperties(e.Value.Properties))
			out = append(out, g)
		}
	}
	return out
}

func (b *builder) entity(spec *syntax.Entity) *Entity {
	return &Entity{
		GoName:      b.goName(&spec.Mapping, spec.GoName),
		Description: spec.Description,
		Owner:       spec.Owner,
		Deprecated:  spec.Deprecated.Sentence(),
		NoLint:      b.noLint(&spec.Mapping, spec.NoLint),
		Purpose:     string(spec.Purpose),
		Retention:   string(spec.Retention),
		Pos:         spec.Pos(),
	}
}
