package redact_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/eventgen/eventgen/redact"
)

// strategies returns a rule for each strategy, all for one category.
func strategies(tb testing.TB) []*redact.Rule {
	tb.Helper()
	var all []*redact.Rule
	for s := redact.Drop; s <= redact.Keep; s++ {
		all = append(all, rule(tb, id, s))
	}
	return all
}

// formats say what the results of a strategy look like, and of no other. Keep and ScanText have none: they let text through.
var formats = map[redact.Strategy]func(string) bool{
	redact.Replace:  regexp.MustCompile(`^\[[a-z_]+\]$`).MatchString,
	redact.Hash:     regexp.MustCompile(`^h1\.[a-z0-9]{1,8}\.[A-Za-z0-9_-]{22}$`).MatchString,
	redact.Mask:     regexp.MustCompile(`^(?s).\*\*\*$`).MatchString,
	redact.ScrubURL: func(v string) bool { return strings.Contains(v, "/") && v != "/***" },
	redact.TruncateIP: func(v string) bool {
		_, err := netip.ParseAddr(v)
		return err == nil
	},
	redact.TruncateTime: func(v string) bool {
		_, err := time.Parse(time.RFC3339, v)
		return err == nil
	},
	redact.EmailDomain: func(v string) bool { return domain.MatchString(v) && !likePseudonym.MatchString(v) },
}

var (
	domain        = regexp.MustCompile(`^([a-z0-9-]+\.)+[a-z][a-z0-9-]*$`)
	likePseudonym = regexp.MustCompile(`^h1\.[a-z0-9-]+\.[a-z0-9-]{22}$`)
)

// pieces are what strategies make something of, results of strategies among them.
var pieces = strings.Split("jane|j***|/***|[email]|[unique_id]|@|@example.com|h1.k1.AiBpnaCQyJgsGmSDYxBZVA|h1.k1.|H1.K9.|"+
	"a@H1.k1.aibpnacqyjgsgmsdyxbzva|203.0.113.7|2001:db8::1|::|2002:cb00:7107::|2026-05-03|T10:20:30Z|+02:00|https://|//|/|a/b|users|:id|"+
	"?q=1|#f|[|]|***|*|.|..|-|é|用户|🙂| |\n|\x00|\xff|\xc2|1|42|1e9|0xff|xn--a|%41", "|")

func randomPieces(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(5) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

// checkStrategies checks what holds for each strategy and each string, and returns the results.
func checkStrategies(t *testing.T, rules []*redact.Rule, v string) {
	t.Helper()
	for _, r := range rules {
		got, ok := apply(t, r, v)
		if again, okAgain := apply(t, r, strings.Clone(v)); again != got || okAgain != ok {
			t.Fatalf("%s of %q is %q, then %q", r.Strategy(), v, got, again)
		}
		if format := formats[r.Strategy()]; !ok || format == nil {
			continue
		}
		fallback := r.Strategy() == redact.Mask && got == "[unique_id]"
		for s, matches := range formats {
			if want := s == r.Strategy() && !fallback || s == redact.Replace && fallback; matches(got) != want {
				t.Fatalf("%s of %q = %q; is it of the form of %s: %v", r.Strategy(), v, got, s, !want)
			}
		}
	}
}

// TestFormatsDoNotCollide: from a result follows the strategy that made it, whatever the value was.
func TestFormatsDoNotCollide(t *testing.T) {
	t.Parallel()
	rules := strategies(t)
	r := rand.New(rand.NewPCG(1, 2))
	made := map[redact.Strategy]bool{}
	for range 20_000 {
		v := randomPieces(r)
		checkStrategies(t, rules, v)
		for _, rule := range rules {
			if _, ok := apply(t, rule, v); ok {
				made[rule.Strategy()] = true
			}
		}
	}
	for s := range formats {
		if !made[s] {
			t.Errorf("no value was handled by %s", s)
		}
	}
}

// FuzzStrategies feeds every strategy anything.
func FuzzStrategies(f *testing.F) {
	rules := strategies(f)
	f.Add("")
	f.Add("\xff\xfe")
	f.Add("jane\x00\n@h1.k1.aibpnacqyjgsgmsdyxbzva")
	f.Add(strings.Repeat("https://a.b/1?", 1<<12))
	for _, p := range pieces {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, v string) { checkStrategies(t, rules, v) })
}

