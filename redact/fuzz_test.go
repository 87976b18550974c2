package redact_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/eventgen/eventgen/redact"
)

// marker returns 16 random hexadecimal digits, three decimal ones among them, which stand for what must not get out.
func marker(seed uint64) string {
	return fmt.Sprintf("%013x907", rand.New(rand.NewPCG(seed, 1)).Uint64()>>12)
}

// noMarker fails when eight bytes in a row of the marker are in the output.
func noMarker(t *testing.T, marker, output string) {
	t.Helper()
	for i := range len(marker) - 7 {
		if strings.Contains(strings.ToLower(output), marker[i:i+8]) {
			t.Fatalf("%q holds a part of the marker %s", output, marker)
		}
	}
}

// apply returns what a rule makes of v, and checks what holds for every strategy: the buffer keeps what it had, nothing is
// left of a dropped value, and a valid string stays valid.
func apply(t *testing.T, r *redact.Rule, v string) (string, bool) {
	t.Helper()
	got, outcome := r.AppendString([]byte("before"), v)
	text, ok := strings.CutPrefix(string(got), "before")
	switch {
	case !ok:
		t.Fatalf("%q: the buffer is %q", v, got)
	case outcome == redact.Dropped && text != "":
		t.Fatalf("%q: dropped, but appended %q", v, text)
	case outcome == redact.Literal:
		t.Fatalf("%q: a string became the literal %s", v, text)
	case r.Strategy() != redact.Keep && !utf8.ValidString(text):
		t.Fatalf("%q: %q is not valid UTF-8", v, text)
	}
	return text, outcome == redact.Text
}

func FuzzParseKeys(f *testing.F) {
	f.Add(testKeys)
	f.Add("k1:AAAA,:,=")
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := redact.ParseKeys(text)
		if (err == nil) == keys.IsZero() {
			t.Fatalf("%q: %v, zero %v", text, err, keys.IsZero())
		}
		if err != nil && len(err.Error()) > 80 {
			t.Fatalf("%q: the error may quote it: %v", text, err)
		}
	})
}

func FuzzPolicy(f *testing.F) {
	f.Add("user.contact.email", "user.contact", "user", uint8(2), uint8(3))
	f.Add("", ".", "..", uint8(255), uint8(0))
	f.Fuzz(func(t *testing.T, category, first, second string, a, b uint8) {
		policy := redact.Policy{
			{Category: first, Strategies: redact.Strategies{Log: redact.Strategy(a)}},
			{Category: second, Strategies: redact.Strategies{Log: redact.Strategy(b)}},
		}
		engine, err := redact.NewEngine(policy, redact.RandomKeys())
		if err != nil {
			return
		}
		for s := redact.Drop; s < redact.Keep; s++ {
			if got := engine.Rule(category, redact.Log, s, true).Strategy(); got == redact.Keep {
				t.Fatalf("tightened by %s to keep", s)
			}
		}
		personal := category != "" && category != "none"
		if personal && engine.Rule(category, redact.Audit, redact.Keep, true).Strategy() != redact.Drop {
			t.Fatalf("%q: kept for a destination without a strategy", category)
		}
	})
}

func FuzzKeepAndReplaceAndDrop(f *testing.F) {
	keep, replace, drop := rule(f, id, redact.Keep), rule(f, id, redact.Replace), rule(f, id, redact.Drop)
	f.Add("jane\xff")
	f.Fuzz(func(t *testing.T, v string) {
		if got, ok := apply(t, keep, v); got != v || !ok {
			t.Fatalf("keep of %q = %q", v, got)
		}
		if got, ok := apply(t, replace, v); got != "[unique_id]" || !ok {
			t.Fatalf("replace of %q = %q", v, got)
		}
		if got, ok := apply(t, drop, v); ok {
			t.Fatalf("drop of %q = %q", v, got)
		}
	})
}

