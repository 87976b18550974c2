package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/invopop/jsonschema"
)

// encode returns s as indented JSON that ends with a line break.
func encode(s *jsonschema.Schema) ([]byte, error) {
	compact, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, plain(compact), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// htmlEscapes are the characters that encoding/json escapes for the sake of HTML pages. Schemas are read by people, and
// a pattern such as ^<[^>]+>$ is hard enough without escapes.
var htmlEscapes = map[string]string{`\u003c`: "<", `\u003e`: ">", `\u0026`: "&"}

const escapeLength = len(`\u003c`)

// plain undoes the escapes for HTML, and escapes what readers of a schema could not see, such as characters that reverse
// text. It steps over each escape sequence whole, so the text \\u003c, which is a backslash and a word, stays.
func plain(encoded []byte) []byte {
	out := make([]byte, 0, len(encoded))
	for len(encoded) > 0 {
		r, size := utf8.DecodeRune(encoded)
		switch {
		case r == '\\':
			var text string
			text, size = unescape(encoded)
			out = append(out, text...)
		case r < utf8.RuneSelf || unicode.IsPrint(r):
			out = append(out, encoded[:size]...)
		default:
			out = appendEscaped(out, r)
		}
		encoded = encoded[size:]
	}
	return out
}

// unescape returns what to write for the escape sequence that encoded begins with, and the length of that sequence.
func unescape(encoded []byte) (text string, size int) {
	if text, ok := htmlEscapes[string(encoded[:min(escapeLength, len(encoded))])]; ok {
		return text, escapeLength
	}
	return string(encoded[:2]), 2
}

func appendEscaped(out []byte, r rune) []byte {
	for _, unit := range utf16.AppendRune(nil, r) {
		out = fmt.Appendf(out, `\u%04x`, unit)
	}
	return out
}
