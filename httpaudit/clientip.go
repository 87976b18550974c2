package httpaudit

import (
	"net/http"
	"net/netip"
	"strings"
)

// proxies are the networks whose word about the client and the request id is taken.
type proxies []netip.Prefix

// newProxies masks the prefixes and turns IPv4-mapped ones into IPv4, which is the form in which addresses are compared.
func newProxies(prefixes []netip.Prefix) proxies {
	p := make(proxies, 0, len(prefixes))
	for _, prefix := range prefixes {
		if prefix.Addr().Is4In6() && prefix.Bits() >= 96 {
			prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-96)
		}
		p = append(p, prefix.Masked())
	}
	return p
}

func (p proxies) trust(a netip.Addr) bool {
	for i := range p {
		if p[i].Contains(a) {
			return true
		}
	}
	return false
}

// peerOf returns the address at the other end of the connection, and its text. Both are empty for a Unix socket.
func peerOf(remote string) (netip.Addr, string) {
	if from, err := netip.ParseAddrPort(remote); err == nil && !from.Addr().Is4In6() {
		host := remote[:strings.LastIndexByte(remote, ':')]
		host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
		host, _, _ = strings.Cut(host, "%")
		return from.Addr().WithZone(""), host // a part of remote, because Addr.String allocates
	}
	a := parseHop(remote)
	return a, addrText(a)
}

// clientIP returns the address of the client. It walks X-Forwarded-For from the right, the end at which proxies add, and
// stops at the first address that is no trusted proxy: everything left of it is hearsay. An element that is no address
// ends the walk at the proxy that reported it.
func (p proxies) clientIP(peer netip.Addr, text string, h http.Header) string {
	if len(p) == 0 || !p.trust(peer) {
		return text
	}
	client := peer
	for hop := range hops(h["X-Forwarded-For"]) {
		a := parseHop(hop)
		if !a.IsValid() {
			break
		}
		client = a
		if !p.trust(a) {
			break
		}
	}
	if client == peer {
		return text
	}
	return addrText(client)
}

// hops yields the elements of all header lines as one list, from right to left. Empty elements do not count (RFC 9110, section
// 5.6.1).
func hops(lines []string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := len(lines) - 1; i >= 0; i-- {
			for rest, more := lines[i], true; more; {
				at := strings.LastIndexByte(rest, ',')
				hop := strings.Trim(rest[at+1:], " \t")
				if more = at >= 0; more {
					rest = rest[:at]
				}
				if hop != "" && !yield(hop) {
					return
				}
			}
		}
	}
}

// parseHop reads an address with or without port, brackets and zone: 1.2.3.4, 1.2.3.4:80, 2001:db8::1, [2001:db8::1]:80.
// It returns the zero Addr if s is none.
func parseHop(s string) netip.Addr {
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	if err != nil {
		from, err := netip.ParseAddrPort(s)
		if err != nil {
			return netip.Addr{}
		}
		a = from.Addr()
	}
	return a.Unmap().WithZone("")
}

// addrText returns the canonical text of a, and "" for the zero Addr.
func addrText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
