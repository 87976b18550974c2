package posthogsink

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestParseHost(t *testing.T) {
	t.Parallel()
	good := map[string]string{
		"": DefaultHost, "  ": DefaultHost,
		"https://us.i.posthog.com":           "https://us.i.posthog.com",
		" HTTPS://eu.i.posthog.com/ \n":      "https://eu.i.posthog.com",
		"https://example.com:8443/ingest///": "https://example.com:8443/ingest",
		"http://localhost:8000":              "http://localhost:8000",
		"http://127.0.0.1:8000/":             "http://127.0.0.1:8000",
		"http://127.8.8.8":                   "http://127.8.8.8",
		"http://[::1]:8000":                  "http://[::1]:8000",
		"https://10.0.0.1":                   "https://10.0.0.1",
	}
	for text, want := range good {
		if got, err := parseHost(text); err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
	bad := map[string]string{
		"eu.i.posthog.com":         "https://",
		"localhost:8000":           "https://",
		"ftp://eu.i.posthog.com":   "https://",
		"https://":                 "no host",
		"https://:443":             "no host",
		"https:eu.i.posthog.com":   "no host",
		"https://secret@host":      "password",
		"https://u:secret@host":    "password",
		"https://host/?secret=1":   "query",
		"https://host?":            "query",
		"https://host/#secret":     "fragment",
		"http://secret.com":        "https",
		"http://10.0.0.1":          "https",
		"http://localhost.evil.ai": "https",
		"https://host:secret":      "not a URL",
		"https://ho st":            "not a URL",
		"://secret":                "not a URL",
	}
	for text, want := range bad {
		_, err := parseHost(text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: error %v, want one about %q without the value", text, err, want)
		}
	}
}

func TestNewRefusesABadConfig(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]Config{
		"no key":    {},
		"blank key": {APIKey: " \n\t"},
		"host":      {APIKey: "phc_secret", Host: "http://example.com"},
		"transport": {APIKey: "phc_secret", Transport: "carrier pigeon"},
	} {
		if sink, err := New(cfg); err == nil || sink != nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, %v", name, sink, err)
		}
	}
}

func TestConfigCompresses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		transport   Transport
		host        string
		compression Compression
		want        bool
	}{
		{SDK, "https://eu.i.posthog.com", Auto, false},
		{SDK, "https://eu.i.posthog.com", Gzip, true},
		{Direct, "https://eu.i.posthog.com", Auto, true},
		{Direct, "https://eu.i.posthog.com", Plain, false},
		{Direct, "http://127.0.0.1:1", Auto, false},
		{Direct, "http://localhost", Auto, false},
		{Direct, "http://localhost", Gzip, true},
	}
	for _, test := range tests {
		c := Config{Transport: test.transport, Host: test.host, Compression: test.compression}
		if got := c.compresses(); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 3, 1, 10, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-5": 0, "0": 0, "1.5": 0,
		"1": time.Second, " 30 ": 30 * time.Second, "86400": 24 * time.Hour, "2000000000": 24 * time.Hour,
		"99999999999999999999":                            0,
		now.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second,
		now.Add(-time.Hour).Format(http.TimeFormat):       0,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func TestHints(t *testing.T) {
	t.Parallel()
	tests := []struct{ key, host, want string }{
		{"phc_secret", "https://eu.i.posthog.com", "other region, https://us.i.posthog.com"},
		{"phc_secret", "https://us.i.posthog.com", "other region, https://eu.i.posthog.com"},
		{"phc_secret", "https://app.posthog.com", "other region, https://eu.i.posthog.com"},
		{"phc_secret", "https://ph.example.com", "another host"},
		{"phx_secret", "https://eu.i.posthog.com", "personal API key"},
		{"phs_secret", "https://eu.i.posthog.com", "secret API key"},
		{"secret", "https://eu.i.posthog.com", "does not start with phc_"},
	}
	for _, test := range tests {
		got := newHints(Config{APIKey: test.key, Host: test.host}).forKey().Error()
		if !strings.Contains(got, test.want) || strings.Contains(got, "_secret") {
			t.Errorf("%s at %s: %s", test.key, test.host, got)
		}
	}
}
