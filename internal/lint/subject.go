package lint

import (
	"slices"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// subject is something that a finding can be about.
type subject struct {
	what        string // "event", "property", "group" or "type"
	name        string
	description string
	pos         diag.Position
	off         []string // rules that are switched off here
}

// member is a property, wherever it stands.
type member struct {
	subject
	property *taxonomy.Property
	event    *taxonomy.Event // whose own property it is; nil within objects, persons and groups
}

// subjects is all that a registry declares.
type subjects struct {
	events  []subject // in the order of the registry's events
	others  []subject // groups and types
	members []member

	visited map[*taxonomy.ObjectType]bool // shared types, which are collected once
}

func collect(t *taxonomy.Taxonomy) *subjects {
	s := &subjects{visited: map[*taxonomy.ObjectType]bool{}}
	for _, typ := range t.Types {
		s.others = append(s.others, subject{"type", typ.Name, typ.Description, typ.Pos, typ.NoLint})
		s.value(typ.Value, typ.NoLint)
	}
	if t.Person != nil {
		s.properties(t.Person.Properties, t.Person.NoLint, nil)
	}
	for _, g := range t.Groups {
		s.others = append(s.others, subject{"group", g.Name, g.Description, g.Pos, g.NoLint})
		s.properties(g.Properties, g.NoLint, nil)
	}
	for _, e := range t.Events {
		s.events = append(s.events, subject{"event", e.Name, e.Description, e.Pos, e.NoLint})
		s.properties(e.Properties, e.NoLint, e)
	}
	return s
}

func (s *subjects) properties(list []*taxonomy.Property, off []string, event *taxonomy.Event) {
	for _, p := range list {
		inside := off
		if len(p.NoLint) > 0 {
			inside = slices.Concat(off, p.NoLint)
		}
		about := subject{"property", p.Name, p.Description, p.Pos, inside}
		s.members = append(s.members, member{subject: about, property: p, event: event})
		s.value(p.Value, inside)
	}
}

func (s *subjects) value(v *taxonomy.Value, off []string) {
	switch {
	case v == nil:
	case v.Fields != nil:
		if s.visited[v.Fields] {
			return
		}
		s.visited[v.Fields] = v.Fields.Shared
		s.properties(v.Fields.Properties, off, nil)
	default:
		s.value(v.Items, off)
		s.value(v.Values, off)
	}
}
