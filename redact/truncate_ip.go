package redact

import (
	"net/netip"
	"strconv"
	"strings"
)

// appendNetwork appends the network that the address v is in, as an address: the first 24 bits of IPv4 and the first 48 of
// IPv6, which are the usual sizes of one site (RFC 6177) and leave 256 and 2^80 candidates. An IPv4 address mapped into
// IPv6 counts as IPv4, a zone is dropped. The result is what [netip.Addr.Prefix] gives; of a 6to4 address (RFC 3056,
// 2002::/16) that is the IPv4 address in it. What is not an address, such as one with a port, is dropped.
func appendNetwork(dst []byte, v string) ([]byte, Outcome) {
	if size := networkOfIPv4(v); size > 0 {
		return append(append(dst, v[:size]...), '0'), Text
	}
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
	groups := []uint16{uint16(b[0])<<8 | uint16(b[1]), uint16(b[2])<<8 | uint16(b[3]), uint16(b[4])<<8 | uint16(b[5])}
	return appendGroups(dst, groups), Text
}

// networkOfIPv4 returns how long the first three numbers of an IPv4 address are, with their dots, and 0 when v is none. It takes
// what netip takes, in half the time that parsing and formatting need.
func networkOfIPv4(v string) (size int) {
	dots, number, digits := 0, 0, 0
	for i := range len(v) {
		switch c := v[i]; {
		case isDigit(c) && (digits == 0 || number > 0): // no leading zeros
			number, digits = 10*number+int(c-'0'), digits+1
			if number > 255 {
				return 0
			}
		case c == '.' && digits > 0:
			dots, number, digits, size = dots+1, 0, 0, i+1
		default:
			return 0
		}
	}
	if dots != 3 || digits == 0 {
		return 0
	}
	return size
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
