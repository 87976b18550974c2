package runtime

import (
	"strings"
	"testing"
)

func containsAny(s string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

// Package schemacheck holds these checks against the JSON Schema judge; here stand the cases that people think of first.
func TestFormats(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	for _, test := range []struct {
		format    Format
		good, bad []string
	}{
		{UUIDFormat, []string{"00000000-0000-0000-0000-000000000000", "0189D0F5-7b1e-7c3a-9f00-0123456789AB"}, []string{"", "x"}},
		{
			Email,
			[]string{"a@b.c", "a.b+c@example.com", `"a b"@example.com`, "a@[127.0.0.1]", "a@[IPv6:::1]", "ü@example.com"},
			[]string{"", "a", "@b", "a@", "a@b@c", "a..b@c", ".a@b", "a b@c", "a@-b", long + "x@b", "a@b_c", "a@[1]"},
		},
		{URI, []string{"https://example.com/?q", "urn:x:y", "http://[::1]:80/"}, []string{"", "/a", "example.com", "http://[::g]/", "%"}},
		{IPv4, []string{"1.2.3.4", "255.255.255.255"}, []string{"", "1.2.3", "1.2.3.256", "1.2.3.4.5", "01.2.3.4", "a.b.c.d"}},
		{IPv6, []string{"::", "2001:db8::1", "::ffff:1.2.3.4"}, []string{"", "1.2.3.4", "fe80::1%eth0", ":::"}},
		{IP, []string{"1.2.3.4", "::1"}, []string{"", "x"}},
		{Date, []string{"2026-11-21", "2024-02-29"}, []string{"", "2025-02-29", "2026-1-1", "2026-11-21T00:00:00Z"}},
		{Hostname, []string{"a", "a-b.example.com", "a.b."}, []string{"", ".", "a..b", "-a", "a-", "a_b", long, strings.Repeat("a.", 130)}},
		{NoFormat, []string{"", "anything"}, nil},
	} {
		for _, s := range test.good {
			if !test.format.matches(s) {
				t.Errorf("%v refuses %q", test.format, s)
			}
		}
		for _, s := range test.bad {
			if test.format.matches(s) {
				t.Errorf("%v accepts %q", test.format, s)
			}
		}
	}
}
