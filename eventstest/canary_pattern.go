package eventstest

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// patternTries is how often a text for a pattern is tried before it is given up.
const patternTries = 100

// patternText returns random text that a pattern matches and whose length in characters lies within the bounds, with the
// stretches of it that are random. It reports false when it found none.
func patternText(r *rand.Rand, pattern string, low, high int) (text string, random []string, ok bool) {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	re, err2 := regexp.Compile(pattern)
	if err != nil || err2 != nil {
		return "", nil, false
	}
	for try := range patternTries {
		g := patternMaker{Rand: r, repeats: [...]int{14, 10, 6, 3, 2, 1, 0, 24}[try%8]}
		g.emit(tree)
		s := g.text.String()
		if n := utf8.RuneCountInString(s); n < low {
			s += strings.Repeat("x", low-n)
		}
		if n := utf8.RuneCountInString(s); n >= low && n <= high && re.MatchString(s) {
			return s, strings.FieldsFunc(g.random.String(), func(r rune) bool { return r == 0 }), true
		}
	}
	return "", nil, false
}

// patternMaker writes a text that follows a regular expression. It pays no heed to what an expression says about places, such
// as \b; the caller checks.
type patternMaker struct {
	*rand.Rand
	repeats int // how often what may be repeated without end is
	text    strings.Builder
	random  strings.Builder // the same length, with zeros for what was given by the pattern
}

func (g *patternMaker) emit(e *syntax.Regexp) {
	switch e.Op {
	case syntax.OpLiteral:
		for _, c := range e.Rune {
			g.write(c, false)
		}
	case syntax.OpCharClass:
		g.class(e.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		g.class([]rune{'a', 'z'})
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range e.Sub {
			g.emit(sub)
		}
	case syntax.OpAlternate:
		g.emit(e.Sub[g.IntN(len(e.Sub))])
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		g.repeat(e)
	default: // places, and what is empty
	}
}

func (g *patternMaker) repeat(e *syntax.Regexp) {
	low, high := e.Min, e.Max
	switch e.Op {
	case syntax.OpStar:
		low, high = 0, -1
	case syntax.OpPlus:
		low, high = 1, -1
	case syntax.OpQuest:
		low, high = 0, 1
	default:
	}
	n := max(low, g.repeats)
	if high >= 0 {
		n = min(n, high)
	}
	for range n {
		g.emit(e.Sub[0])
	}
}

// class writes one of the characters of a class, given as pairs of bounds, and prefers those of ASCII that can be seen.
func (g *patternMaker) class(ranges []rune) {
	var visible []rune
	for i := 0; i+1 < len(ranges); i += 2 {
		for c := max(ranges[i], '!'); c <= min(ranges[i+1], '~'); c++ {
			visible = append(visible, c)
		}
	}
	switch {
	case len(visible) > 0:
		g.write(visible[g.IntN(len(visible))], len(visible) >= 10)
	case len(ranges) > 0:
		g.write(ranges[0], false)
	}
}

func (g *patternMaker) write(c rune, random bool) {
	g.text.WriteRune(c)
	if !random {
		c = 0
	}
	g.random.WriteRune(c)
}
