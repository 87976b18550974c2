package syntax

import (
	"math"
	"testing"
)

// TestLiteral holds scalars against the core schema of YAML 1.2.
func TestLiteral(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text  string
		kind  Kind
		value float64 // of a number
		whole bool
	}{
		{"yes", Text, 0, false},
		{"no", Text, 0, false},
		{"on", Text, 0, false},
		{"True", Boolean, 0, false},
		{"false", Boolean, 0, false},
		{"tRUE", Text, 0, false},
		{"~", Null, 0, false},
		{"null", Null, 0, false},
		{"", Null, 0, false},
		{"nil", Text, 0, false},
		{"0", Number, 0, true},
		{"-0", Number, 0, true},
		{"+12", Number, 12, true},
		{"0123", Text, 0, false},
		{"-01", Text, 0, false},
		{"00", Text, 0, false},
		{"0o17", Number, 15, true},
		{"0x1F", Number, 31, true},
		{"0b11", Text, 0, false},
		{"1_000", Text, 0, false},
		{"1:30", Text, 0, false},
		{"1e3", Number, 1000, true},
		{"1.", Number, 1, true},
		{".5", Number, 0.5, false},
		{"1.50", Number, 1.5, false},
		{"01.5", Text, 0, false},
		{"1e", Text, 0, false},
		{"--1", Text, 0, false},
		{".", Text, 0, false},
		{"2024-01-01", Text, 0, false},
		{"2024-01-01T00:00:00Z", Text, 0, false},
		{"1.2.3", Text, 0, false},
		{".inf", Number, math.Inf(1), false},
		{"-.INF", Number, math.Inf(-1), false},
		{"9007199254740993", Number, 9007199254740992, true},
		{"9223372036854775807", Number, 1 << 63, true},
		{"9223372036854775808", Number, 1 << 63, false},
		{"123456789012345678901234567890", Number, 1.2345678901234568e29, false},
		{"0xFFFFFFFFFFFFFFFFFFFF", Number, math.Inf(1), false},
		{"1e400", Number, math.Inf(1), false},
		{"'12'", Text, 0, false},
		{`"true"`, Text, 0, false},
		{"!!str 12", Text, 0, false},
		{`!!int "12"`, Number, 12, true},
		{"|\n        12", Text, 0, false},
		{"[a]", List, 0, false},
		{"{a: b}", Object, 0, false},
	} {
		f, found := Parse("f", []byte("version: 1\nevents: {}\ntypes:\n  t:\n    type: any\n    const: "+test.text+"\n"))
		if f == nil || len(found) != 0 {
			t.Fatalf("%s: %v", test.text, found)
		}
		l := f.Types.Entries[0].Value.Const
		if l.Kind != test.kind || l.Whole != test.whole || l.Number != test.value {
			t.Errorf("%s is %s, %v, whole %v", test.text, l.Kind, l.Number, l.Whole)
		}
	}
}

func TestExactIntegers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"9007199254740993": 9007199254740993, "-9223372036854775808": math.MinInt64, "0x7FFFFFFFFFFFFFFF": math.MaxInt64,
	} {
		var l Literal
		resolvePlain(text, &l)
		if !l.Whole || l.Integer != want {
			t.Errorf("%s is %d, whole %v", text, l.Integer, l.Whole)
		}
	}
}
