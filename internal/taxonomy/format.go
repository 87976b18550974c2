package taxonomy

import (
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"time"
)

// formats says whether a text has a format. The checks are for what authors write into a registry: they refuse a few exotic
// forms that the runtime lets pass, and never the other way round.
var formats = map[string]func(string) bool{
	"uuid":      regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`).MatchString,
	"email":     isEmail,
	"uri":       isURI,
	"ipv4":      func(s string) bool { a, err := netip.ParseAddr(s); return err == nil && a.Is4() },
	"ipv6":      isIPv6,
	"ip":        func(s string) bool { a, err := netip.ParseAddr(s); return err == nil && (a.Is4() || isIPv6(s)) },
	"date":      func(s string) bool { _, err := time.Parse(time.DateOnly, s); return err == nil },
	"date-time": func(s string) bool { _, err := time.Parse(time.RFC3339Nano, s); return err == nil },
	"hostname":  isHostname,
}

func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" || len(s) > 254 {
		return false
	}
	at := len(s) - 1
	for s[at] != '@' {
		at--
	}
	return at <= 64 && isHostname(s[at+1:])
}

func isURI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.IsAbs() && (u.Host != "" || u.Opaque != "" || u.Path != "")
}

func isIPv6(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is6() && a.Zone() == ""
}

var hostname = regexp.MustCompile(`^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)*[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$`)

func isHostname(s string) bool { return len(s) <= 253 && hostname.MatchString(s) }
