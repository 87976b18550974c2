package eventstest

import (
	"errors"
	"math"
	"strings"
	"time"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// writeMembers hands the properties of an object to a Writer, as generated code does.
func writeMembers(w *runtime.Writer, o *runtime.Object, members []*canaryNode, write func(*canaryNode, *runtime.Writer)) {
	for i := range o.Properties {
		switch n := members[i]; {
		case o.Properties[i].Value.Const != "":
			w.Const()
		case n == nil:
			w.Opt(runtime.Unset)
		default:
			write(n, w)
		}
	}
}

// write hands the value to a Writer.
func (n *canaryNode) write(w *runtime.Writer) {
	switch value := n.scalar.(type) {
	case uint16:
		w.Enum(value)
	case string:
		w.String(value)
	case int64:
		w.Integer(value)
	case float64:
		w.Number(value)
	case bool:
		w.Boolean(value)
	case time.Time:
		w.Time(value)
	default:
		if n.of.Type == runtime.Any {
			w.Any(n.items[0].plain())
			return
		}
		n.writeContainer(w, func(int) string { return "" }, (*canaryNode).write)
	}
}

// writeContainer writes an object, array or map. The i-th key of a map gets an ending.
func (n *canaryNode) writeContainer(w *runtime.Writer, ending func(i int) string, write func(*canaryNode, *runtime.Writer)) {
	switch n.of.Type {
	case runtime.Objects:
		w.Object()
		writeMembers(w, n.of.Object, n.members, write)
	case runtime.Array:
		w.Array(len(n.items))
	case runtime.Map:
		w.Map(len(n.items))
	default:
	}
	for i, item := range n.items {
		if n.keys != nil {
			w.Key(n.keys[i].text + ending(i))
		}
		write(item, w)
	}
	w.End()
}

// writeSpoilt hands the value to a Writer with something wrong about it: the error must not quote it.
func (n *canaryNode) writeSpoilt(w *runtime.Writer) {
	switch value := n.scalar.(type) {
	case uint16:
		w.Enum(math.MaxUint16)
	case string:
		w.String(spoilt(value, n.of))
	case int64:
		w.Integer(spoiltInteger(value))
	case float64:
		w.Number(math.Copysign(math.Inf(1), value))
	case bool:
		w.Boolean(value)
	case time.Time:
		w.Time(value.AddDate(20_000, 0, 0))
	default:
		if n.of.Type == runtime.Any {
			w.Any(unencodable{n.items[0].keys[0].text})
			return
		}
		n.writeContainer(w, n.keyEnding, (*canaryNode).writeSpoilt)
	}
}

// keyEnding spoils the keys of a map. Some are left as they are where they are personal: what is wrong about their value must
// not be reported with the key. Other keys are part of the path in an error.
func (n *canaryNode) keyEnding(i int) string {
	if i%2 == 0 && (isPersonal(n.of.Category) || n.of.Values != nil && isPersonal(n.of.Values.Category)) {
		return ""
	}
	return "\xff"
}

// spoilt makes a text too long, malformed, or no text at all, whichever its constraints allow.
func spoilt(text string, v *runtime.Value) string {
	switch {
	case v.MaxLength > 0 && v.MaxLength < 1<<16:
		return text + strings.Repeat("x", v.MaxLength)
	case v.Format != runtime.NoFormat:
		return "<" + text + ">"
	default:
		return text + "\xff"
	}
}

// spoiltInteger keeps the digits of a long number and puts it beyond every bound.
func spoiltInteger(n int64) int64 {
	const beyond = 100_000_000_000_000_000
	if n < 0 {
		return n - beyond
	}
	return n + beyond
}

// unencodable is a value whose encoder complains with the value, or panics with it.
type unencodable struct{ text string }

func (u unencodable) MarshalJSON() ([]byte, error) {
	if len(u.text) > 0 && u.text[0] < 'm' {
		panic("cannot encode " + u.text) //nolint:forbidigo // what a bad encoder does
	}
	return nil, errors.New("cannot encode " + u.text)
}

// plain returns the value as TrackMap takes it.
func (n *canaryNode) plain() any {
	switch {
	case n.of.Enum != nil && n.of.Enum.Integers != nil:
		return n.of.Enum.Integer(n.scalar.(uint16))
	case n.leaf != nil && n.of.Type == runtime.String:
		return n.leaf.text
	case n.leaf != nil:
		return n.scalar
	case n.of.Type == runtime.Any:
		return n.items[0].plain()
	case n.of.Type == runtime.Objects:
		return plainMembers(n.of.Object, n.members, (*canaryNode).plain)
	case n.of.Type == runtime.Array:
		items := make([]any, len(n.items))
		for i, item := range n.items {
			items[i] = item.plain()
		}
		return items
	default:
		entries := make(map[string]any, len(n.items))
		for i, item := range n.items {
			entries[n.keys[i].text] = item.plain()
		}
		return entries
	}
}

func plainMembers(o *runtime.Object, members []*canaryNode, plain func(*canaryNode) any) map[string]any {
	out := map[string]any{}
	for i, n := range members {
		if n != nil {
			out[o.Properties[i].Name] = plain(n)
		}
	}
	return out
}

// mistyped returns the value in a type that is not declared, and objects with a member that is not.
func (n *canaryNode) mistyped() any {
	switch {
	case n.of.Type == runtime.Objects:
		out := plainMembers(n.of.Object, n.members, (*canaryNode).mistyped)
		for _, member := range n.members {
			if member != nil && member.leaf != nil {
				out["not a name: "+member.leaf.text] = member.leaf.text
			}
		}
		return out
	case n.leaf == nil:
		return n.path
	case n.of.Type == runtime.String:
		return map[string]any{n.leaf.text: n.leaf.text}
	default:
		return n.leaf.text
	}
}

// shadow returns the classified values as the fields of generated types hold them, which must not show them.
func (n *canaryNode) shadow() any {
	switch {
	case n == nil:
		return nil
	case n.leaf != nil && !isPersonal(n.of.Category):
		return nil
	case n.leaf != nil && n.of.Type == runtime.String && n.of.Format != runtime.Time:
		return struct{ V runtime.Opt[redact.String] }{runtime.Some(redact.Raw(n.leaf.text))}
	case n.leaf != nil:
		return redact.Wrap(n.scalar)
	}
	var parts []any
	for _, inner := range append(n.members[:len(n.members):len(n.members)], n.items...) {
		parts = append(parts, inner.shadow())
	}
	return parts
}
