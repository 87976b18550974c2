package codegen

import "github.com/eventgen/eventgen/internal/taxonomy"

// named is a type that the registry names: exactly one of an object and an enum.
type named struct {
	object *taxonomy.ObjectType
	enum   *taxonomy.Enum
}

// placement says which file declares which type: a type that one event or entity alone uses stands in its file, behind
// what uses it; any other stands in the file of shared types.
type placement struct {
	owned  map[any][]named // by *taxonomy.Event or *taxonomy.Entity
	shared []named
}

func (p *placement) of(owner any) []named { return p.owned[owner] }

// placeTypes visits the registry in its order, so that the order of declarations follows it too.
func placeTypes(t *taxonomy.Taxonomy) *placement {
	v := &visitor{users: map[named][]any{}}
	for _, declared := range t.Types {
		v.value(declared.Value, t)
	}
	for _, e := range t.Events {
		v.properties(e.Properties, e)
	}
	for _, e := range entities(t) {
		v.properties(e.Properties, e.Entity)
	}
	p := &placement{owned: map[any][]named{}}
	for _, n := range v.order {
		if users := v.users[n]; len(users) > 1 || users[0] == t {
			p.shared = append(p.shared, n)
		} else {
			p.owned[users[0]] = append(p.owned[users[0]], n)
		}
	}
	return p
}

// visitor finds the named types and who uses each. The taxonomy itself is the user of what stands under types.
type visitor struct {
	order []named
	users map[named][]any
}

func (v *visitor) properties(properties []*taxonomy.Property, user any) {
	for _, p := range properties {
		v.value(p.Value, user)
	}
}

func (v *visitor) value(value *taxonomy.Value, user any) {
	switch {
	case value == nil || value.Const != nil:
	case value.Enum != nil:
		v.use(named{enum: value.Enum}, user)
	case value.Fields != nil:
		if v.use(named{object: value.Fields}, user) {
			v.properties(value.Fields.Properties, user)
		}
	default:
		v.value(value.Items, user)
		v.value(value.Values, user)
	}
}

// use notes that user needs n and reports whether that is news. A user's visits follow each other, so looking at the last
// one is enough.
func (v *visitor) use(n named, user any) bool {
	users := v.users[n]
	if len(users) == 0 {
		v.order = append(v.order, n)
	} else if users[len(users)-1] == user {
		return false
	}
	v.users[n] = append(users, user)
	return true
}
