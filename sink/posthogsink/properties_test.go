package posthogsink

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSplitProperties(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, data string }{
		{"empty", `{}`},
		{"spaces", " { \"a\" :\t1 , \"b\" : [ 1 , { } ] }\n"},
		{"names", `{"":0,"a\"b":1,"\u00e9":2,"é😀":3,"a:b,c}":4}`},
		{"values", `{"a":"}{][,:\"\\","b":{"c":[[],{}]},"d":null,"e":true,"f":-1.5e-7}`},
		{"nested end", `{"a":{"b":{"c":{}}}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			compareSplit(t, []byte(test.data))
		})
	}
	for _, data := range []string{
		``, ` `, `null`, `[]`, `{`, `}`, `{"a"`, `{"a":`, `{"a":}`, `{"a":1`, `{"a":1,}`, `{,"a":1}`, `{"a":1 "b":2}`, `{a:1}`,
		`{"a":1}x`, `{"a":1}{}`, `{"a`, `{"`, `{"a":"`, `{"a\":1}`, `{"\x":1}`, `{"a":[1}`,
	} {
		if got, err := splitProperties([]byte(data)); err == nil {
			t.Errorf("%q: no error but %v", data, got)
		}
	}
}

// compareSplit judges splitProperties by encoding/json.
func compareSplit(t *testing.T, data []byte) {
	t.Helper()
	var want map[string]json.RawMessage
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatalf("%q: %v", data, err)
	}
	got, err := splitProperties(data)
	if err != nil {
		t.Fatalf("%q: %v", data, err)
	}
	values := map[string]json.RawMessage{}
	for name, value := range got {
		values[name], _ = value.(json.RawMessage)
	}
	if diff := cmp.Diff(want, values); diff != "" {
		t.Errorf("%q (-encoding/json +got):\n%s", data, diff)
	}
}

// FuzzSplitProperties feeds it valid objects, which it must read as encoding/json does, and anything else, which it must
// survive. Invalid UTF-8 is repaired elsewhere.
func FuzzSplitProperties(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":{"b":"}"},"c":[1,"]"]}`, `{"a\u0022":"\\"}`, `{"a":1`, ` {"a" : 1 } `} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var object map[string]json.RawMessage
		if utf8.Valid(data) && json.Unmarshal(data, &object) == nil && object != nil {
			compareSplit(t, data)
			return
		}
		_, _ = splitProperties(data)
	})
}
