// Package members walks through the members of a JSON object without decoding their values.
package members

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Each calls a function for each member of a JSON object, in order, with its name decoded, its value as it stands there, and both
// together as they stand there. It reports whether the text is an object in UTF-8; if not, the function was not called. All are parts of
// one copy of the object, but for names with escapes.
func Each(object []byte, do func(name, value, member string)) bool {
	if !utf8.Valid(object) || !json.Valid(object) {
		return false
	}
	rest := skip(string(object))
	if rest[0] != '{' {
		return false
	}
	for rest = skip(rest[1:]); rest[0] != '}'; rest = skip(rest) {
		name := rest[:valueEnd(rest)]
		value := skip(rest[len(name):]) // also the colon
		from := len(rest) - len(value)
		end := from + valueEnd(value)
		do(decoded(name), rest[from:end], rest[:end])
		rest = rest[end:]
	}
	return true
}

// decoded returns what a JSON string stands for.
func decoded(text string) string {
	if inner := text[1 : len(text)-1]; strings.IndexByte(inner, '\\') < 0 {
		return inner
	}
	var s string
	_ = json.Unmarshal([]byte(text), &s) // it is valid
	return s
}

// skip removes what stands between names and values of valid JSON.
func skip(text string) string {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case ' ', '\t', '\r', '\n', ',', ':':
		default:
			return text[i:]
		}
	}
	return ""
}

// valueEnd returns where the value at the begin of valid JSON ends.
func valueEnd(text string) int {
	if text[0] == '"' {
		return stringEnd(text, 0) + 1
	}
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = stringEnd(text, i)
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth == 0 && (text[0] == '{' || text[0] == '[' || endsScalar(text[i+1])) {
			return i + 1
		}
	}
	return len(text)
}

// endsScalar reports whether a character cannot be part of a number or literal. One always follows, as the value is in an object.
func endsScalar(c byte) bool {
	return c == ',' || c == '}' || c == ' ' || c == '\t' || c == '\r' || c == '\n'
}

// stringEnd returns where the string that begins at i has its last quotation mark.
func stringEnd(text string, i int) int {
	for i++; text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i
}
