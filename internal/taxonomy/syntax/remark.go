package syntax

import (
	"strings"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v4"
)

// Remark is a text that documents repeat: a scalar, or a list of scalars, which are joined by semicolons. What has another
// form is accepted and left out, because the keys that hold remarks were open to any form before they had a meaning.
type Remark string

func (r *Remark) decode(_ *decoder, s slot) {
	nodes := []*yaml.Node{s.node}
	if s.node.Kind == yaml.SequenceNode {
		nodes = s.node.Content
	}
	var parts []string
	for _, n := range nodes {
		if text := strings.TrimSpace(n.Value); isScalar(n) && text != "" {
			parts = append(parts, text)
		}
	}
	*r = Remark(strings.Join(parts, "; "))
}

// JSONSchema allows any form.
func (Remark) JSONSchema() *jsonschema.Schema { return &jsonschema.Schema{} }
