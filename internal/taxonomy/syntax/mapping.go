package syntax

import (
	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v4"

	"github.com/eventgen/eventgen/internal/diag"
)

// Mapping is embedded in every type that a YAML mapping is read into. It knows the places of the mapping and of its keys.
type Mapping struct {
	file string
	slot slot
}

// slot is a value and the key under which it stands; the key is nil at the root and in lists.
type slot struct {
	key, node *yaml.Node
}

// place is called by the decoder, through the types that embed m.
func (m *Mapping) place(file string, s slot) { m.file, m.slot = file, s }

// Pos returns the place of the mapping's own key, or of the mapping itself where it has none.
func (m *Mapping) Pos() diag.Position { return m.at(m.slot.anchor()) }

// Has reports whether the mapping has a key, whatever its value.
func (m *Mapping) Has(key string) bool { return m.find(key).key != nil }

// HasList reports whether the mapping has a list under a key.
func (m *Mapping) HasList(key string) bool {
	s := m.find(key)
	return s.key != nil && s.node.Kind == yaml.SequenceNode
}

// HasText reports whether the mapping has a scalar other than null under a key.
func (m *Mapping) HasText(key string) bool {
	s := m.find(key)
	return s.key != nil && isScalar(s.node)
}

// KeyPos returns the place of a key, or [Mapping.Pos] when there is no such key.
func (m *Mapping) KeyPos(key string) diag.Position {
	if s := m.find(key); s.key != nil {
		return m.at(s.key)
	}
	return m.Pos()
}

// ValuePos returns the place of the value under a key, or [Mapping.Pos] when there is no such key.
func (m *Mapping) ValuePos(key string) diag.Position {
	if s := m.find(key); s.key != nil {
		return m.at(s.node)
	}
	return m.Pos()
}

// ItemPos returns the place of the i-th entry of the list under a key.
func (m *Mapping) ItemPos(key string, i int) diag.Position {
	s := m.find(key)
	if s.key == nil || s.node.Kind != yaml.SequenceNode || i >= len(s.node.Content) {
		return m.ValuePos(key)
	}
	return m.at(s.node.Content[i])
}

// JSONSchemaExtend allows keys that start with x-.
func (Mapping) JSONSchemaExtend(s *jsonschema.Schema) {
	s.PatternProperties = map[string]*jsonschema.Schema{"^x-": jsonschema.TrueSchema}
}

func (m *Mapping) find(key string) slot { return lookup(m.slot.node, key) }

// lookup returns the first pair with a key. It takes time proportional to the number of keys, of which the language has few.
func lookup(n *yaml.Node, key string) slot {
	if n == nil || n.Kind != yaml.MappingNode {
		return slot{}
	}
	pairs := n.Content
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i].Kind == yaml.ScalarNode && pairs[i].Value == key {
			return slot{key: pairs[i], node: pairs[i+1]}
		}
	}
	return slot{}
}

func (m *Mapping) at(n *yaml.Node) diag.Position { return position(m.file, n) }

// anchor is the node that a message about the whole slot points at.
func (s slot) anchor() *yaml.Node {
	if s.key != nil {
		return s.key
	}
	return s.node
}

func position(file string, n *yaml.Node) diag.Position {
	if n == nil || n.Line == 0 {
		return diag.Position{File: file, Line: 1, Column: 1}
	}
	return diag.Position{File: file, Line: n.Line, Column: n.Column}
}

// Ordered is a mapping from names chosen by the user, in the order of the file.
type Ordered[T any] struct {
	Entries []Entry[T]
}

// Entry is one name and what it stands for.
type Entry[T any] struct {
	Name  string
	Pos   diag.Position // of the name
	Value T
}

// JSONSchemaAlias makes the schema that of a map.
func (Ordered[T]) JSONSchemaAlias() any { return map[string]T{} }
