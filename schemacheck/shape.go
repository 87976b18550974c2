package schemacheck

import (
	"encoding/json"
	"net/url"
	"strings"
)

// shape walks a schema beside a payload, to tell names that the schema declares, which can be spelled, from keys of maps,
// which may be personal data.
type shape struct {
	node map[string]any
	defs map[string]any
}

// newShape returns the shape of a schema that has been compiled and thus is JSON.
func newShape(schema []byte) shape {
	var s shape
	if json.Unmarshal(schema, &s.node) == nil {
		s.defs, _ = s.node["$defs"].(map[string]any)
	}
	return s
}

// spell turns a JSON pointer into the form that the generated code uses, lines[2].sku, with [*] for the key of a map.
func spell(s shape, pointer string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		if part == "" && pointer == "" {
			break
		}
		next, kind := s.step(part)
		switch {
		case kind == keyOfMap:
			b.WriteString("[*]")
		case kind == indexOfArray:
			b.WriteString("[" + part + "]")
		case b.Len() > 0:
			b.WriteString("." + part)
		default:
			b.WriteString(part)
		}
		s = next
	}
	return b.String()
}

// step is what a part of a pointer stands for.
type step uint8

const (
	keyOfMap step = iota // or of something that the schema does not describe
	nameOfMember
	indexOfArray
)

// step goes down to a member or an item.
func (s shape) step(part string) (shape, step) {
	for _, node := range s.alternatives(s.node, 0) {
		if properties, ok := node["properties"].(map[string]any); ok {
			if member, ok := properties[part].(map[string]any); ok {
				return shape{member, s.defs}, nameOfMember
			}
		}
		if items, ok := node["items"].(map[string]any); ok && part != "" && strings.Trim(part, "0123456789") == "" {
			return shape{items, s.defs}, indexOfArray
		}
		if values, ok := node["additionalProperties"].(map[string]any); ok {
			return shape{values, s.defs}, keyOfMap
		}
	}
	return shape{nil, s.defs}, keyOfMap
}

// alternatives returns the schemas that a node stands for: itself, what it refers to, and the branches of its anyOf.
func (s shape) alternatives(node map[string]any, depth int) []map[string]any {
	if node == nil || depth > 8 {
		return nil
	}
	all := []map[string]any{node}
	if ref, ok := node["$ref"].(string); ok {
		name, _ := url.PathUnescape(strings.TrimPrefix(ref, "#/$defs/"))
		target, _ := s.defs[name].(map[string]any)
		all = append(all, s.alternatives(target, depth+1)...)
	}
	branches, _ := node["anyOf"].([]any)
	for _, branch := range branches {
		node, _ := branch.(map[string]any)
		all = append(all, s.alternatives(node, depth+1)...)
	}
	return all
}
