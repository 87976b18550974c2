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
		if test.opt.State != test.state || (test.opt == unset) != (test.state == Unset) || test.opt.Value != "" {
			t.Errorf("%#v, want state %v", test.opt, test.state)
		}
	}
	if o := Some(7); o.Value != 7 {
		t.Errorf("Value = %d", o.Value)
	}
}

func TestOptConversions(t *testing.T) {
	t.Parallel()
	if o := Int(uint8(7)); o != Some(int64(7)) {
		t.Errorf("Int = %v", o)
	}
	if o := Float(1); o != Some(1.0) {
		t.Errorf("Float = %v", o)
	}
	if o := Reveal(Some(redact.Raw("secret"))); o != Some("secret") {
		t.Errorf("Reveal = %v", o)
	}
	if null := Reveal(Null[redact.String]()); null.State != IsNull {
		t.Errorf("Reveal of null = %v", null.State)
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