func FuzzMask(f *testing.F) {
	r := rule(f, id, redact.Mask)
	f.Add("", "jane@example.com", uint64(1))
	f.Add("é", "\xff", uint64(2))
	f.Fuzz(func(t *testing.T, before, after string, seed uint64) {
		v := before + marker(seed) + after
		got, _ := apply(t, r, v)
		noMarker(t, marker(seed), got)
		if utf8.RuneCountInString(strings.TrimSuffix(got, "***")) != 1 && got != "[unique_id]" {
			t.Fatalf("mask of %q = %q", v, got)
		}
	})
}

func FuzzHash(f *testing.F) {
	rules := map[string]*redact.Rule{}
	for _, category := range append(hashed, "user.device.ip_address") {
		rules[category] = rule(f, category, redact.Hash)
	}
	f.Add("jane@example.com", int64(1), 1.5)
	f.Add(" JÜRGEN\xff ", int64(-1), math.Inf(1))
	f.Add("::ffff:1.2.3.4%x", int64(0), 0.0)
	f.Fuzz(func(t *testing.T, v string, integer int64, number float64) {
		for category, r := range rules {
			got, ok := apply(t, r, v)
			digest, found := strings.CutPrefix(got, "h1.k1.")
			if raw, err := base64.RawURLEncoding.DecodeString(digest); !ok || !found || err != nil || len(raw) != 16 {
				t.Fatalf("hash of %q = %q, %v", v, got, err)
			}
			if want := pseudonym(category, normal(category, v)); got != want {
				t.Fatalf("hash of %q in %s = %s, want %s", v, category, got, want)
			}
		}
		asInteger, _ := rules[id].AppendInteger(nil, integer)
		asText, _ := rules[id].AppendString(nil, fmt.Sprint(integer))
		if string(asInteger) != string(asText) {
			t.Fatalf("%d hashes to %s, its text to %s", integer, asInteger, asText)
		}
		if _, outcome := rules[id].AppendNumber(nil, number); (outcome == redact.Text) != (number-number == 0) {
			t.Fatalf("%v: outcome %d", number, outcome)
		}
	})
}

// normal brings v into its normal form by other means than the package does.
func normal(category, v string) string {
	switch category {
	case id:
		return v
	case email:
		v = strings.TrimSpace(v)
		if utf8.ValidString(v) {
			return strings.ToLower(v)
		}
		var lower strings.Builder // strings.ToLower would replace invalid bytes
		for len(v) > 0 {
			r, size := utf8.DecodeRuneInString(v)
			if r == utf8.RuneError && size == 1 {
				lower.WriteByte(v[0])
			} else {
				lower.WriteString(strings.ToLower(v[:size]))
			}
			v = v[size:]
		}
		return lower.String()
	case "user.device.ip_address":
		v = strings.TrimSpace(v)
		if addr, err := netip.ParseAddr(v); err == nil {
			return addr.WithZone("").Unmap().String()
		}
		return v
	default:
		v = strings.TrimSpace(v)
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, v)
		if digits == "" {
			return v
		}
		return v[:strings.IndexAny(v[:1], "+")+1] + digits
	}
}

func FuzzTruncateIP(f *testing.F) {
	r := rule(f, id, redact.TruncateIP)
	for _, v := range []string{
		"203.0.113.7", "2001:db8::1", "::ffff:1.2.3.4", "fe80::1%eth0", "2002:cb00:7107::", "1.2.3.4%a", "",
	} {
		f.Add(v, uint64(1))
	}
	f.Fuzz(func(t *testing.T, v string, seed uint64) {
		got, _ := apply(t, r, v+marker(seed))
		noMarker(t, marker(seed), got)

		got, ok := apply(t, r, v)
		addr, err := netip.ParseAddr(v)
		if ok != (err == nil) {
			t.Fatalf("%q: %q, but netip says %v", v, got, err)
		}
		if !ok {
			return
		}
		network, err := netip.ParseAddr(got)
		if err != nil || network.Zone() != "" || network.Is4() != addr.Unmap().Is4() {
			t.Fatalf("%q: %q, %v", v, got, err)
		}
		bits := 48
		if network.Is4() {
			bits = 24
		}
		if prefix := netip.PrefixFrom(network, bits); prefix.Masked().Addr() != network {
			t.Fatalf("%q: %s has host bits", v, got)
		}
		if again, _ := apply(t, r, got); again != got {
			t.Fatalf("%q: %s, then %s", v, got, again)
		}
	})
}

