package redact_test

import (
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
		{"2002:cb00:7107:1::1", "2002:cb00:7100::"}, // 6to4 of 203.0.113.7
		{"2002:cb00:71ff::", "2002:cb00:7100::"},
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

// netip's own masking is the judge, but for 6to4, of which less is shown.
func TestTruncateIPAgainstNetip(t *testing.T) {
	t.Parallel()
	r := rule(t, id, redact.TruncateIP)
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		var b [16]byte
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		addr, bits := netip.AddrFrom16(b), 48
		if random.Uint32()%2 == 0 {
			addr, bits = netip.AddrFrom4([4]byte(b[:4])), 24
		}
		if b[0] == 0x20 && b[1] == 2 && bits == 48 {
			bits = 40
		}
		want, err := addr.Prefix(bits)
		if err != nil {
			t.Fatal(err)
		}
		testStrings(t, r, []stringCase{{addr.String(), want.Addr().String()}, {addr.StringExpanded(), want.Addr().String()}})
	}
}
