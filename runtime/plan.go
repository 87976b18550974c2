package runtime

import (
	"math"
	"regexp"
	"sync/atomic"

	"github.com/eventgen/eventgen/redact"
)

// plan is an event prepared for one client: keys are escaped, patterns compiled, limits widened to what the checks compare
// with, and each classified value has its rule for each lane. It is immutable.
type plan struct {
	event *Event
	owner *planOwner // nil in a plan that only checks
	root  *objectPlan
	lanes []lanePlan // empty in a plan that only checks
	scan  scanPlan   // zero in such a plan
}

// planOwner tells the plans of one client from those of another without keeping the client in memory.
type planOwner struct {
	closed atomic.Bool // the client is
}

// lanePlan is one encoding of the event. Destinations whose policies treat every property of the event alike share it.
type lanePlan struct {
	destinations destinations
	identity     *redact.Rule // nil keeps distinct_id, alias and group keys
}

// objectPlan is a prepared object.
type objectPlan struct {
	fields []fieldPlan
}

// fieldPlan is a prepared property.
type fieldPlan struct {
	name     string
	key      []byte // a comma, the name in quotes, a colon; see appendName
	required bool
	nullable bool
	value    valuePlan
}

// valuePlan is a prepared value.
type valuePlan struct {
	*Value
	minLength, maxLength int
	closeLook            bool           // a text has to have a format or match a pattern
	straight             bool           // a member of an object that every lane keeps
	scanKinds            redact.Kinds   // what to look for in a text, or in the keys of a map
	rules                []*redact.Rule // one per lane, nil for those that keep the value; nil when all do
	bounds               Range
	maxItems             int
	pattern              *regexp.Regexp
	literals             [][]byte // JSON of the enum's values
	object               *objectPlan
	items                *valuePlan // of an array or a map
}

// compiler builds one plan. Shared objects are compiled once and used wherever they occur.
type compiler struct {
	engine  *redact.Engine
	samples []redact.Destination // one destination per lane: they stand for all that share the lane
	objects map[*Object]*objectPlan
}

// compile prepares e for the given destinations. A nil engine gives a plan that only checks.
func compile(e *Event, reg *Registry, engine *redact.Engine, used destinations) *plan {
	p := &plan{event: e}
	c := compiler{engine: engine, objects: map[*Object]*objectPlan{}}
	if engine != nil {
		p.lanes, c.samples = groupLanes(e, reg, engine, used&e.destinations())
		p.scan = newScanPlan(reg)
	}
	p.root = c.object(&e.Object)
	return p
}

// groupLanes returns one lane for each distinct way in which the destinations in use treat the event.
func groupLanes(e *Event, reg *Registry, engine *redact.Engine, used destinations) ([]lanePlan, []redact.Destination) {
	var lanes []lanePlan
	var samples []redact.Destination
	bySignature := map[string]int{}
	for _, d := range used.list() {
		s := signer{engine: engine, destination: d, seen: map[*Object]bool{}}
		s.sign(identityRule(reg, engine, d))
		s.object(&e.Object)
		i, ok := bySignature[string(s.signature)]
		if !ok {
			i = len(lanes)
			bySignature[string(s.signature)] = i
			lanes = append(lanes, lanePlan{identity: identityRule(reg, engine, d)})
			samples = append(samples, d)
		}
		lanes[i].destinations |= destinationBit(d)
	}
	return lanes, samples
}

// destinations returns where the event may go.
func (e *Event) destinations() destinations {
	if len(e.Destinations) == 0 {
		return allDestinations
	}
	var set destinations
	for _, d := range e.Destinations {
		set |= destinationBit(d)
	}
	return set
}

// identityRule returns what happens to distinct_id, aliases and group keys; nil keeps them. So does a category without a
// policy, of which the generator warns: an event cannot be without a distinct_id.
func identityRule(reg *Registry, engine *redact.Engine, d redact.Destination) *redact.Rule {
	if _, governed := reg.Policy.Find(reg.Identity); !governed {
		return nil
	}
	rule := engine.Rule(reg.Identity, d, redact.Drop, false)
	if rule.Strategy() == redact.Keep {
		return nil
	}
	return rule
}

// signer writes down the strategies that one destination applies to an event, in order.
type signer struct {
	engine      *redact.Engine
	destination redact.Destination
	signature   []byte
	seen        map[*Object]bool
}

