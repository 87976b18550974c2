package redact_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// Pseudonyms computed with Python's hmac module from the description of the algorithm. They are on disks and in PostHog:
// a change here breaks every join.
var pseudonyms = []struct{ category, value, k1, k0 string }{
	{email, "jane@example.com", "h1.k1.AiBpnaCQyJgsGmSDYxBZVA", "h1.k0.qOFbdaXWoUQWbAtYemiPLA"},
	{id, "user_123", "h1.k1.Moy8tKFNAVsgogPHCrIktQ", "h1.k0.tcN-QGPVXIctWCV3x6oDew"},
	{id, "", "h1.k1.GYFXN3yxDzUVMNjTw9CAQQ", "h1.k0.VrT36Hb8PEz57H1PoZ8G3w"},
	{id, "42", "h1.k1.Ui4hp6bfTTrN7oI1pquqlA", "h1.k0._fsIPewfUUPQ2FK2cPmQhw"},
	{"user.contact.phone_number", "+4915112345678", "h1.k1.64CqK598Sa-fgzL0qbudpQ", "h1.k0.mpTGIHLulRvI19s3OLLUBQ"},
	{"user.device.ip_address", "203.0.113.7", "h1.k1.brFu6p2jHz4FXGxaKOPuvg", "h1.k0.6tPX7VXODG9hWy93h6Xuiw"},
	{"user.device.ip_address", "2001:db8::1", "h1.k1.bsSn9r50E5tu59BmXMKKFw", "h1.k0.FHuWZPHrcx9AS5eWN33YYw"},
	{id, strings.Repeat("x", 1000), "h1.k1.gpOfj3JlzcIs9mUjX3leFw", "h1.k0.LxLO0cqilqdKMLlhaHG9rA"},
}

