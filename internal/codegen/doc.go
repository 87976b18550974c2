package codegen

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"
)

// columns is the width of generated comments, "// " included.
const columns = 97

// doc returns a comment of the given texts, each a paragraph or more. It is the only way for text of the registry into a
// comment: every line begins with "// " and holds printable words only, so that no text can end the comment, become a
// directive such as //go:generate, or show code in another order than the compiler reads it.
func doc(texts ...string) jen.Code {
	var b strings.Builder
	for _, text := range texts {
		for _, words := range paragraphs(text) {
			if b.Len() > 0 {
				b.WriteString("\n//\n")
			}
			wrap(&b, words)
		}
	}
	if b.Len() == 0 {
		return jen.Null()
	}
	return jen.Comment(b.String())
}

// quotes are those of TeX, which gofmt would replace, and differently when asked again.
var quotes = strings.NewReplacer("``", "“", "''", "”")

// paragraphs splits text into words, grouped by what blank lines separate.
func paragraphs(text string) [][]string {
	text = strings.Map(printable, strings.ReplaceAll(text, "\r\n", "\n"))
	var all [][]string
	fresh := true
	for line := range strings.SplitSeq(quotes.Replace(text), "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
			fresh = true
		case fresh:
			all = append(all, words)
			fresh = false
		default:
			all[len(all)-1] = append(all[len(all)-1], words...)
		}
	}
	return all
}

// printable maps all line breaks to one and removes what cannot be seen, such as control and bidirectional characters.
// Bytes that are not UTF-8 become U+FFFD, as Map sees to.
func printable(r rune) rune {
	switch {
	case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029':
		return '\n'
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsPrint(r):
		return r
	default:
		return -1
	}
}

// wrap appends words as lines of a comment. A word that is longer than a line has a line of its own.
func wrap(b *strings.Builder, words []string) {
	const prefix = "//"
	b.WriteString(prefix)
	column := len(prefix)
	for _, word := range words {
		// An old build constraint is the one directive that may follow a blank.
		if strings.HasPrefix(word, "+build") {
			word = "+ " + word[1:]
		}
		width := 1 + utf8.RuneCountInString(word)
		if column+width > columns && column > len(prefix) {
			b.WriteString("\n" + prefix)
			column = len(prefix)
		}
		b.WriteString(" " + word)
		column += width
	}
}

// sentence returns text with a full stop where it lacks an end.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsRune(".!?:…", lastRune(text)) {
		return text
	}
	return text + "."
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// deprecation returns the paragraph that makes tools warn about uses, or "".
func deprecation(message string) string {
	if message == "" {
		return ""
	}
	return "Deprecated: " + sentence(message)
}
