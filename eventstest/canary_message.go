package eventstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

func canaryDestinations() []redact.Destination {
	return []redact.Destination{redact.PostHog, redact.Audit, redact.Log}
}

// numberedKey is what becomes of the i-th key of a map where it may not be seen.
func numberedKey(i int) string { return "#" + strconv.Itoa(i+1) }

// canaryEvent is an event made of canaries, and what it was tracked with.
type canaryEvent struct {
	event   *runtime.Event
	members []*canaryNode
	id      *canary // distinct_id, or key of a group
	alias   *canary
	group   *canary // of WithGroup
	kind    string  // type of that group
	session *canary
}

// messageCheck compares one message with the event that it stands for. It takes out of the message what the policy lets through,
// each value in its own place, and reports what stands there instead. The rest must hold no piece of any canary.
type messageCheck struct {
	policy      canaryPolicy
	destination redact.Destination
	search      *canarySearch
	report      func(c *canary, s redact.Strategy, what string)
}

// rest returns what is left of the message.
func (k *messageCheck) rest(e *canaryEvent, m runtime.Message) ([]byte, error) {
	properties, err := decodeNumbers(m.Properties)
	if err != nil {
		return nil, err
	}
	k.members(&e.event.Object, e.members, k.container(e, properties))
	id := k.distinctID(e, m)
	k.remove(properties, "distinct_id", e.id)
	k.remove(properties, "alias", e.alias)
	k.remove(properties, "$group_key", e.id)
	if groups, ok := properties["$groups"].(map[string]any); ok {
		k.remove(groups, e.kind, e.group)
	}
	if text, ok := properties["$session_id"].(string); ok && text == e.session.text {
		delete(properties, "$session_id")
	}
	left, err := json.Marshal(properties)
	return append(left, "\n"+m.Event+"\n"+id...), err
}

func decodeNumbers(data []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var properties map[string]any
	err := d.Decode(&properties)
	return properties, err
}

// container returns where the event's own properties are.
func (k *messageCheck) container(e *canaryEvent, properties map[string]any) map[string]any {
	name := ""
	switch e.event.Kind {
	case runtime.KindIdentify:
		name = "$set"
	case runtime.KindGroup:
		name = "$group_set"
	default:
		return properties
	}
	inner, _ := properties[name].(map[string]any)
	return inner
}

// distinctID returns what is left of the distinct_id. A group's is derived from its key.
func (k *messageCheck) distinctID(e *canaryEvent, m runtime.Message) string {
	text := m.DistinctID
	if e.event.Kind == runtime.KindGroup {
		text = text[min(len(text), len("$"+e.event.Group+"_")):]
	}
	if text == "" || text == m.UUID.String() || k.takesID(e.id, text) {
		return ""
	}
	return text
}

// remove takes an id out of an object if it is as the policy wants it.
func (k *messageCheck) remove(object map[string]any, name string, id *canary) {
	if text, ok := object[name].(string); ok && id != nil && k.takesID(id, text) {
		delete(object, name)
	}
}

func (k *messageCheck) takesID(id *canary, text string) bool {
	s := k.policy.id(k.destination)
	if permits(s, k.policy.identity, id, text) {
		return true
	}
	if text != "" && s != redact.Keep {
		k.report(id, s, "is something else")
	}
	return false
}

// members takes the declared properties out of an object.
func (k *messageCheck) members(o *runtime.Object, members []*canaryNode, object map[string]any) {
	for i, n := range members {
		name := o.Properties[i].Name
		actual, ok := object[name]
		if !ok || n == nil {
			continue
		}
		delete(object, name)
		if left := k.value(n, actual); left != nil {
			object[name] = left
		}
	}
}

// value returns what is left of a value, nil for nothing.
func (k *messageCheck) value(n *canaryNode, actual any) any {
	switch actual := actual.(type) {
	case nil:
		return nil
	case map[string]any:
		return k.object(n, actual)
	case []any:
		if n.of.Type == runtime.Array {
			k.items(n.items, actual)
		}
		return actual
	default:
		if n.leaf == nil {
			return actual
		}
		return k.leaf(n, actual)
	}
}

// items takes the items out of an array. A scan for leaks may have dropped some of those that are kept otherwise.
func (k *messageCheck) items(items []*canaryNode, actual []any) {
	for i, item := range actual {
		for len(items) > len(actual)-i && k.dropped(items[0], item) {
			items = items[1:]
		}
		if len(items) == 0 {
			return
		}
		actual[i] = k.value(items[0], item)
		items = items[1:]
	}
}

// dropped reports whether a text that is kept otherwise does not stand where it would.
func (k *messageCheck) dropped(n *canaryNode, actual any) bool {
	return n.leaf != nil && k.policy.of(n.of, k.destination) == redact.Keep && fmt.Sprint(actual) != n.leaf.text
}

func (k *messageCheck) object(n *canaryNode, actual map[string]any) any {
	switch n.of.Type {
	case runtime.Any:
		return k.object(n.items[0], actual)
	case runtime.Objects:
		k.members(n.of.Object, n.members, actual)
	case runtime.Map:
		for i, item := range n.items {
			name, _ := k.policy.key(n, i, k.destination)
			entry, ok := actual[name]
			if !ok {
				continue
			}
			delete(actual, name)
			if left := k.value(item, entry); left != nil {
				actual["entry "+strconv.Itoa(i)] = left
			}
		}
	default:
	}
	return actual
}

// leaf checks a scalar. What is kept may have been changed by a scan for leaks, so that there only other canaries are looked
// for; otherwise there is but one thing that the strategy makes of the value.
func (k *messageCheck) leaf(n *canaryNode, actual any) any {
	text := fmt.Sprint(actual)
	switch s := k.policy.of(n.of, k.destination); {
	case permits(s, n.of.Category, n.leaf, text):
	case s == redact.Keep:
		for _, x := range k.search.find([]byte(text), map[*canary]bool{n.leaf: true}) {
			k.report(x.of, s, "is in "+n.path)
		}
	default:
		k.report(n.leaf, s, "is something else")
		return actual
	}
	return nil
}

// visible is what some destinations may see, for surfaces whose form is not known.
type visible struct {
	policy canaryPolicy
	kept   map[*canary]bool // as they are, or as a scan for leaks changed them
	parts  []string         // what strategies leave of the others
}

// event adds what a destination may see of an event.
func (v *visible) event(e *canaryEvent, d redact.Destination) {
	v.kept[e.session] = true
	for _, id := range []*canary{e.id, e.alias, e.group} {
		if id != nil {
			v.leaf(id, v.policy.id(d))
		}
	}
	for _, n := range e.members {
		v.node(n, d)
	}
}

func (v *visible) leaf(c *canary, s redact.Strategy) {
	if s == redact.Keep {
		v.kept[c] = true
		return
	}
	v.parts = append(v.parts, c.reveals(s))
}

func (v *visible) node(n *canaryNode, d redact.Destination) {
	if n == nil {
		return
	}
	if n.leaf != nil {
		v.leaf(n.leaf, v.policy.of(n.of, d))
	}
	for i := range n.keys {
		if _, shown := v.policy.key(n, i, d); shown {
			v.kept[n.keys[i]] = true
		}
	}
	for _, inner := range append(n.members[:len(n.members):len(n.members)], n.items...) {
		v.node(inner, d)
	}
}
