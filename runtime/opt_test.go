package runtime

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/eventgen/eventgen/redact"
)

func TestOptStates(t *testing.T) {
	t.Parallel()
	var unset Opt[string]
	null, some := Null[string](), Some("")
	for _, test := range []struct {
		opt   Opt[string]
		state State
		text  string
	}{{unset, Unset, "unset"}, {null, IsNull, "null"}, {some, IsSome, ""}} {
		if test.opt.State() != test.state || test.opt.IsZero() != (test.state == Unset) || test.opt.String() != test.text {
			t.Errorf("%#v: state %v, zero %v, text %q", test.opt, test.opt.State(), test.opt.IsZero(), test.opt)
		}
		if _, ok := test.opt.Get(); ok != (test.state == IsSome) {
			t.Errorf("%v: Get says %v", test.opt, ok)
		}
	}
}

func TestOptJSON(t *testing.T) {
	t.Parallel()
	type payload struct {
		A Opt[int64] `json:"a,omitzero"`
		B Opt[int64] `json:"b,omitzero"`
		C Opt[int64] `json:"c,omitzero"`
	}
	in := payload{B: Null[int64](), C: Int(0)}
	data, err := json.Marshal(in)
	if err != nil || string(data) != `{"b":null,"c":0}` {
		t.Fatalf("json.Marshal = %s, %v", data, err)
	}
	var out payload
	if err := json.Unmarshal(data, &out); err != nil || out != in {
		t.Fatalf("json.Unmarshal = %v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"a":"x"}`), &out); err == nil {
		t.Error("json.Unmarshal of another type succeeded")
	}
}

func TestOptConversions(t *testing.T) {
	t.Parallel()
	if v, _ := Int(uint8(7)).Get(); v != 7 {
		t.Errorf("Int = %d", v)
	}
	if v, _ := Float(1).Get(); v != 1 {
		t.Errorf("Float = %v", v)
	}
	type colour uint8
	if v, ok := Index(Some(colour(3))).Get(); v != 3 || !ok {
		t.Errorf("Index = %v, %v", v, ok)
	}
	if v, ok := Reveal(Some(redact.Raw("secret"))).Get(); v != "secret" || !ok {
		t.Errorf("Reveal = %q, %v", v, ok)
	}
	if s := Reveal(Null[redact.String]()).State(); s != IsNull {
		t.Errorf("Reveal of null = %v", s)
	}
}

func TestOptDoesNotLeak(t *testing.T) {
	t.Parallel()
	secret := Some(redact.Raw("secret@example.com"))
	holder := struct{ o Opt[redact.String] }{secret}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{secret, &secret, holder, &holder, []any{secret}} {
			if text := fmt.Sprintf(format, value); containsAny(text, "secret", "example", "736563726574") {
				t.Errorf("%s of %T leaks: %s", format, value, text)
			}
		}
	}
}
