package eventstest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// canaryNode is a value of a payload, made of canaries.
type canaryNode struct {
	of      *runtime.Value
	path    string
	scalar  any           // string, int64, float64, bool, time.Time, or uint16 for the position of an enum value
	leaf    *canary       // of a scalar
	members []*canaryNode // of an object, one for each property; nil for a constant
	items   []*canaryNode // of an array or map; what an any holds
	keys    []*canary     // of a map, sorted
}

// canaryMaker makes payloads that a registry accepts.
type canaryMaker struct {
	*rand.Rand
	policy canaryPolicy
	all    []*canary
}

// maxCanaryDepth ends objects that contain themselves, which only hand-written registries have.
const maxCanaryDepth = 70

func (m *canaryMaker) object(o *runtime.Object, path string, depth int) []*canaryNode {
	members := make([]*canaryNode, len(o.Properties))
	for i := range o.Properties {
		p := &o.Properties[i]
		if p.Value.Const == "" && (p.Required || depth < maxCanaryDepth) {
			members[i] = m.value(&p.Value, strings.TrimPrefix(path+"."+p.Name, "."), depth, 0)
		}
	}
	return members
}

// value makes the index-th value of its kind, so that the items of an array differ where they can.
func (m *canaryMaker) value(v *runtime.Value, path string, depth, index int) *canaryNode {
	n := &canaryNode{of: v, path: path}
	switch {
	case v.Enum != nil:
		count := max(len(v.Enum.Strings), len(v.Enum.Integers))
		position := uint16(index%max(1, count) + 1)
		n.scalar, n.leaf = position, m.note(&canary{path: path, text: v.Enum.String(position)})
	case v.Type == runtime.Objects:
		n.members = m.object(v.Object, path, depth+1)
	case v.Type == runtime.Array:
		for i := range itemCount(v, depth) {
			n.items = append(n.items, m.value(v.Items, fmt.Sprintf("%s[%d]", path, i), depth+1, i))
		}
	case v.Type == runtime.Map:
		m.entries(n, itemCount(v, depth), func(path string, i int) *canaryNode { return m.value(v.Values, path, depth+1, i) })
	case v.Type == runtime.Any:
		n.items = []*canaryNode{m.anything(v, path)}
	default:
		m.scalar(n, index)
	}
	return n
}

// itemCount is two, or one far inside, within the bounds of an array or map.
func itemCount(v *runtime.Value, depth int) int {
	n := 2
	if depth > 3 {
		n = 1
	}
	n = max(n, v.MinItems)
	switch {
	case v.MaxItems == runtime.Zero:
		return 0
	case v.MaxItems > 0:
		return min(n, v.MaxItems)
	default:
		return n
	}
}

// entries fills a map.
func (m *canaryMaker) entries(n *canaryNode, count int, value func(path string, i int) *canaryNode) {
	for range count {
		n.keys = append(n.keys, m.plain(n.path+"{key}", 14))
	}
	slices.SortFunc(n.keys, func(a, b *canary) int { return strings.Compare(a.text, b.text) })
	for i := range n.keys {
		n.items = append(n.items, value(fmt.Sprintf("%s{%d}", n.path, i+1), i))
	}
}

// anything makes a map with an array, a map and a scalar in it, described by values that the policy treats like v.
func (m *canaryMaker) anything(v *runtime.Value, path string) *canaryNode {
	like := func(t runtime.Type) *runtime.Value {
		return &runtime.Value{Type: t, Category: v.Category, Redact: v.Redact, Tighten: v.Tighten}
	}
	text := func(path string) *canaryNode { return m.value(like(runtime.String), path, 0, 0) }
	outer := &canaryNode{of: like(runtime.Map), path: path}
	m.entries(outer, 3, func(path string, i int) *canaryNode {
		n := &canaryNode{of: like(runtime.Array), path: path}
		switch i {
		case 0:
			n.items = []*canaryNode{text(path + "[0]"), m.value(like(runtime.Integer), path+"[1]", 0, 0)}
		case 1:
			n.of = like(runtime.Map)
			m.entries(n, 2, func(path string, _ int) *canaryNode { return text(path) })
		default:
			return text(path)
		}
		return n
	})
	return outer
}

// note keeps a canary for the search.
func (m *canaryMaker) note(c *canary) *canary {
	m.all = append(m.all, c)
	return c
}

