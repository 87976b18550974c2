package differential

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// maker makes payloads from schemas: mostly what the schema asks for, with a bias to the bounds, and now and then something
// else.
type maker struct {
	*rand.Rand
	judges []judge
	defs   map[string]any
}

func newMaker(r *rand.Rand, judges []judge) *maker { return &maker{Rand: r, judges: judges} }

// payloads returns n payloads for all schemas in turn. Half of them have nothing wrong on purpose.
func (m *maker) payloads(n int) []line {
	lines := make([]line, 0, n)
	for i := range n {
		k := i % len(m.judges)
		j := m.judges[k]
		m.defs, _ = j.source["$defs"].(map[string]any)
		noise := 0.0
		if i/len(m.judges)%2 == 1 {
			noise = 0.08
		}
		lines = append(lines, encodeLine(k, j.event, m.object(j.source, noise)))
	}
	return lines
}

func (m *maker) chance(p float64) bool { return m.Float64() < p }

// value makes a value for a schema.
func (m *maker) value(schema map[string]any, noise float64) any {
	if m.chance(noise / 4) {
		return m.junk()
	}
	if ref, ok := schema["$ref"].(string); ok {
		target, _ := m.defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
		return m.value(target, noise)
	}
	for _, keyword := range []string{"anyOf", "oneOf"} {
		if options, ok := schema[keyword].([]any); ok {
			option, _ := options[m.IntN(len(options))].(map[string]any)
			merged := map[string]any{}
			for k, v := range schema {
				if k != keyword {
					merged[k] = v
				}
			}
			for k, v := range option {
				merged[k] = v
			}
			return m.value(merged, noise)
		}
	}
	if values, ok := schema["enum"].([]any); ok {
		if m.chance(noise) {
			return m.text(0, 6)
		}
		return values[m.IntN(len(values))]
	}
	if constant, ok := schema["const"]; ok {
		return constant
	}
	return m.typed(schema, noise)
}

func (m *maker) typed(schema map[string]any, noise float64) any {
	switch m.pickType(schema["type"]) {
	case "string":
		return m.stringValue(schema, noise)
	case "integer":
		return m.integer(schema, noise)
	case "number":
		return m.number(schema, noise)
	case "boolean":
		return m.chance(0.5)
	case "null":
		return nil
	case "array":
		return m.array(schema, noise)
	case "object":
		return m.object(schema, noise)
	default:
		return m.junk()
	}
}

func (m *maker) pickType(declared any) string {
	switch declared := declared.(type) {
	case string:
		return declared
	case []any:
		name, _ := declared[m.IntN(len(declared))].(string)
		return name
	default:
		return ""
	}
}

func (m *maker) object(schema map[string]any, noise float64) map[string]any {
	out := map[string]any{}
	required, _ := schema["required"].([]any)
	properties, _ := schema["properties"].(map[string]any)
	for name, property := range properties {
		needed := slices.Contains(required, any(name))
		if needed && m.chance(noise/8) || !needed && m.chance(0.4) {
			continue
		}
		inner, _ := property.(map[string]any)
		out[name] = m.value(inner, noise)
	}
	if values, ok := schema["additionalProperties"].(map[string]any); ok {
		for range m.IntN(4) {
			out[m.text(0, 4)] = m.value(values, noise)
		}
	}
	return out
}

func (m *maker) array(schema map[string]any, noise float64) []any {
	items, _ := schema["items"].(map[string]any)
	n := m.length(schema, "minItems", "maxItems", 3, noise)
	out := make([]any, 0, n)
	for range n {
		if len(out) > 0 && m.chance(0.1) {
			out = append(out, out[m.IntN(len(out))]) // what uniqueItems looks for
			continue
		}
		out = append(out, m.value(items, noise))
	}
	return out
}

// length picks a length at or between the bounds, or with noise one that is just outside.
func (m *maker) length(schema map[string]any, low, high string, spread int, noise float64) int {
	lowest, highest := 0, spread
	if n, ok := schema[low].(float64); ok {
		lowest, highest = int(n), int(n)+spread
	}
	if n, ok := schema[high].(float64); ok {
		highest = int(n)
	}
	switch {
	case m.chance(noise):
		return max(0, lowest-1)
	case m.chance(noise):
		return highest + 1
	case m.chance(0.3):
		return highest
	default:
		return lowest + m.IntN(highest-lowest+1)
	}
}

func (m *maker) integer(schema map[string]any, noise float64) any {
	low, high := m.bounds(schema, -(1 << 53), 1<<53)
	switch {
	case m.chance(noise / 2):
		return json.Number([]string{"9007199254740993", "-9007199254740993", "9223372036854775807", "1.0", "2.5", "1e2"}[m.IntN(6)])
	case m.chance(noise):
		return low - 1
	case m.chance(noise):
		return high + 1
	case m.chance(0.2):
		return []float64{low, high}[m.IntN(2)]
	default:
		return math.Trunc(min(high, low+float64(m.IntN(1000))))
	}
}

