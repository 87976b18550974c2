package runtime

import (
	"strings"
	"testing"
)

func TestEnum(t *testing.T) {
	t.Parallel()
	colours := Enum{Strings: []string{"red", ""}}
	codes := Enum{Integers: []int64{-1, 200}}
	if p, err := colours.Parse(""); p != 2 || err != nil {
		t.Errorf("Parse = %d, %v", p, err)
	}
	if p, err := codes.ParseInteger(-1); p != 1 || err != nil {
		t.Errorf("ParseInteger = %d, %v", p, err)
	}
	if s := colours.String(1) + codes.String(2); s != "red200" {
		t.Errorf("String = %q", s)
	}
	if n := codes.Integer(2); n != 200 {
		t.Errorf("Integer = %d", n)
	}
	for _, position := range []uint16{0, 3} {
		if s := colours.String(position); !strings.HasPrefix(s, "invalid(") || codes.Integer(position) != 0 {
			t.Errorf("position %d: %q", position, s)
		}
	}
	_, err := colours.Parse("secret")
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("Parse of an unknown value: %v", err)
	}
	if _, err := codes.ParseInteger(7); err == nil {
		t.Error("ParseInteger of an unknown value succeeded")
	}
}
