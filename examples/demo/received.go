package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/eventgen/eventgen/eventstest"
)

// shownByPostHog are those of PostHog's own properties that an event has because of how it was tracked. Others, such as
// $lib, are on every event and left out.
var shownByPostHog = map[string]bool{
	"$set": true, "$groups": true, "$group_type": true, "$group_key": true, "$group_set": true, "$process_person_profile": true,
}

// receivedTitle names an event that PostHog has and whose it is.
func receivedTitle(e eventstest.Event) string { return e.Name + " " + abridge(e.DistinctID) }

// receivedProperties returns the properties of an event that PostHog has, as JSON, in the order in which the client wrote
// them: posthog-go sorts them on the way.
func receivedProperties(e eventstest.Event, written []byte) ([]string, error) {
	names, err := memberNames(written)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasPrefix(name, "$") && !shownByPostHog[name] })
	return members(e.Properties(), names)
}

// memberNames returns the names of a JSON object's members in their order.
func memberNames(object []byte) ([]string, error) {
	var names []string
	decoder := json.NewDecoder(bytes.NewReader(object))
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		names = append(names, fmt.Sprint(name))
		var skipped json.RawMessage
		if err := decoder.Decode(&skipped); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// propertyOf returns a text in a JSON object, or nothing.
func propertyOf(object []byte, name string) string {
	var properties map[string]any
	if err := json.Unmarshal(object, &properties); err != nil {
		return ""
	}
	text, _ := properties[name].(string)
	return text
}

// members returns the named members of an object as JSON, one piece for each value that is not itself an object.
func members(object map[string]any, names []string) ([]string, error) {
	var pieces []string
	for _, name := range names {
		inner, err := value(object[name])
		if err != nil {
			return nil, err
		}
		inner[0] = strconv.Quote(name) + ": " + inner[0]
		pieces = append(pieces, inner...)
	}
	return pieces, nil
}

func value(v any) ([]string, error) {
	switch v := v.(type) {
	case map[string]any:
		pieces, err := members(v, slices.Sorted(maps.Keys(v)))
		if err != nil || len(pieces) == 0 {
			return []string{"{}"}, err
		}
		pieces[0] = "{" + pieces[0]
		pieces[len(pieces)-1] += "}"
		return pieces, nil
	case string:
		return []string{strconv.Quote(abridge(v))}, nil
	default:
		text, err := json.Marshal(v)
		return []string{strings.ReplaceAll(string(text), ",", ", ")}, err
	}
}

// abridge cuts a text that is too long for a column, which are ids.
func abridge(text string) string {
	const longest, kept = 32, 13
	if len(text) <= longest {
		return text
	}
	return text[:kept] + "…"
}
