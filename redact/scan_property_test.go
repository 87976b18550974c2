package redact_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/eventgen/eventgen/redact"
)

// fragments are pieces that findings are made of, and what stands between them. Texts of them hold findings, halves of
// findings and findings that touch.
var fragments = strings.Split("jane|a@b.co|@|@example.com|.co|%40|git|é|@müller.de|用户|4111 1111 1111 1111|4111|1111|-1111|"+
	"378282246310005|4242424242424242|GB29 NWBK 6016 1331 9268 19|GB29|DE89370400440532013000|1.2.3.4|10.0.0.1|.5|/|//|://|"+
	"http://|user:pw@|host|Chrome/|::|::1|:|fe80::1|2001:db8|%eth0|ffff:|+|+1|+44 20 7946 0958|(|)|(201) |201-555-0123|555|"+
	"-0123|x12| ext 5|020 7946 0958|0044 |call |phone: | fax|SSN |order |123-45-6789|123|-45-|eyJhbGciOiJIUzI1NiJ9|."+
	"eyJzdWIiOiJ4In0|.c2ln|eyJ|-----BEGIN PRIVATE KEY-----|MIIE\n|-----END PRIVATE KEY-----|-----|AKIAIOSFODNN7EXAMPLE|ghp_|"+
	"aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5|sk-|sk_live_|xoxb-|0123456789abcdef0123456789abcdef|SK|[|]|[email]|[phone]|{|}| |  |\n|"+
	",|;|-|_|.|0|1|12|2024|2024-01-15|10:20|a|Z|\u00a0|–|\xff|\xc2|\x00", "|")

// randomText returns up to 14 fragments in a row, rarely with one many times.
func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(14) + 1 {
		times := 1
		if r.IntN(100) == 0 {
			times = r.IntN(200)
		}
		b.WriteString(strings.Repeat(fragments[r.IntN(len(fragments))], times))
		if r.IntN(5) == 0 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// checkScan checks what holds for every text: findings are sorted, within the text, between characters and of kinds that
// were asked for; cleaning replaces them and nothing else; and what is clean stays as it is.
func checkScan(t *testing.T, text string, kinds redact.Kinds) {
	t.Helper()
	findings := redact.AppendFindings(nil, text, kinds)
	var want strings.Builder
	end := 0
	for _, f := range findings {
		if f.Start < end || f.End <= f.Start || f.End > len(text) || !kinds.Has(f.Kind) {
			t.Fatalf("%q: finding %v in %v", text, f, findings)
		}
		if utf8.ValidString(text) && !utf8.ValidString(text[f.Start:f.End]) {
			t.Fatalf("%q: finding %v splits a character", text, f)
		}
		want.WriteString(text[end:f.Start] + "[" + string(f.Kind) + "]")
		end = f.End
	}
	want.WriteString(text[end:])
	clean := string(redact.AppendClean([]byte("before"), text, kinds))
	if clean != "before"+want.String() {
		t.Fatalf("%q: cleaned is %q, want %q", text, clean, want.String())
	}
	if again := redact.AppendFindings(nil, want.String(), kinds); len(again) > 0 {
		t.Fatalf("%q: %v; cleaned %q: %v", text, findings, want.String(), again)
	}
}

// TestScanProperties also checks that brackets end a finding like the ends of the text do, which cleaning rests on.
func TestScanProperties(t *testing.T) {
	t.Parallel()
	rounds := 200_000
	if testing.Short() || raceEnabled {
		rounds = 20_000
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range rounds {
		text := randomText(r)
		checkScan(t, text, redact.AllKinds)
		checkScan(t, text, redact.Kinds(r.Uint32())&redact.AllKinds)
		alone, bracketed := redact.Scan(text), redact.Scan("]"+text+"[")
		for i := range bracketed {
			bracketed[i].Start--
			bracketed[i].End--
		}
		if !slices.Equal(alone, bracketed) {
			t.Fatalf("%q: %v, in brackets %v", text, alone, bracketed)
		}
	}
}

func FuzzScan(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		f.Add(randomText(r), uint16(redact.AllKinds))
	}
	clean := rule(f, id, redact.ScanText)
	f.Fuzz(func(t *testing.T, text string, kinds uint16) {
		checkScan(t, text, redact.AllKinds)
		checkScan(t, text, redact.Kinds(kinds)&redact.AllKinds)
		got, ok := apply(t, clean, text)
		if ok != utf8.ValidString(text) {
			t.Fatalf("%q: scanned is %q, %v", text, got, ok)
		}
		if ok && len(redact.Scan(text)) == 0 && got != text {
			t.Fatalf("%q without findings became %q", text, got)
		}
		if again, _ := apply(t, clean, got); again != got {
			t.Fatalf("%q: %q, then %q", text, got, again)
		}
	})
}
