package runtime

import (
	"fmt"

	"github.com/eventgen/eventgen/redact"
)

// addEngines prepares the policy of each registry. They share the keys.
func (c *Client) addEngines(cfg Config) error {
	keys := cfg.Keys
	if keys.IsZero() && c.keyed() {
		if cfg.RequireKeys {
			return redact.ErrNoKey
		}
		keys, c.randomKey = redact.RandomKeys(), true
	}
	c.engines = make(map[*Registry]*redact.Engine, len(c.registries))
	for _, reg := range c.registries {
		engine, err := redact.NewEngine(reg.Policy, keys)
		if err != nil {
			return fmt.Errorf("registry %s: %w", reg.Package, err)
		}
		c.engines[reg] = engine
	}
	return nil
}

// keyed reports whether some value may be hashed.
func (c *Client) keyed() bool {
	for _, reg := range c.registries {
		if reg.Keyed || reg.Policy.Keyed() {
			return true
		}
		for _, e := range reg.Events {
			if (hashes{}).object(&e.Object) {
				return true
			}
		}
	}
	return false
}

// hashes looks for properties that tighten their policy to hash. It holds the objects it has seen: types may be recursive.
type hashes map[*Object]bool

func (h hashes) object(o *Object) bool {
	if o == nil || h[o] {
		return false
	}
	h[o] = true
	for i := range o.Properties {
		if h.value(&o.Properties[i].Value) {
			return true
		}
	}
	return false
}

func (h hashes) value(v *Value) bool {
	if v == nil {
		return false
	}
	return v.Tighten && v.Redact == redact.Hash || h.object(v.Object) || h.value(v.Items) || h.value(v.Values)
}