func FuzzTruncateTime(f *testing.F) {
	r := rule(f, id, redact.TruncateTime)
	for _, v := range []string{
		"2026-05-03", "2026-05-03T10:20:30Z", "2026-05-03T10:20:30.5+02:00", "0000-01-01T00:00:00+23:59", "Z", "",
	} {
		f.Add(v, uint64(1), int64(1<<40))
	}
	f.Fuzz(func(t *testing.T, v string, seed uint64, unix int64) {
		got, _ := apply(t, r, v+marker(seed))
		noMarker(t, marker(seed), got)

		got, ok := apply(t, r, v)
		if at, err := time.Parse(time.RFC3339Nano, v); err == nil && at.UTC().Year() >= 0 && at.UTC().Year() <= 9999 {
			if want := at.UTC().Truncate(24 * time.Hour).Format(time.RFC3339); got != want {
				t.Fatalf("%q: %q, want %q", v, got, want)
			}
		}
		if _, err := time.Parse(time.RFC3339, got); ok && (err != nil || !strings.HasSuffix(got, "T00:00:00Z")) {
			t.Fatalf("%q: %q, %v", v, got, err)
		}
		day, outcome := r.AppendTime(nil, time.Unix(unix, 0))
		if _, err := time.Parse(time.RFC3339, string(day)); outcome == redact.Text && err != nil {
			t.Fatalf("%d: %s, %v", unix, day, err)
		}
	})
}

func FuzzRound(f *testing.F) {
	keep, round := rule(f, id, redact.Keep), rule(f, id, redact.Round)
	f.Add(int64(12345), 0.0567)
	f.Add(int64(math.MinInt64), math.MaxFloat64)
	f.Add(int64(995), math.NaN())
	f.Fuzz(func(t *testing.T, integer int64, number float64) {
		got, outcome := round.AppendInteger(nil, integer)
		if digits := strings.TrimRight(strings.TrimPrefix(string(got), "-"), "0"); outcome != redact.Literal || len(digits) > 2 {
			t.Fatalf("round of %d = %s, %d", integer, got, outcome)
		}
		for _, r := range []*redact.Rule{keep, round} {
			got, outcome := r.AppendNumber(nil, number)
			var back float64
			if err := json.Unmarshal(got, &back); (err == nil) != (outcome == redact.Literal) {
				t.Fatalf("%s of %v = %s, %d: %v", r.Strategy(), number, got, outcome, err)
			}
			if outcome == redact.Literal && math.Abs(back-number) > math.Abs(number)*0.0501 && math.Abs(number) > 1e-300 {
				t.Fatalf("%s of %v = %s", r.Strategy(), number, got)
			}
			if again, _ := r.AppendNumber(nil, back); outcome == redact.Literal && string(again) != string(got) {
				t.Fatalf("%s of %v = %s, then %s", r.Strategy(), number, got, again)
			}
		}
	})
}

func FuzzEmailDomain(f *testing.F) {
	r := rule(f, email, redact.EmailDomain)
	f.Add("jane", "example.com", uint64(1))
	f.Add("\"a@b\"", "XN--a.b ", uint64(1))
	f.Fuzz(func(t *testing.T, local, domain string, seed uint64) {
		got, _ := apply(t, r, local+marker(seed)+"@"+domain)
		noMarker(t, marker(seed), got)

		got, ok := apply(t, r, local+"@"+domain)
		if !ok {
			return
		}
		if strings.Trim(got, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" || !strings.Contains(got, ".") {
			t.Fatalf("%q@%q: %q is no domain", local, domain, got)
		}
		if u, err := url.Parse("//" + got); err != nil || u.Hostname() != got {
			t.Fatalf("%q@%q: %q is no host: %v", local, domain, got, err)
		}
	})
}

