package posthogsink

import (
	"encoding/json"
	"errors"

	"github.com/posthog/posthog-go"
)

var errNotObject = errors.New("posthogsink: properties are not a JSON object")

// splitProperties returns the members of a JSON object, each value as the bytes it has in data, which posthog-go passes
// through unchanged. It finds where values end and leaves checking them to posthog-go; what breaks the outer object is an
// error. The values share data's memory.
func splitProperties(data []byte) (posthog.Properties, error) {
	s := splitter{data: data}
	properties := make(posthog.Properties, 16)
	if !s.take('{') {
		return nil, errNotObject
	}
	for first := true; !s.take('}'); first = false {
		if !first && !s.take(',') {
			return nil, errNotObject
		}
		name, ok := s.name()
		if !ok || !s.take(':') {
			return nil, errNotObject
		}
		value := s.value()
		if len(value) == 0 {
			return nil, errNotObject
		}
		properties[name] = json.RawMessage(value)
	}
	if s.space(); s.at != len(data) {
		return nil, errNotObject
	}
	return properties, nil
}

// splitter walks over JSON text.
type splitter struct {
	data []byte
	at   int
}

func (s *splitter) space() {
	for s.at < len(s.data) && isSpace(s.data[s.at]) {
		s.at++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// take steps over c, and over space before it, if it comes next.
func (s *splitter) take(c byte) bool {
	s.space()
	if s.at >= len(s.data) || s.data[s.at] != c {
		return false
	}
	s.at++
	return true
}

// name reads a member's name.
func (s *splitter) name() (string, bool) {
	if s.space(); s.at >= len(s.data) || s.data[s.at] != '"' {
		return "", false
	}
	start := s.at
	if escaped := s.text(); !escaped {
		return string(s.data[start+1 : max(s.at-1, start+1)]), true
	}
	var name string
	err := json.Unmarshal(s.data[start:s.at], &name)
	return name, err == nil
}

// text steps over a string, and tells whether it has escapes. At the end of the data it stops.
func (s *splitter) text() (escaped bool) {
	for s.at++; s.at < len(s.data); s.at++ {
		switch s.data[s.at] {
		case '\\':
			escaped = true
			s.at++
		case '"':
			s.at++
			return escaped
		}
	}
	s.at = len(s.data)
	return escaped
}

// value returns the bytes of the value that comes next: up to the comma or brace that ends it.
func (s *splitter) value() []byte {
	s.space()
	start, depth := s.at, 0
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case c == '"':
			s.text()
			continue
		case c == '{' || c == '[':
			depth++
		case depth > 0 && (c == '}' || c == ']'):
			depth--
		case depth == 0 && (c == ',' || c == '}' || isSpace(c)):
			return s.data[start:s.at]
		}
		s.at++
	}
	return s.data[start:s.at]
}
