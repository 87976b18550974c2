package syntax

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v4"

	"github.com/eventgen/eventgen/internal/diag"
)

// Kind is what a literal is in JSON.
type Kind uint8

// The kinds of literals. The zero value is for what could not be read and has been reported.
const (
	Invalid Kind = iota
	Null
	Boolean
	Number
	Text
	List
	Object
)

// String returns the kind as error messages name it.
func (k Kind) String() string {
	return [...]string{"something unreadable", "null", "a boolean", "a number", "text", "a list", "a mapping"}[k]
}

// Literal is a value written into the registry, such as an example. Plain scalars are resolved by the core schema of YAML 1.2,
// except that digits after a leading zero stay text: yes, 2024-01-01, 0123 and 1_000 are text, 0x10 and 1e3 are numbers.
type Literal struct {
	Kind   Kind
	Text   string  // the scalar as written
	Number float64 // may be infinite or NaN
	Whole  bool    // Number is Integer exactly
	// Integer is exact where Whole says so.
	Integer int64
	True    bool
	Items   []Literal
	Members []Member
	Pos     diag.Position
}

// Member is one member of an object literal.
type Member struct {
	Name  string
	Value Literal
}

// JSONSchema accepts any value.
func (Literal) JSONSchema() *jsonschema.Schema { return &jsonschema.Schema{} }

func (l *Literal) decode(d *decoder, s slot) { *l = d.literal(s.node) }

// Numeral is a literal that is a finite number, or Invalid after it was reported that it is not.
type Numeral struct {
	Literal
}

func (n *Numeral) decode(d *decoder, s slot) {
	l := d.literal(s.node)
	if l.Kind != Number || math.IsInf(l.Number, 0) || math.IsNaN(l.Number) {
		d.wrongType(s, "a finite number")
		return
	}
	n.Literal = l
}

// JSONSchema accepts numbers.
func (Numeral) JSONSchema() *jsonschema.Schema { return &jsonschema.Schema{Type: "number"} }

// literal reads a value of any form. Keys that occur twice are reported; the first counts.
func (d *decoder) literal(n *yaml.Node) Literal {
	l := Literal{Pos: position(d.file, n)}
	switch n.Kind {
	case yaml.ScalarNode:
		resolve(n, &l)
	case yaml.SequenceNode:
		l.Kind = List
		for _, item := range n.Content {
			l.Items = append(l.Items, d.literal(item))
		}
	case yaml.MappingNode:
		l.Kind = Object
		for s := range d.pairs(n) {
			l.Members = append(l.Members, Member{Name: s.key.Value, Value: d.literal(s.node)})
		}
	default: // an alias, which has been reported
	}
	return l
}

// kindOf returns what literal would, without looking inside.
func kindOf(n *yaml.Node) Kind {
	switch n.Kind {
	case yaml.ScalarNode:
		var l Literal
		resolve(n, &l)
		return l.Kind
	case yaml.SequenceNode:
		return List
	case yaml.MappingNode:
		return Object
	default:
		return Invalid
	}
}

var (
	decimalInteger = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]*)$`)
	prefixInteger  = regexp.MustCompile(`^0(o[0-7]+|x[0-9a-fA-F]+)$`)
	decimalFloat   = regexp.MustCompile(`^[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)
)

// resolve fills in what a scalar means.
func resolve(n *yaml.Node, l *Literal) {
	l.Text = n.Value
	tag := ""
	if n.Style&yaml.TaggedStyle != 0 {
		tag = n.ShortTag()
	}
	quoted := n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	if tag == "!!str" || quoted && tag == "" {
		l.Kind = Text
		return
	}
	resolvePlain(n.Value, l)
}

func resolvePlain(s string, l *Literal) {
	switch s {
	case "", "~", "null", "Null", "NULL":
		l.Kind = Null
	case "true", "True", "TRUE":
		l.Kind, l.True = Boolean, true
	case "false", "False", "FALSE":
		l.Kind = Boolean
	case ".nan", ".NaN", ".NAN":
		l.Kind, l.Number = Number, math.NaN()
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		l.Kind, l.Number = Number, math.Inf(1)
	case "-.inf", "-.Inf", "-.INF":
		l.Kind, l.Number = Number, math.Inf(-1)
	default:
		l.resolveNumber(s)
	}
}

// resolveNumber decides between number and text. Most scalars are words, so the first character is looked at before any
// regular expression is.
func (l *Literal) resolveNumber(s string) {
	l.Kind = Text
	switch {
	case !strings.ContainsRune("+-.0123456789", rune(s[0])):
	case decimalInteger.MatchString(s), prefixInteger.MatchString(s):
		l.Kind = Number
		l.setInteger(s)
	case decimalFloat.MatchString(s):
		l.Kind = Number
		l.setFloat(s)
	}
}

func (l *Literal) setInteger(s string) {
	base := 10
	if prefixInteger.MatchString(s) {
		base = 0
	}
	i, err := strconv.ParseInt(s, base, 64)
	if err != nil { // out of range: only the magnitude matters from here on
		l.setFloat(s)
		l.Whole = false
		return
	}
	l.Integer, l.Number, l.Whole = i, float64(i), true
}

// setFloat takes the nearest float64, infinity beyond its range.
func (l *Literal) setFloat(s string) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && f == 0 {
		f = math.Inf(1) // hexadecimal digits without an exponent, more than 64 bits of them
	}
	l.Number = f
	if f == math.Trunc(f) && math.Abs(f) < 1<<62 {
		l.Integer, l.Whole = int64(f), true
	}
}
