package codegen

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"
)

// Composite literals keep the order in which they were written. Jennifer's Dict sorts by key.
var (
	inline = jen.Options{Open: "{", Close: "}", Separator: ", "}
	lines  = jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}
)

// literal collects the members of a composite literal.
type literal []jen.Code

// member appends <name>: <value>.
func (l *literal) member(name string, value jen.Code) {
	*l = append(*l, jen.Id(name+":").Add(value))
}

// text appends a string member unless it is empty, which is what leaving it out means.
func (l *literal) text(name, value string) {
	if value != "" {
		l.member(name, jen.Lit(value))
	}
}

// flag appends <name>: true when it is set.
func (l *literal) flag(name string, value bool) {
	if value {
		l.member(name, jen.True())
	}
}

// inline returns {a, b} on one line.
func (l literal) inline() *jen.Statement { return jen.Custom(inline, l...) }

// lines returns the members one to a line.
func (l literal) lines() *jen.Statement { return jen.Custom(lines, l...) }

// integer returns the constant n, whose type follows from where it stands.
func integer(n int64) *jen.Statement { return jen.Op(strconv.FormatInt(n, 10)) }

// float returns the constant f in the shortest form that reads back as f, whole numbers without an exponent.
func float(f float64) *jen.Statement {
	if f == math.Trunc(f) && math.Abs(f) < 1e21 {
		return jen.Op(strconv.FormatFloat(f, 'f', -1, 64))
	}
	return jen.Op(strconv.FormatFloat(f, 'g', -1, 64))
}

// constant returns a constant of the registry as JSON, the form in which the runtime copies it into events.
func constant(c any) string {
	switch c := c.(type) {
	case string:
		return quoteJSON(c)
	case float64:
		return strconv.FormatFloat(c, 'g', -1, 64)
	default: // a boolean or an integer, which Go and JSON write alike
		return fmt.Sprint(c)
	}
}

func quoteJSON(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r < ' ':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
