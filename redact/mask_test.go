package redact_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/eventgen/eventgen/redact"
)

func TestMask(t *testing.T) {
	t.Parallel()
	testStrings(t, rule(t, email, redact.Mask), []stringCase{
		{"jane@example.com", "j***"},
		{"jane", "j***"},
		{"jan", "[email]"},
		{"j", "[email]"},
		{"", "[email]"},
		{"日本語文", "日***"},
		{"日本語", "[email]"},
		{"🙂🙂🙂🙂", "🙂***"},
		{"\xffabcd", "[email]"},
		{"abcd\xff", "a***"},
		{"\nabcd", "[email]"},
		{"\x00abcd", "[email]"},
		{" abcd", " ***"},
		{strings.Repeat("a", 1<<20), "a***"},
	})
}

func TestMaskShowsAQuarterAtMostAndNoLength(t *testing.T) {
	t.Parallel()
	r := rule(t, id, redact.Mask)
	for n := range 100 {
		v := strings.Repeat("é", n)
		got, _ := r.AppendString(nil, v)
		if shown := strings.Count(string(got), "é"); shown*4 > n {
			t.Errorf("%d of %d runes shown", shown, n)
		}
		if n >= 4 && utf8.RuneCount(got) != 4 {
			t.Errorf("%d runes: %s tells the length", n, got)
		}
	}
}