func (m *maker) number(schema map[string]any, noise float64) any {
	low, high := m.bounds(schema, -1e300, 1e300)
	switch {
	case m.chance(noise):
		return math.Nextafter(low, math.Inf(-1))
	case m.chance(noise):
		return math.Nextafter(high, math.Inf(1))
	case m.chance(0.3):
		return []float64{low, high, min(high, max(low, 0))}[m.IntN(3)]
	default:
		return min(high, low+(high-low)*m.Float64())
	}
}

func (m *maker) bounds(schema map[string]any, low, high float64) (float64, float64) {
	if n, ok := schema["minimum"].(float64); ok {
		low = n
	}
	if n, ok := schema["maximum"].(float64); ok {
		high = n
	}
	return low, high
}

func (m *maker) stringValue(schema map[string]any, noise float64) string {
	if format, ok := schema["format"].(string); ok {
		return m.formatted(format, noise)
	}
	if pattern, ok := schema["pattern"].(string); ok && !m.chance(noise) {
		return m.matching(pattern)
	}
	n := m.length(schema, "minLength", "maxLength", 6, noise)
	return m.text(n, n)
}

// matching knows the patterns of the test's registry.
func (m *maker) matching(pattern string) string {
	switch pattern {
	case "^[0-9]{2,4}$":
		return "12345"[:2+m.IntN(3)]
	case "b+":
		return m.text(0, 3) + "b" + m.text(0, 3)
	default:
		return []string{"a-1", "éa-22", "a-", "a-1x"}[m.IntN(4)]
	}
}

var alphabet = []rune("ab1 -_.@:/%[]\"\\,;<>()é€😀\n\t\x00\u2028+0")

// text makes text of low to high characters.
func (m *maker) text(low, high int) string {
	runes := make([]rune, low+m.IntN(high-low+1))
	for i := range runes {
		runes[i] = alphabet[m.IntN(len(alphabet))]
	}
	return string(runes)
}

// examples are starting points for formats, good and bad ones.
var examples = map[string][]string{
	"uuid": {"0189d0f5-7b1e-7c3a-9f00-0123456789ab", "00000000-0000-0000-0000-000000000000"},
	"email": {
		"jo@example.com", `"a b"@example.com`, "a@[127.0.0.1]", "a@[IPv6:::1]", "a.b+c@x-y.example", "ü@example.com", " a@b.c",
		`"@"@b.c`, "a@b.c.", long(64) + "@b.c", long(65) + "@b.c", "a@" + long(63) + ".c", long(60) + "@" + labels(190), "a@" + labels(253),
		`"a\"b"@c`, `"a\\"@c`, `""@c`, "(x)a@b.c", "a@b.c (x)",
	},
	"uri":       {"https://example.com/a?b#c", "urn:a:b", "http://[::1]:80/", "mailto:a@b.c", "/a", "http://[fe80::1%25en0]/"},
	"ipv4":      {"203.0.113.7", "0.0.0.0", "255.255.255.255", "1.2.3.04", "+1.2.3.4"},
	"ipv6":      {"2001:db8::1", "::", "::ffff:1.2.3.4", "fe80::1%eth0", "1:2:3:4:5:6:7:8"},
	"date":      {"2026-11-21", "2024-02-29", "2023-02-29", "0000-01-01"},
	"date-time": {"2026-11-21T12:00:00Z", "2026-11-21T12:00:00.123456789+01:00", "0001-01-01T00:00:01Z", "9999-12-31T23:59:59Z"},
	"hostname":  {"example.com", "a", "a-b.c.", "a.-b", "x--y.z", long(63), long(64), labels(253), labels(254), labels(253) + "."},
}

// long returns a label of n letters, labels a name of n characters.
func long(n int) string { return strings.Repeat("a", n) }

func labels(n int) string { return strings.Repeat("abc.", (n-1)/4) + long((n-1)%4+1) }

// formatted takes an example, or with some chance one with a character changed.
func (m *maker) formatted(format string, noise float64) string {
	choices := examples[format]
	s := choices[m.IntN(len(choices))]
	if !m.chance(2*noise) && !m.chance(0.05) {
		return s
	}
	runes := []rune(s)
	at := m.IntN(len(runes))
	switch m.IntN(3) {
	case 0:
		runes[at] = alphabet[m.IntN(len(alphabet))]
	case 1:
		runes = slices.Delete(runes, at, at+1)
	default:
		runes = slices.Insert(runes, at, alphabet[m.IntN(len(alphabet))])
	}
	return string(runes)
}

func (m *maker) junk() any {
	return []any{nil, true, "junk", json.Number("12"), 0.5, []any{}, []any{1, "a"}, map[string]any{}, map[string]any{"a": nil}}[m.IntN(9)]
}
