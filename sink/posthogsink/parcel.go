package posthogsink

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/posthog/posthog-go"
)

// parcel is the one property that posthog-go is given of an event: all properties of the event, as they are encoded. Given one by
// one, posthog-go would copy each into three maps, sort them and encode each value, for half of all that an event costs. The name
// is not on the wire, see unpacker.
const parcel = "eventgen"

// opening is how a parcel begins in what posthog-go encodes. It cannot be part of a string there: a quotation mark in a string is
// escaped, so this one ends a string, and only a name is followed by a colon.
var opening = []byte(`"` + parcel + `":{`)

var errNotObject = errors.New("posthogsink: properties are not a JSON object")

// packer makes parcels. It uses its memory again and again: posthog-go's Enqueue copies the map, and encodes what is in it before it
// returns.
type packer struct {
	text       json.RawMessage
	properties posthog.Properties
}

func newPacker() *packer {
	p := &packer{}
	p.properties = posthog.Properties{parcel: &p.text}
	return p
}

// pack returns an event's properties for posthog-go, which checks and compacts what is inside the braces. $is_server is among them,
// because it is cheaper here than as a property of posthog-go's own. They are good until the next call.
func (p *packer) pack(data []byte) (posthog.Properties, error) {
	data = bytes.TrimSpace(data)
	if len(data) < len("{}") || data[0] != '{' || data[len(data)-1] != '}' {
		return nil, errNotObject
	}
	p.text = append(p.text[:0], `{"$is_server":true`...)
	if members := bytes.TrimSpace(data[1 : len(data)-1]); len(members) > 0 {
		p.text = append(append(p.text, ','), members...)
	}
	p.text = append(p.text, '}')
	return p.properties, nil
}

// unpacker is the RoundTripper below posthog-go that takes the properties of events out of their parcels, so that what arrives is
// what posthog-go would have made of each property by itself. It also compresses, which posthog-go would do before that.
type unpacker struct {
	next   http.RoundTripper
	bodies *bodies
}

// RoundTrip sends a request of posthog-go.
func (u *unpacker) RoundTrip(req *http.Request) (*http.Response, error) {
	text := u.bodies.buffer()
	if err := readBody(text, req); err != nil {
		return nil, err
	}
	text.Truncate(unpack(text.Bytes()))
	req = req.Clone(req.Context())
	req.Header.Del("Content-Length") // of the text before; net/http takes it from the request
	req, body, err := u.bodies.attach(req, text)
	if err != nil {
		return nil, err
	}
	defer body.release()
	return u.next.RoundTrip(req)
}

func readBody(text *bytes.Buffer, req *http.Request) error {
	if req.Body == nil {
		return nil
	}
	_, err := text.ReadFrom(req.Body)
	if err := errors.Join(err, req.Body.Close()); err != nil {
		return fmt.Errorf("posthogsink: read from posthog-go: %w", err)
	}
	return nil
}

// unpack replaces each parcel in text by what is in it, in place, and returns how long the text is then. A parcel inside a parcel
// is a property of the event and stays. The text is JSON that posthog-go encoded.
func unpack(text []byte) int {
	size, rest := 0, text
	for {
		at := bytes.Index(rest, opening)
		if at < 0 {
			return size + copy(text[size:], rest)
		}
		size += copy(text[size:], rest[:at])
		rest = rest[at+len(opening):]
		end := closing(rest)
		size += copy(text[size:], rest[:end])
		rest = rest[end+len("}"):]
	}
}

// closing returns where the brace is that closes the object of which text is the inside.
func closing(text []byte) int {
	depth := 0
	for at := 0; at < len(text); at++ {
		switch text[at] {
		case '"':
			at = quotation(text, at)
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return at
			}
			depth--
		}
	}
	return len(text) - len("}")
}

// quotation returns where the string ends that begins at start.
func quotation(text []byte, start int) int {
	for at := start + 1; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case '"':
			return at
		}
	}
	return len(text)
}
