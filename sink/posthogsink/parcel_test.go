package posthogsink

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// parcels are properties in all the shapes that could lead the unpacker astray.
var parcels = []string{
	`{}`, ` { } `, `{"a":1}`, `{"a":{}}`, `{"a":{"b":{"c":{}}},"d":[{}]}`,
	`{"a":"}","b":"{","c":"\"}","d":"\\","e":"\\\"{","f\"}":1}`,
	`{"eventgen":{"a":1}}`, `{"eventgen":{"eventgen":{"eventgen":{}}},"b":{"eventgen":{"c":1}}}`,
	`{"a":"\"eventgen\":{","b":"eventgen","\"eventgen":{"c":"}"}}`,
	"{ \"a\" :\t1 , \"b\" : [ 1 , { } ] }\n",
}

// TestUnpackReversesPack sends all of them through one request, between strings of a caller's that look like a parcel.
func TestUnpackReversesPack(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"user_1", parcel, `"eventgen":{`, `\"eventgen":{`, `}{"eventgen":{"`} {
		compareUnpacked(t, name, parcels...)
	}
}

// FuzzUnpack does that with any object and any name.
func FuzzUnpack(f *testing.F) {
	for _, seed := range parcels {
		f.Add(`"eventgen":{`, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		var object map[string]json.RawMessage
		if utf8.ValidString(name) && utf8.Valid(data) && json.Unmarshal(data, &object) == nil && object != nil {
			compareUnpacked(t, name, string(data), `{"a":1}`)
		}
	})
}

type (
	testEvent struct {
		DistinctID string         `json:"distinct_id"`
		Properties map[string]any `json:"properties"`
	}
	testBody struct {
		APIKey string      `json:"api_key"`
		Batch  []testEvent `json:"batch"`
	}
)

// compareUnpacked encodes events as posthog-go does, between properties of its own.
func compareUnpacked(t *testing.T, name string, all ...string) {
	t.Helper()
	var packed, want testBody
	packed.APIKey, want.APIKey = name, name
	for _, data := range all {
		properties, err := newPacker().pack([]byte(data))
		if err != nil {
			t.Fatal(err)
		}
		properties["$lib"], properties["zzz"] = "posthog-go", name
		packed.Batch = append(packed.Batch, testEvent{name, properties})
		var plain map[string]any
		if err := json.Unmarshal([]byte(data), &plain); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if _, own := plain["$is_server"]; !own {
			plain["$is_server"] = true
		}
		plain["$lib"], plain["zzz"] = "posthog-go", name
		want.Batch = append(want.Batch, testEvent{name, plain})
	}
	text, err := json.Marshal(packed)
	if err != nil {
		t.Fatal(err)
	}
	text = text[:unpack(text)]
	var got testBody
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", text, diff)
	}
}

// TestPackRefusesWhatIsNoObject: the rest is for posthog-go to find, which encodes what is inside.
func TestPackRefusesWhatIsNoObject(t *testing.T) {
	t.Parallel()
	for _, data := range []string{``, ` `, `null`, `[]`, `{`, `}`, `"{}"`, `{"a"`, `{"a":1`, `{"a":1}x`, `1{}`, `{"a`} {
		if got, err := newPacker().pack([]byte(data)); !errors.Is(err, errNotObject) {
			t.Errorf("%q: %v, %v", data, got, err)
		}
	}
}

// TestUnpackLeavesOtherTextAlone: there may be no parcel in it, or nothing at all.
func TestUnpackLeavesOtherTextAlone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `{}`, `{"eventgen":"a"}`, `{"eventgen":[{}]}`, strings.Repeat("x", 100)} {
		if got := []byte(text); string(got[:unpack(got)]) != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}