func TestHashKnownAnswers(t *testing.T) {
	t.Parallel()
	engine, err := redact.NewEngine(nil, keys(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range pseudonyms {
		testStrings(t, rule(t, c.category, redact.Hash), []stringCase{{c.value, c.k1}})
		if got := engine.Pseudonyms(c.category, c.value); !slices.Equal(got, []string{c.k1, c.k0}) {
			t.Errorf("pseudonyms of %.20q: %v, want %s and %s", c.value, got, c.k1, c.k0)
		}
	}
}

// pseudonym computes by crypto/hmac what a rule with testKeys makes of a value that is in its normal form.
func pseudonym(category, normal string) string {
	master := make([]byte, 32)
	for i := range master {
		master[i] = byte(i)
	}
	subkey := hmac.New(sha256.New, master)
	subkey.Write([]byte("eventgen redact h1\x00" + category))
	digest := hmac.New(sha256.New, subkey.Sum(nil))
	digest.Write([]byte(category + "\x00" + normal))
	return "h1.k1." + base64.RawURLEncoding.EncodeToString(digest.Sum(nil)[:16])
}

func TestHashAgainstCryptoHMAC(t *testing.T) {
	t.Parallel()
	r := rule(t, id, redact.Hash)
	for n := range 600 { // past the ends of the buffer and of SHA-256's blocks
		v := strings.Repeat("aé\xff\x00", n/4+1)[:n]
		testStrings(t, r, []stringCase{{v, pseudonym(id, v)}})
	}
	huge := strings.Repeat("0123456789", 1<<20)
	testStrings(t, r, []stringCase{{huge, pseudonym(id, huge)}})
	testStrings(t, rule(t, email, redact.Hash), []stringCase{{" " + huge + "X", pseudonym(email, huge+"x")}})
}

func TestHashNormalises(t *testing.T) {
	t.Parallel()
	const phone, address = "user.contact.phone_number", "user.device.ip_address"
	cases := []struct{ category, give, normal string }{
		{email, " Jane@Example.COM\t\n", "jane@example.com"},
		{email, "jane+tag@example.com", "jane+tag@example.com"},
		{email, "J.Ane@example.com", "j.ane@example.com"},
		{email, "JÜRGEN@BÜCHER.example", "jürgen@bücher.example"},
		{email, "A\xffB\xc3", "a\xffb\xc3"},
		{email, "A�", "a�"},
		{"user.work_email", "A@B.C", "a@b.c"},
		{"user.email_text", "A@B.C", "A@B.C"},
		{phone, "+49 (151) 123-456.78", "+4915112345678"},
		{phone, " 0151/12345678 ", "015112345678"},
		{phone, "tel:+49151", "49151"},
		{phone, "ext. 9", "9"},
		{phone, " none ", "none"},
		{phone, "+", "+"},
		{phone, "", ""},
		{"user.contact.fax_number", "+1 2", "+12"},
		{address, "::ffff:203.0.113.7", "203.0.113.7"},
		{address, " 203.0.113.7 ", "203.0.113.7"},
		{address, "2001:DB8:0:0::1%eth0", "2001:db8::1"},
		{address, "::ffff:cb00:7107", "203.0.113.7"},
		{address, "203.0.113.7:80", "203.0.113.7:80"},
		{address, "unknown", "unknown"},
		{"user.device.ip", "::FFFF:1.2.3.4", "1.2.3.4"},
		{"user.device.zip", "::FFFF:1.2.3.4", "::FFFF:1.2.3.4"},
		{id, " User_1 ", " User_1 "},
	}
	for _, c := range cases {
		testStrings(t, rule(t, c.category, redact.Hash), []stringCase{{c.give, pseudonym(c.category, c.normal)}})
	}
}

func TestHashOfOtherTypesIsThatOfTheirText(t *testing.T) {
	t.Parallel()
	r := rule(t, id, redact.Hash)
	check := func(normal string) func([]byte, redact.Outcome) {
		return func(got []byte, outcome redact.Outcome) {
			t.Helper()
			if want := pseudonym(id, normal); string(got) != want || outcome != redact.Text {
				t.Errorf("%s: %s, %d; want %s", normal, got, outcome, want)
			}
		}
	}
	check("42")(r.AppendInteger(nil, 42))
	check("42")(r.AppendNumber(nil, 42))
	check("0")(r.AppendNumber(nil, math.Copysign(0, -1)))
	check("-9007199254740992")(r.AppendInteger(nil, -1<<53))
	check("-9007199254740992")(r.AppendNumber(nil, -1<<53))
	check("0.1")(r.AppendNumber(nil, 0.1))
	check("1.7976931348623157e+308")(r.AppendNumber(nil, math.MaxFloat64))
	check("false")(r.AppendBoolean(nil, false))
	check("2026-05-03T10:20:30.000000001Z")(r.AppendTime(nil, time.Date(2026, 5, 3, 10, 20, 30, 1, time.UTC)))
}

// The same value must never join between categories, keys, or a category and one that begins like it.
func TestHashScopes(t *testing.T) {
	t.Parallel()
	engine, err := redact.NewEngine(redact.Policy{{Category: "user", Strategies: all(redact.Hash)}}, keys(t))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, category := range []string{"user.a", "user.b", "user.a.b", "user"} {
		for _, p := range engine.Pseudonyms(category, "v") {
			if earlier, ok := seen[p[len("h1.kx."):]]; ok {
				t.Errorf("%s and %s share %s", category, earlier, p)
			}
			seen[p[len("h1.kx."):]] = category
		}
		// Destinations of one category do join: that is what the audit trail needs.
		a, _ := engine.Rule(category, redact.PostHog, redact.Drop, false).AppendString(nil, "v")
		b, _ := engine.Rule(category, redact.Log, redact.Drop, false).AppendString(nil, "v")
		if string(a) != string(b) {
			t.Errorf("%s: %s and %s for two destinations", category, a, b)
		}
	}
}

// After a rotation, what was sent under the former key is still found.
func TestPseudonymsAcrossRotation(t *testing.T) {
	t.Parallel()
	former, active, _ := strings.Cut(testKeys, ",")
	engines := make([]*redact.Engine, 2)
	for i, text := range []string{former, active + "," + former} {
		keys, err := redact.ParseKeys(text)
		if err != nil {
			t.Fatal(err)
		}
		if engines[i], err = redact.NewEngine(nil, keys); err != nil {
			t.Fatal(err)
		}
	}
	before, after := engines[0].Pseudonyms(email, "a@b.example"), engines[1].Pseudonyms(email, "A@b.example ")
	if len(before) != 1 || len(after) != 2 || before[0] != after[1] || after[0] == after[1] {
		t.Errorf("before %v, after %v", before, after)
	}
	none, err := redact.NewEngine(nil, redact.Keys{})
	if err != nil || none.Pseudonyms(email, "a@b.example") != nil {
		t.Errorf("without keys: %v, %v", none.Pseudonyms(email, "a@b.example"), err)
	}
}
