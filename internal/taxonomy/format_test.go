package taxonomy

import (
	"strings"
	"testing"

	judge "github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// TestFormats takes and refuses typical values, and takes nothing that JSON Schema refuses.
func TestFormats(t *testing.T) {
	t.Parallel()
	good := map[string][]string{
		"uuid":      {"0190163d-8694-739b-aea5-966c26f8ad90", "0190163D-8694-739B-AEA5-966C26F8AD90"},
		"email":     {"a@example.com", "a.b+c@sub.example.com"},
		"uri":       {"https://example.com/a?b#c", "mailto:a@example.com", "urn:a:b"},
		"ipv4":      {"192.0.2.1"},
		"ipv6":      {"2001:db8::1", "::"},
		"ip":        {"192.0.2.1", "2001:db8::1"},
		"date":      {"2024-02-29"},
		"date-time": {"2024-02-29T10:00:00Z", "2024-02-29T10:00:00.123+01:00"},
		"hostname":  {"example.com", "localhost", "a-b.c1"},
	}
	bad := []string{
		"", " ", "x y", "@", "a@", "@b", "a@-b.com", "Name <a@example.com>", "2024-02-30", "2024-1-1", "25:00", "256.0.0.1", "1.2.3",
		"fe80::1%eth0", "0190163d86", "//host", "-a.com", strings.Repeat("a", 300) + ".com", strings.Repeat("a", 65) + "@b.com",
	}
	if len(good) != len(formats) {
		t.Errorf("%d formats are tested, there are %d", len(good), len(formats))
	}
	for name, values := range good {
		for _, v := range values {
			if !formats[name](v) {
				t.Errorf("%s refuses %q", name, v)
			}
		}
		for _, v := range append(values, bad...) {
			if formats[name](v) && !judged(name, v) {
				t.Errorf("%s takes %q, which JSON Schema refuses", name, v)
			}
		}
	}
	for name, format := range formats {
		if format("") {
			t.Errorf("%s takes the empty string", name)
		}
	}
}

// judged asks the library that validates payloads.
func judged(format, value string) bool {
	if format == "ip" {
		return judged("ipv4", value) || judged("ipv6", value)
	}
	return judge.Formats[format](value)
}

func TestEveryFormatIsKnown(t *testing.T) {
	t.Parallel()
	for _, f := range texts {
		if f.format != "" && formats[f.format] == nil {
			t.Errorf("%s has no check", f.format)
		}
	}
	if len(texts) != len(formats) { // without date-time, with no format
		t.Errorf("%d kinds of text, %d formats", len(texts), len(formats))
	}
	_, found := syntax.Parse("f", []byte("types: {a: {type: string, format: nonsense}}"))
	if len(found) != 1 {
		t.Errorf("%v", found)
	}
	for name := range formats {
		if _, found := syntax.Parse("f", []byte("types: {a: {type: string, format: "+name+"}}")); len(found) != 0 {
			t.Errorf("%v", found)
		}
	}
}