// sign adds a rule; nil keeps.
func (s *signer) sign(rule *redact.Rule) {
	strategy := redact.Keep
	if rule != nil {
		strategy = rule.Strategy()
	}
	s.signature = append(s.signature, byte(strategy))
}

func (s *signer) object(o *Object) {
	if s.seen[o] {
		return
	}
	s.seen[o] = true
	for i := range o.Properties {
		s.value(&o.Properties[i].Value)
	}
}

func (s *signer) value(v *Value) {
	if classified(v.Category) {
		s.sign(s.engine.Rule(v.Category, s.destination, v.Redact, v.Tighten))
	}
	if v.Object != nil {
		s.object(v.Object)
	}
	for _, inner := range [...]*Value{v.Items, v.Values} {
		if inner != nil {
			s.value(inner)
		}
	}
}

func classified(category string) bool { return category != "" && category != "none" }

func (c *compiler) object(o *Object) *objectPlan {
	if p, ok := c.objects[o]; ok {
		return p
	}
	p := &objectPlan{fields: make([]fieldPlan, len(o.Properties))}
	c.objects[o] = p
	for i := range o.Properties {
		property := &o.Properties[i]
		p.fields[i] = fieldPlan{
			name:     property.Name,
			key:      append(appendValid([]byte{','}, property.Name), ':'),
			required: property.Required,
			nullable: property.Nullable,
			value:    c.value(property.Name, &property.Value),
		}
		p.fields[i].value.straight = p.fields[i].value.rules == nil
	}
	return p
}

// value prepares what a property, or an array or map under its name, may hold.
func (c *compiler) value(name string, v *Value) valuePlan {
	p := valuePlan{
		Value:     v,
		minLength: v.MinLength,
		closeLook: v.Format != NoFormat || v.Pattern != "",
		maxLength: limit(v.MaxLength),
		maxItems:  limit(v.MaxItems),
		bounds:    bounds(v),
		pattern:   compilePattern(v.Pattern),
		literals:  literals(v.Enum),
		rules:     c.rules(v),
		scanKinds: scanKinds(name, v),
	}
	if v.Object != nil {
		p.object = c.object(v.Object)
	}
	for _, inner := range [...]*Value{v.Items, v.Values} {
		if inner != nil {
			items := c.value(name, inner)
			p.items = &items
		}
	}
	return p
}

// rules returns the rule of each lane, or nil when every lane keeps the value.
func (c *compiler) rules(v *Value) []*redact.Rule {
	if !classified(v.Category) || len(c.samples) == 0 {
		return nil
	}
	rules := make([]*redact.Rule, len(c.samples))
	kept := 0
	for i, d := range c.samples {
		if rule := c.engine.Rule(v.Category, d, v.Redact, v.Tighten); rule.Strategy() != redact.Keep {
			rules[i] = rule
		} else {
			kept++
		}
	}
	if kept == len(rules) {
		return nil
	}
	return rules
}

// limit turns the notation of MaxLength and MaxItems into a number to compare with.
func limit(n int) int {
	switch n {
	case 0:
		return math.MaxInt
	case Zero:
		return 0
	default:
		return n
	}
}

func bounds(v *Value) Range {
	switch {
	case v.Range != nil:
		return Range{Min: max(v.Range.Min, -math.MaxFloat64), Max: min(v.Range.Max, math.MaxFloat64)}
	case v.Type == Integer:
		return Range{Min: -MaxInteger, Max: MaxInteger}
	default:
		return Range{Min: -math.MaxFloat64, Max: math.MaxFloat64}
	}
}

// nothing matches no text at all.
var nothing = regexp.MustCompile(`[^\x00-\x{10FFFF}]`)

// compilePattern returns nil when there is no pattern. The generator only lets valid patterns through; one that was written by
// hand and does not compile refuses every value, which is noticed at once and lets nothing through.
func compilePattern(pattern string) *regexp.Regexp {
	if pattern == "" {
		return nil
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nothing
	}
	return re
}

func literals(e *Enum) [][]byte {
	if e == nil {
		return nil
	}
	literals := make([][]byte, e.len())
	for i := range literals {
		text := e.String(uint16(i + 1))
		if e.Strings != nil {
			literals[i] = appendValid(nil, text)
		} else {
			literals[i] = []byte(text)
		}
	}
	return literals
}
