package httpaudit_test

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/eventgen/eventgen/httpaudit"
)

// proxies are the trusted networks of the tests; the last one is written as IPv4 in IPv6.
func proxies() httpaudit.Option {
	return httpaudit.TrustedProxies(netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8:1::/48"),
		netip.MustParsePrefix("::ffff:192.168.0.0/112"))
}

func TestClientIP(t *testing.T) {
	t.Parallel()
	const proxy = "10.0.0.1:443"
	for name, test := range map[string]struct {
		remote    string
		forwarded []string
		want      string
	}{
		"no proxy":                   {"203.0.113.7:55012", nil, "203.0.113.7"},
		"no proxy, header forged":    {"203.0.113.7:55012", []string{"6.6.6.6, 10.0.0.1"}, "203.0.113.7"},
		"no port":                    {"203.0.113.7", nil, "203.0.113.7"},
		"IPv6":                       {"[2001:db8::7]:443", nil, "2001:db8::7"},
		"zone":                       {"[fe80::1%eth0]:443", nil, "fe80::1"},
		"IPv4 in IPv6":               {"[::ffff:203.0.113.7]:443", nil, "203.0.113.7"},
		"Unix socket":                {"@", []string{"6.6.6.6"}, ""},
		"nonsense":                   {"nonsense:80", nil, ""},
		"empty":                      {"", nil, ""},
		"proxy":                      {proxy, []string{"203.0.113.7"}, "203.0.113.7"},
		"proxy without header":       {proxy, nil, "10.0.0.1"},
		"forged before the proxy":    {proxy, []string{"6.6.6.6, 203.0.113.7"}, "203.0.113.7"},
		"two proxies":                {proxy, []string{"6.6.6.6, 203.0.113.7, 10.2.3.4"}, "203.0.113.7"},
		"many headers":               {proxy, []string{"6.6.6.6", "203.0.113.7", "10.2.3.4, 10.9.9.9"}, "203.0.113.7"},
		"all trusted":                {proxy, []string{"10.3.3.3, 10.2.2.2"}, "10.3.3.3"},
		"empty elements":             {proxy, []string{"6.6.6.6, 203.0.113.7, ,, \t", "", ","}, "203.0.113.7"},
		"spaces and tabs":            {proxy, []string{"6.6.6.6\t,\t 203.0.113.7 \t"}, "203.0.113.7"},
		"port":                       {proxy, []string{"203.0.113.7:4711"}, "203.0.113.7"},
		"IPv6 element":               {proxy, []string{"2001:DB8:0:0::7"}, "2001:db8::7"},
		"IPv6 in brackets":           {proxy, []string{"[2001:db8::7]"}, "2001:db8::7"},
		"IPv6 with port":             {proxy, []string{"[2001:db8::7]:443"}, "2001:db8::7"},
		"IPv6 with zone":             {proxy, []string{"fe80::7%eth0"}, "fe80::7"},
		"IPv4 in IPv6 element":       {proxy, []string{"6.6.6.6, ::ffff:203.0.113.7, ::ffff:10.1.1.1"}, "203.0.113.7"},
		"IPv6 proxy":                 {"[2001:db8:1::1]:80", []string{"203.0.113.7"}, "203.0.113.7"},
		"IPv4 in IPv6 prefix":        {"192.168.3.4:80", []string{"203.0.113.7"}, "203.0.113.7"},
		"IPv4 in IPv6 peer":          {"[::ffff:10.0.0.1]:80", []string{"203.0.113.7"}, "203.0.113.7"},
		"nonsense ends the walk":     {proxy, []string{"203.0.113.7, unknown, 10.2.2.2"}, "10.2.2.2"},
		"nonsense from the last":     {proxy, []string{"203.0.113.7, 1.2.3"}, "10.0.0.1"},
		"leading zeros are nonsense": {proxy, []string{"203.0.113.007"}, "10.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := get("/")
			r.RemoteAddr = test.remote
			r.Header["X-Forwarded-For"] = test.forwarded
			if q, _ := serve(t, nothing, r, proxies()); q.IP != test.want {
				t.Errorf("got %q, want %q", q.IP, test.want)
			}
		})
	}
}

func TestNobodyIsTrustedByDefault(t *testing.T) {
	t.Parallel()
	r := get("/")
	r.RemoteAddr = "127.0.0.1:1"
	r.Header = http.Header{"X-Forwarded-For": {"6.6.6.6"}, "X-Request-Id": {"chosen"}}
	if q, _ := serve(t, nothing, r); q.IP != "127.0.0.1" || q.RequestID == "chosen" {
		t.Errorf("got %q, %q", q.IP, q.RequestID)
	}
}
