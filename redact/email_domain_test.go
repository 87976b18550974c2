package redact_test

import (
	"strings"
	"testing"

	"github.com/eventgen/eventgen/redact"
)

func TestEmailDomain(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("a", 63)
	testStrings(t, rule(t, email, redact.EmailDomain), []stringCase{
		{"jane@example.com", "example.com"},
		{" Jane@Mail.Example.COM\n", "mail.example.com"},
		{`"a@b"@example.com`, "example.com"},
		{"jane@xn--bcher-kva.example", "xn--bcher-kva.example"},
		{"jane@1and1.de", "1and1.de"},
		{"jane@" + label + ".de", label + ".de"},
		{"jane@" + label + "a.de", ""},
		{"jane@" + strings.Repeat(label+".", 4) + "de", ""},
		{"jane@bücher.example", ""},
		{"jane@localhost", ""},
		{"jane@", ""},
		{"@example.com", ""},
		{"  @example.com", ""},
		{"example.com", ""},
		{"", ""},
		{"@", ""},
		{"Jane <jane@example.com>", ""},
		{"jane@[203.0.113.7]", ""},
		{"jane@203.0.113.7", ""},
		{"jane@example.com.", ""},
		{"jane@.com", ""},
		{"jane@a..com", ""},
		{"jane@-a.com", ""},
		{"jane@a-.com", ""},
		{"jane@a.-com", ""},
		{"jane@a_b.com", ""},
		{"jane@a b.com", ""},
		{"jane@a\x00.com", ""},
		{"jane@\xff.com", ""},
		{"jane@" + strings.Repeat("a.", 1<<20) + "com", ""},
		{strings.Repeat("@", 1<<20), ""},
		{strings.Repeat("j", 1<<20) + "@a.de", "a.de"},
	})
}