func (m *canaryMaker) scalar(n *canaryNode, index int) {
	c := m.note(&canary{path: n.path})
	n.leaf = c
	switch v := n.of; {
	case v.Type == runtime.Boolean:
		c.kind = booleanCanary
		n.scalar, c.text = index%2 == 0, strconv.FormatBool(index%2 == 0)
	case v.Type == runtime.Integer:
		c.kind = numberCanary
		whole := m.integer(v.Range, index)
		n.scalar, c.text = whole, strconv.FormatInt(whole, 10)
		c.add(strings.TrimPrefix(c.text, "-"), digitWindow)
	case v.Type == runtime.Number:
		c.kind = numberCanary
		f := m.number(v.Range)
		n.scalar, c.text = f, decimal(f)
		c.add(strings.TrimPrefix(c.text, "-"), digitWindow)
	case v.Format == runtime.Time:
		c.kind = timeCanary
		at := m.moment()
		n.scalar, c.text = at, at.Format(time.RFC3339Nano)
		c.add(c.text, digitWindow)
	default:
		m.fill(c, v)
		n.scalar = c.text
	}
}

// integer takes sixteen digits where there is room, for they can be searched for.
func (m *canaryMaker) integer(r *runtime.Range, index int) int64 {
	low, high := int64(-runtime.MaxInteger), int64(runtime.MaxInteger)
	if r != nil {
		low, high = int64(math.Ceil(r.Min)), int64(math.Floor(r.Max))
	}
	const long = 1_000_000_000_000_000
	switch {
	case high > 2*long:
		return max(low, long) + m.Int64N(high-max(low, long)+1)
	case low < -2*long:
		return low + m.Int64N(-long-low)
	default:
		return low + (m.Int64N(high-low+1)+int64(index))%(high-low+1)
	}
}

func (m *canaryMaker) number(r *runtime.Range) float64 {
	low, high := 1e5, 1e9
	if r != nil {
		if low = max(low, r.Min); low > r.Max {
			low = r.Min
		}
		if high = min(high, r.Max); high < low {
			high = r.Max
		}
	}
	return min(high, low+(high-low)*m.Float64())
}

// moment is far from any time stamp of today.
func (m *canaryMaker) moment() time.Time {
	start := time.Date(1100, 1, 1, 0, 0, 0, 0, time.UTC)
	return start.AddDate(0, 0, m.IntN(290_000)).Add(time.Duration(m.Int64N(int64(24 * time.Hour))))
}

// consonants are the letters of canaries: they form no words, and few hexadecimal numbers.
const consonants = "bcdfghjklmnpqrstvwxz"

func (m *canaryMaker) letters(n int) string {
	text := make([]byte, n)
	for i := range text {
		text[i] = consonants[m.IntN(len(consonants))]
	}
	return string(text)
}

// plain makes a canary of letters.
func (m *canaryMaker) plain(path string, n int) *canary {
	c := m.note(&canary{path: path, text: m.letters(n)})
	c.add(c.text, letterWindow)
	return c
}

// fill makes the text of a string that satisfies its constraints.
func (m *canaryMaker) fill(c *canary, v *runtime.Value) {
	low, high := lengthBounds(v)
	if v.Pattern != "" {
		text, random, _ := patternText(m.Rand, v.Pattern, low, high)
		c.text = text
		for _, run := range random {
			c.add(run, windowOf(run))
		}
		return
	}
	if format := m.shape(v); format != runtime.NoFormat && m.fitting(c, format, low, high) || v.Format != runtime.NoFormat {
		return
	}
	*c = canary{path: c.path, text: m.letters(min(max(low, 20), high))}
	c.add(c.text, letterWindow)
}

// fitting makes text of a format whose length in characters lies within the bounds, and reports false when there is none.
func (m *canaryMaker) fitting(c *canary, format runtime.Format, low, high int) bool {
	for _, size := range []int{12, 8, 4, 2, 1, 16, 24, 40, 60} {
		*c = canary{path: c.path}
		m.formatted(c, format, size)
		if n := utf8.RuneCountInString(c.text); n >= low && n <= high {
			return true
		}
	}
	return false
}

func lengthBounds(v *runtime.Value) (low, high int) {
	switch v.MaxLength {
	case 0:
		return v.MinLength, math.MaxInt32
	case runtime.Zero:
		return v.MinLength, 0
	default:
		return v.MinLength, v.MaxLength
	}
}

// windowOf returns how much of a random text has to be found: more of it where it could be a number.
func windowOf(text string) int {
	if strings.ContainsAny(strings.ToLower(text), "ghijklmnopqrstuvwxyz") {
		return letterWindow
	}
	return digitWindow
}

// scanShape is text that detectors find something in; it is no format of the language.
const scanShape runtime.Format = 255

// shape returns the form of a string: its format, or without one the form that its strategy is for.
func (m *canaryMaker) shape(v *runtime.Value) runtime.Format {
	if v.Format != runtime.NoFormat {
		return v.Format
	}
	for _, d := range canaryDestinations() {
		switch m.policy.of(v, d) {
		case redact.TruncateIP:
			return runtime.IP
		case redact.EmailDomain:
			return runtime.Email
		case redact.ScrubURL:
			return runtime.URI
		case redact.TruncateTime:
			return runtime.Date
		case redact.ScanText:
			return scanShape
		default:
		}
	}
	return runtime.NoFormat
}