func FuzzScrubURL(f *testing.F) {
	r := rule(f, id, redact.ScrubURL)
	f.Add("https", "jane", "example.com", "users", "a=b", uint64(1))
	f.Add("", "", "", "a/b", "#", uint64(1))
	f.Add("app", "a@b", "[::1]:80", ";%40", "?", uint64(1))
	f.Fuzz(func(t *testing.T, scheme, user, host, path, query string, seed uint64) {
		m := marker(seed)
		v := scheme + "://" + user + m + "@" + host + "/" + path + m + path + "/" + m + "?" + query + m + "#" + m
		got, ok := apply(t, r, v)
		if !strings.Contains(hostOf(v), m) {
			noMarker(t, m, got)
		}
		checkScrubbed(t, r, v, got, ok)

		v = "/" + path + m + "?" + query
		got, ok = apply(t, r, v)
		if !strings.Contains(hostOf(v), m) {
			noMarker(t, m, got)
		}
		checkScrubbed(t, r, v, got, ok)

		got, ok = apply(t, r, path)
		checkScrubbed(t, r, path, got, ok)
	})
}

// hostOf returns the host of a URL by the letter of RFC 3986, in lower case: hosts are kept.
func hostOf(v string) string {
	v, _, _ = strings.Cut(v, "#")
	v, _, _ = strings.Cut(v, "?")
	_, rest, ok := strings.Cut(v, "//")
	if !ok {
		return ""
	}
	authority, _, _ := strings.Cut(rest, "/")
	return strings.ToLower(authority[strings.LastIndex(authority, "@")+1:])
}

// checkScrubbed checks what holds for every scrubbed URL; net/url is the judge of its parts.
func checkScrubbed(t *testing.T, r *redact.Rule, v, got string, ok bool) {
	t.Helper()
	if !ok {
		return
	}
	u, err := url.Parse(got)
	if err != nil || u.User != nil || u.RawQuery+u.Fragment+u.Opaque != "" || strings.ContainsAny(got, "@?#%\\ ") {
		t.Fatalf("%q: %q has parts that must be gone: %v", v, got, err)
	}
	given, err := url.Parse(v)
	if err == nil && (!strings.EqualFold(given.Host, u.Host) || !strings.EqualFold(given.Scheme, u.Scheme)) {
		t.Fatalf("%q: %q has another scheme or host", v, got)
	}
	if again, _ := apply(t, r, got); again != got {
		t.Fatalf("%q: %q, then %q", v, got, again)
	}
}

func FuzzStringAndValue(f *testing.F) {
	f.Add("jane", "%v")
	f.Add("\xff", "%#-40.3[1]x")
	f.Fuzz(func(t *testing.T, v, format string) {
		s, w := redact.Raw(v), redact.Wrap(v)
		if s.Reveal() != v || w.Reveal() != v || !s.Equal(redact.Raw(strings.Clone(v))) || !w.Equal(redact.Wrap(v)) {
			t.Fatalf("%q is not revealed as it was", v)
		}
		m := marker(uint64(len(v)))
		s, w = redact.Raw("s"+m+v), redact.Wrap("s"+m+v)
		noMarker(t, m, fmt.Sprintf(format, s, w, struct{ s redact.String }{s}))
		var back redact.String
		if err := back.UnmarshalText([]byte(v)); (err != nil) != (v == "[redacted]") || err == nil && back.Reveal() != v {
			t.Fatalf("%q decodes as %q, %v", v, back.Reveal(), err)
		}
	})
}
