package eventstest

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/eventgen/eventgen/runtime"
)

// formatted makes text of a format. The size is that of its words, where it has any.
func (m *canaryMaker) formatted(c *canary, f runtime.Format, size int) {
	switch f {
	case runtime.UUIDFormat:
		var id runtime.UUID
		for i := range id {
			id[i] = byte(m.IntN(256))
		}
		c.text = id.String()
		c.add(c.text, digitWindow)
	case runtime.Email:
		m.email(c, size)
	case runtime.URI:
		m.uri(c, size)
	case runtime.IPv4, runtime.IPv6, runtime.IP:
		m.address(c, f == runtime.IPv4 || f == runtime.IP && m.IntN(2) == 0)
	case runtime.Date:
		c.text = m.moment().Format(time.DateOnly)
		c.add(c.text, len(c.text))
	case runtime.Hostname:
		c.text = m.word(c, size) + ".example"
	case scanShape:
		m.email(c, size)
		word := m.word(c, size)
		c.text, c.scanned = word+" "+c.text, word+" [email]"
	default:
		c.text = m.word(c, size)
	}
}

// word returns letters that are a stretch of the canary.
func (m *canaryMaker) word(c *canary, size int) string {
	text := m.letters(size)
	c.add(text, letterWindow)
	return text
}

func (m *canaryMaker) email(c *canary, size int) {
	c.text = m.word(c, size) + "@" + m.word(c, size) + ".example"
}

// uri makes a URL of which every part holds something. With a small size there is only a host.
func (m *canaryMaker) uri(c *canary, size int) {
	host := m.word(c, size) + ".example"
	if size < letterWindow {
		c.text, c.scrubbed = "https://"+host, "https://"+host
		return
	}
	id := m.word(c, size+5) + "42" // longer than words of routes that have a digit
	c.text = fmt.Sprintf("https://%s@%s/%s?%s=%s#%s", m.word(c, size), host, id, m.word(c, size), m.word(c, size), m.word(c, size))
	c.scrubbed = "https://" + host + "/:id"
}

// address is as long as addresses get: three digits in each octet, and no group of IPv6 that could be written shorter.
func (m *canaryMaker) address(c *canary, v4 bool) {
	var b [16]byte
	for i := range b {
		b[i] = byte(0x10 + m.IntN(0xf0))
	}
	addr := netip.AddrFrom16(b)
	if v4 {
		octet := func() byte { return byte(100 + m.IntN(156)) }
		addr = netip.AddrFrom4([4]byte{octet(), octet(), octet(), octet()})
	}
	c.text = addr.String()
	c.add(c.text, digitWindow)
}
