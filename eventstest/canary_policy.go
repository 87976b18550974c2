package eventstest

import (
	"regexp"
	"strings"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// canaryPolicy says what a registry lets through. It reads the policy by itself: were it to ask the engine of package redact,
// a mistake there would go unnoticed.
type canaryPolicy struct {
	rules    redact.Policy
	identity string
	engine   *redact.Engine // for the pseudonyms of map keys, which cannot be told from others
}

func newCanaryPolicy(reg *runtime.Registry, keys redact.Keys) (canaryPolicy, error) {
	engine, err := redact.NewEngine(nil, keys)
	return canaryPolicy{rules: reg.Policy, identity: reg.Identity, engine: engine}, err
}

// find returns the rule whose category is the longest that is, or is above, the given one.
func (p canaryPolicy) find(category string) (redact.CategoryRule, bool) {
	for {
		for _, rule := range p.rules {
			if rule.Category == category {
				return rule, true
			}
		}
		end := strings.LastIndexByte(category, '.')
		if end < 0 {
			return redact.CategoryRule{}, false
		}
		category = category[:end]
	}
}

// of returns what happens to a value on its way to a destination: what the policy says, or what the property says if that
// is stricter. Two strategies that show different parts leave nothing.
func (p canaryPolicy) of(v *runtime.Value, d redact.Destination) redact.Strategy {
	if !isPersonal(v.Category) {
		return redact.Keep
	}
	rule, _ := p.find(v.Category)
	s := rule.Strategies.For(d)
	switch {
	case !v.Tighten || strictness(s) > strictness(v.Redact) || s == v.Redact:
		return s
	case strictness(s) < strictness(v.Redact):
		return v.Redact
	default:
		return redact.Drop
	}
}

// id returns what happens to distinct_ids, aliases and group keys.
func (p canaryPolicy) id(d redact.Destination) redact.Strategy {
	rule, governed := p.find(p.identity)
	if !governed || !isPersonal(p.identity) {
		return redact.Keep
	}
	return rule.Strategies.For(d)
}

// key returns the name that the i-th entry of a map has for a destination, and whether that shows its key. The category is
// that of the map, or else of its values.
func (p canaryPolicy) key(n *canaryNode, i int, d redact.Destination) (name string, shown bool) {
	for _, v := range [...]*runtime.Value{n.of, n.of.Values} {
		if v == nil || !isPersonal(v.Category) {
			continue
		}
		switch p.of(v, d) {
		case redact.Keep:
		case redact.Hash:
			return p.engine.Pseudonyms(v.Category, n.keys[i].text)[0], false
		default:
			return numberedKey(i), false
		}
	}
	return n.keys[i].text, true
}

func isPersonal(category string) bool { return category != "" && category != "none" }

// strictness ranks the strategies as the README does.
func strictness(s redact.Strategy) int {
	switch s {
	case redact.Keep:
		return 0
	case redact.Hash:
		return 2
	case redact.Replace:
		return 3
	case redact.Drop:
		return 4
	default:
		return 1
	}
}

var pseudonym = regexp.MustCompile(`^h1\.[a-z0-9]{1,8}\.[A-Za-z0-9_-]{22}$`)

// permits reports whether text is what a strategy makes of a canary.
func permits(s redact.Strategy, category string, c *canary, text string) bool {
	label := "[" + category[strings.LastIndexByte(category, '.')+1:] + "]"
	switch {
	case s == redact.Hash:
		return pseudonym.MatchString(text)
	case s == redact.Replace, s == redact.Mask && text == label:
		return text == label
	default:
		return text != "" && text == c.reveals(s)
	}
}
