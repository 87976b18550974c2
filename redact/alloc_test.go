package redact_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// valuesFor returns strings that a strategy handles, long ones among them.
func valuesFor(s redact.Strategy) []string {
	long := strings.Repeat("x", 1<<16)
	switch s {
	case redact.TruncateIP:
		return []string{"203.0.113.7", "::ffff:203.0.113.7", "2001:db8:1:2::3", "2002:cb00:7107::1", "fe80::1%eth0"}
	case redact.TruncateTime:
		return []string{"2026-05-03", "2026-05-03T10:20:30Z", "2026-05-03T10:20:30.123456789+05:45"}
	case redact.EmailDomain:
		return []string{"jane@example.com", " Jane@Mail.Example.COM ", long + "@example.com"}
	case redact.ScrubURL:
		return []string{
			"https://jane:pw@Example.com:443/users/42?a=b#c", "/v2/users/jane@example.com",
			"http://[2001:db8::1]/", "http://203.0.113.7/", "https://example.com/" + long, "https://example.com/?" + long,
		}
	default:
		return []string{"", "jane", " Jane.Doe@Example.COM", "JÜRGEN@example.com", "+49 151 123", "2001:db8::1", "\xff\xfe", long}
	}
}

// hashed are the categories with a normal form of their own.
var hashed = []string{id, email, "user.contact.phone_number"}

func testAllocs(t *testing.T, name string, f func([]byte)) {
	t.Helper()
	buffer := make([]byte, 0, 1<<17)
	if n := testing.AllocsPerRun(100, func() { f(buffer) }); n != 0 {
		t.Errorf("%s: %v allocations", name, n)
	}
}

// TestAllocations is not parallel, since it counts the allocations of the process.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("sync.Pool drops items at random under the race detector")
	}
	at := time.Date(2026, 5, 3, 1, 2, 3, 4, time.FixedZone("", 3600))
	for s := redact.Drop; s <= redact.Keep; s++ {
		for _, category := range hashed {
			r := rule(t, category, s)
			for _, v := range valuesFor(s) {
				name := fmt.Sprintf("%s of %.40q", s, v)
				testAllocs(t, name, func(dst []byte) { r.AppendString(dst, v) })
			}
			testAllocs(t, s.String()+" of an integer", func(dst []byte) { r.AppendInteger(dst, -1<<53) })
			testAllocs(t, s.String()+" of a number", func(dst []byte) { r.AppendNumber(dst, -1.7976931348623157e-300) })
			testAllocs(t, s.String()+" of a boolean", func(dst []byte) { r.AppendBoolean(dst, true) })
			testAllocs(t, s.String()+" of a time", func(dst []byte) { r.AppendTime(dst, at) })
		}
	}
	address := rule(t, "user.device.ip_address", redact.Hash)
	for _, v := range valuesFor(redact.TruncateIP) {
		testAllocs(t, "hash of "+v, func(dst []byte) { address.AppendString(dst, v) })
	}
}

func TestValueAllocations(t *testing.T) {
	text := strings.Repeat("x", 100)
	var s redact.String
	var equal bool
	if n := testing.AllocsPerRun(100, func() {
		s = redact.Raw(text)
		equal = s.Equal(redact.Raw(s.Reveal()))
	}); n != 0 || !equal {
		t.Errorf("String: %v allocations", n)
	}
	var v redact.Value[int64]
	if n := testing.AllocsPerRun(100, func() { v = redact.Wrap(int64(len(text))) }); n != 1 || v.Reveal() != 100 {
		t.Errorf("Wrap: %v allocations, documented is 1", n)
	}
	var revealed int64
	if n := testing.AllocsPerRun(100, func() { revealed += v.Reveal() }); n != 0 || revealed == 0 {
		t.Errorf("Value.Reveal: %v allocations", n)
	}
}
