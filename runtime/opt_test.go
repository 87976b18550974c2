package runtime

import (
	"fmt"
	"testing"

	"github.com/eventgen/eventgen/redact"
)

func TestOptStates(t *testing.T) {
	t.Parallel()
	var unset Opt[string]
	for _, test := range []struct {
		opt   Opt[string]
		state State
	}{{unset, Unset}, {Null[string](), IsNull}, {Some(""), IsSome}} {
		if test.opt.State() != test.state || test.opt.IsZero() != (test.state == Unset) || test.opt.Value() != "" {
			t.Errorf("%#v: state %v, zero %v", test.opt, test.opt.State(), test.opt.IsZero())
		}
		if _, ok := test.opt.Get(); ok != (test.state == IsSome) {
			t.Errorf("%v: Get says %v", test.opt, ok)
		}
	}
	if o := Some(7); o.Value() != 7 {
		t.Errorf("Value = %d", o.Value())
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
	if null := Reveal(Null[redact.String]()); null.State() != IsNull {
		t.Errorf("Reveal of null = %v", null.State())
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
