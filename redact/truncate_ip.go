package redact

import (
	"net/netip"
	"strconv"
	"strings"
)

// appendNetwork appends the network that the address v is in, as an address: the first 24 bits of IPv4 and the first 48 of
// IPv6, which are the usual sizes of one site (RFC 6177) and leave 256 and 2^80 candidates. An IPv4 address mapped into
// IPv6 counts as IPv4, a zone is dropped. Of a 6to4 address (RFC 3056, 2002::/16) 40 bits remain, because bits 16 to 47 are
// the holder's IPv4 address. What is not an address, such as one with a port, is dropped.
func appendNetwork(dst []byte, v string) ([]byte, Outcome) {
	addr, ok := parseAddress(v)
	if !ok {
		return dst, Dropped
	}
	if addr.Is4() {
		b := addr.As4()
		b[3] = 0
		return netip.AddrFrom4(b).AppendTo(dst), Text
	}
	b := addr.As16()
	if b[0] == 0x20 && b[1] == 0x02 {
		b[5] = 0
	}
	groups := []uint16{uint16(b[0])<<8 | uint16(b[1]), uint16(b[2])<<8 | uint16(b[3]), uint16(b[4])<<8 | uint16(b[5])}
	return appendGroups(dst, groups), Text
}

// appendGroups appends an IPv6 address that begins with the given groups and ends in zeros, in the form of RFC 5952. With
// five zero groups at the end or more, these are the ones written as two colons.
func appendGroups(dst []byte, groups []uint16) []byte {
	for len(groups) > 0 && groups[len(groups)-1] == 0 {
		groups = groups[:len(groups)-1]
	}
	for i, group := range groups {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = strconv.AppendUint(dst, uint64(group), 16)
	}
	return append(dst, "::"...)
}

// parseAddress parses an IP address and returns it unmapped and without its zone. The zone is cut off before parsing, for
// netip would keep a copy of it in a table of the process.
func parseAddress(v string) (netip.Addr, bool) {
	text, zone, zoned := strings.Cut(v, "%")
	if zoned && (zone == "" || !strings.Contains(text, ":")) {
		return netip.Addr{}, false
	}
	addr, err := netip.ParseAddr(text)
	return addr.Unmap(), err == nil
}
