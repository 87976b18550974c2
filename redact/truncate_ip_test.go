package redact_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/redact"
)

func TestTruncateIP(t *testing.T) {
	t.Parallel()
	testStrings(t, rule(t, id, redact.TruncateIP), []stringCase{
		{"203.0.113.7", "203.0.113.0"},
		{"255.255.255.255", "255.255.255.0"},
		{"127.0.0.1", "127.0.0.0"},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1::"},
		{"2001:DB8::1", "2001:db8::"},
		{"::1", "::"},
		{"::", "::"},
		{"0:0:1::1", "0:0:1::"},
		{"1:0:0:1::1", "1::"},
		{"1:0:ff::", "1:0:ff::"},
		{"fe80::1%eth0", "fe80::"},
		{"fe80::1%" + strings.Repeat("z", 1<<16), "fe80::"},
		{"::ffff:203.0.113.7", "203.0.113.0"},
		{"::ffff:cb00:7107", "203.0.113.0"},
		{"::ffff:203.0.113.7%eth0", "203.0.113.0"},
		{"2002:cb00:7107:1::1", "2002:cb00:7107::"}, // 6to4 of 203.0.113.7
		{"64:ff9b::203.0.113.7", "64:ff9b::"},
		{"::203.0.113.7", "::"},
		{"", ""},
		{" 203.0.113.7", ""},
		{"203.0.113.7:443", ""},
		{"[2001:db8::1]", ""},
		{"203.0.113", ""},
		{"203.0.113.256", ""},
		{"203.0.113.07", ""},
		{"203.0.113.7/24", ""},
		{"203.0.113.7%eth0", ""},
		{"fe80::1%", ""},
		{"%eth0", ""},
		{"0xcb007107", ""},
		{"3405803783", ""},
		{"::1::", ""},
		{"example.com", ""},
		{"\xff", ""},
		{strings.Repeat("1", 1<<20), ""},
		{strings.Repeat(":", 1<<20), ""},
	})
}

// TestTruncateIPAgainstNetip holds a million random addresses against netip's own masking: IPv4, IPv6, IPv4 mapped into IPv6,
// with zones, and with runs of zeros, which the text form treats on its own.
func TestTruncateIPAgainstNetip(t *testing.T) {
	t.Parallel()
	r := rule(t, id, redact.TruncateIP)
	random := rand.New(rand.NewPCG(1, 2))
	rounds := 1_000_000
	if testing.Short() || raceEnabled {
		rounds = 100_000
	}
	var text, got, expected []byte
	for n := range rounds {
		addr := randomAddress(random, n)
		bits := 48
		if addr.Unmap().Is4() {
			bits = 24
		}
		want, err := addr.Unmap().WithZone("").Prefix(bits)
		if err != nil {
			t.Fatal(err)
		}
		var outcome redact.Outcome
		text = addr.AppendTo(text[:0])
		got, outcome = r.AppendString(got[:0], string(text))
		expected = want.Addr().AppendTo(expected[:0])
		if outcome != redact.Text || !bytes.Equal(got, expected) {
			t.Fatalf("%s = %q, %d; want %s", text, got, outcome, expected)
		}
	}
}

// randomAddress returns an address of the n-th sort.
func randomAddress(r *rand.Rand, n int) netip.Addr {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], r.Uint64())
	binary.BigEndian.PutUint64(b[8:], r.Uint64())
	switch n % 5 {
	case 0:
		return netip.AddrFrom4([4]byte(b[:4]))
	case 1:
		return netip.AddrFrom16(netip.AddrFrom4([4]byte(b[:4])).As16())
	case 2:
		return netip.AddrFrom16(b).WithZone(string('a' + rune(b[0]%26)))
	case 3:
		start := r.IntN(16)
		clear(b[start : start+r.IntN(16-start)+1])
		return netip.AddrFrom16(b)
	default:
		return netip.AddrFrom16(b)
	}
}
