package httpaudit_test

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/httpaudit"
)

// uuidv7 is the form that RFC 9562 gives version 7, and the time in it.
var uuidv7 = regexp.MustCompile(`^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestRequestIDIsTakenOver(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		remote string
		sent   []string
		taken  bool
	}{
		"trusted":      {"10.0.0.1:1", []string{"abc.DEF_123-x"}, true},
		"128 bytes":    {"10.0.0.1:1", []string{strings.Repeat("x", 128)}, true},
		"untrusted":    {"203.0.113.7:1", []string{"abc"}, false},
		"129 bytes":    {"10.0.0.1:1", []string{strings.Repeat("x", 129)}, false},
		"10 KB":        {"10.0.0.1:1", []string{strings.Repeat("x", 10<<10)}, false},
		"line break":   {"10.0.0.1:1", []string{"a\r\nSet-Cookie: x"}, false},
		"not ASCII":    {"10.0.0.1:1", []string{"ü"}, false},
		"markup":       {"10.0.0.1:1", []string{"<b>"}, false},
		"empty":        {"10.0.0.1:1", []string{""}, false},
		"two of them":  {"10.0.0.1:1", []string{"a", "b"}, false},
		"none":         {"10.0.0.1:1", nil, false},
		"no such peer": {"", []string{"abc"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := get("/")
			r.RemoteAddr, r.Header["X-Request-Id"] = test.remote, test.sent
			var seen string
			q, w := serve(t, func(_ http.ResponseWriter, r *http.Request) { seen = httpaudit.RequestID(r.Context()) }, r, proxies())
			if seen != q.RequestID || w.Header().Get("X-Request-ID") != q.RequestID {
				t.Errorf("recorded %q, context has %q, client has %q", q.RequestID, seen, w.Header())
			}
			switch {
			case test.taken && q.RequestID != test.sent[0]:
				t.Errorf("got %q", q.RequestID)
			case !test.taken && !uuidv7.MatchString(q.RequestID):
				t.Errorf("got %q, want a UUIDv7", q.RequestID)
			}
		})
	}
}

func TestOwnRequestIDsAreUniqueAndHoldTheTime(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		before := time.Now().UnixMilli()
		q, _ := serve(t, nothing, get("/"))
		m := uuidv7.FindStringSubmatch(q.RequestID)
		if m == nil || seen[q.RequestID] {
			t.Fatalf("got %q", q.RequestID)
		}
		seen[q.RequestID] = true
		ms, _ := strconv.ParseInt(m[1]+m[2], 16, 64)
		if ms < before || ms > time.Now().UnixMilli() {
			t.Fatalf("%q was made at %d, not now", q.RequestID, ms)
		}
	}
}
