package members

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// FuzzEach compares Each with encoding/json.
func FuzzEach(f *testing.F) {
	for _, seed := range []string{
		`{}`, ` { "userId" : "a\"}{" , "path":[1,{"b":"]"}],"x":null,"statusCode":-1.5e3 } `, `{"userId":1,"user\u0049d":2}`, `[]`, `null`,
		`{"path":{"userId":"inner"},"userId":true}`, "{\"a\":\"\\\\\",\"ip\":\"\\\"\"}", `{"statusCode":200}`, `{"ip":[]}`, `"{"`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var want map[string]json.RawMessage
		wanted := utf8.Valid(text) && json.Unmarshal(text, &want) == nil && want != nil
		got := map[string]string{}
		if ok := Each(text, func(name, value, member string) {
			got[name] = value
			var alone map[string]json.RawMessage
			if err := json.Unmarshal([]byte("{"+member+"}"), &alone); err != nil || len(alone) != 1 || string(alone[name]) != value {
				t.Fatalf("%q is not the member %q: %q", member, name, value)
			}
		}); ok != wanted {
			t.Fatalf("ok is %v", ok)
		}
		if ok := len(got) == len(want) || !wanted; !ok {
			t.Fatalf("%d members instead of %d", len(got), len(want))
		}
		for name, value := range want {
			if wanted && got[name] != string(value) {
				t.Errorf("%s: %q instead of %q", name, got[name], value)
			}
		}
	})
}