// TestAwkwardStrings says what each strategy makes of empty, malformed, huge and invalid text: "-" is dropped.
func TestAwkwardStrings(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("x", 10<<20)
	const dropped = "-"
	same := func(v string) string { return v }
	always := func(result string) func(string) string { return func(string) string { return result } }
	valid := func(v string) string {
		if utf8.ValidString(v) {
			return v
		}
		return dropped
	}
	mask := func(v string) string {
		if strings.HasPrefix(v, "x") {
			return "x***"
		}
		return "[unique_id]"
	}
	want := map[redact.Strategy]func(string) string{
		redact.Drop: always(dropped), redact.Replace: always("[unique_id]"), redact.Mask: mask,
		redact.Hash:       func(v string) string { return pseudonym(id, v) },
		redact.TruncateIP: always(dropped), redact.TruncateTime: always(dropped), redact.Round: always(dropped),
		redact.EmailDomain: always(dropped), redact.ScrubURL: always(dropped), redact.ScanText: valid, redact.Keep: same,
	}
	for _, r := range strategies(t) {
		for _, v := range []string{"", " ", "\x00", "\xff", "\xed\xa0\x80", "@", ":", "…", "{", huge, huge[:100] + "\xff"} {
			got, ok := apply(t, r, v)
			if !ok {
				got = dropped
			}
			if got != want[r.Strategy()](v) {
				t.Errorf("%s of %.20q (%d bytes) = %.40q", r.Strategy(), v, len(v), got)
			}
		}
	}
}

// TestMaskOfAnything: of any text one character in four at most is shown, at its place, and never how many there are.
func TestMaskOfAnything(t *testing.T) {
	t.Parallel()
	mask := rule(t, id, redact.Mask)
	r := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		v := randomPieces(r)
		got, _ := apply(t, mask, v)
		shown, masked := strings.CutSuffix(got, "***")
		switch {
		case got == "[unique_id]":
		case !masked || !strings.HasPrefix(v, shown) || 4*utf8.RuneCountInString(shown) > utf8.RuneCountInString(v):
			t.Fatalf("mask of %q shows %q", v, got)
		case utf8.RuneCountInString(got) != 4:
			t.Fatalf("mask of %q = %q tells a length", v, got)
		}
	}
}

// TestHashIsAFunctionOfKeyCategoryAndValue: equal in all three means equal, and different in one means different.
func TestHashIsAFunctionOfKeyCategoryAndValue(t *testing.T) {
	t.Parallel()
	const perKey = 300
	policy := redact.Policy{{Category: "user", Strategies: all(redact.Hash)}}
	r := rand.New(rand.NewPCG(5, 6))
	values := map[string]bool{}
	for len(values) < perKey {
		values[fmt.Sprintf("%s%d", randomPieces(r), r.IntN(1000))] = true
	}
	owner := map[string]string{}
	for k := range 3 {
		text, err := redact.NewKey(fmt.Sprintf("k%d", k))
		if err != nil {
			t.Fatal(err)
		}
		for _, category := range []string{"user.a", "user.b", "user.a.b"} {
			for v := range values {
				first, second := hashWith(t, policy, text, category, v), hashWith(t, policy, text, category, v)
				if first != second {
					t.Fatalf("%q in %s: %s, then %s", v, category, first, second)
				}
				digest := first[strings.LastIndexByte(first, '.'):]
				if other, taken := owner[digest]; taken {
					t.Fatalf("%q in %s under key %d has the digest of %s", v, category, k, other)
				}
				owner[digest] = fmt.Sprintf("%q in %s under key %d", v, category, k)
			}
		}
	}
}

// hashWith hashes with an engine that is made anew, so that nothing is shared between two calls but the key's text.
func hashWith(t *testing.T, policy redact.Policy, key, category, v string) string {
	t.Helper()
	keys, err := redact.ParseKeys(key)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := redact.NewEngine(policy, keys)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := apply(t, engine.Rule(category, redact.Log, redact.Drop, false), v)
	if !ok {
		t.Fatalf("%q is dropped", v)
	}
	return got
}

// TestNumbersLookLikeNumbers: what Round and Keep make of numbers is a JSON number, which no other strategy gives.
func TestNumbersLookLikeNumbers(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		n := r.Int64() >> r.IntN(64)
		for _, rule := range strategies(t) {
			got, outcome := rule.AppendInteger(nil, n)
			number := outcome == redact.Literal
			if number != (rule.Strategy() == redact.Keep || rule.Strategy() == redact.Round) || number && !json.Valid(got) {
				t.Fatalf("%s of %d = %s, %d", rule.Strategy(), n, got, outcome)
			}
		}
	}
}
