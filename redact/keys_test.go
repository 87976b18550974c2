package redact_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/redact"
)

func TestParseKeysEncodings(t *testing.T) {
	t.Parallel()
	secret := bytes.Repeat([]byte{0xfb, 0xff, 0xfe, 1}, 10) // has + and / in base64, and padding
	engine := func(text string) *redact.Engine {
		keys, err := redact.ParseKeys(text)
		if err != nil || keys.IsZero() {
			t.Fatalf("%v, zero %v", err, keys.IsZero())
		}
		e, err := redact.NewEngine(nil, keys)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	want := engine("a:"+base64.StdEncoding.EncodeToString(secret)).Pseudonyms(id, "v")[0]
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if got := engine(" a:"+encoding.EncodeToString(secret)+"\n").Pseudonyms(id, "v")[0]; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestParseKeysErrors(t *testing.T) {
	t.Parallel()
	const good = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
	cases := []struct{ give, want string }{
		{"", "key 1: want kid:base64"},
		{good, "key 1: want kid:base64"},
		{"k1:" + good + ",", "key 2: want kid:base64"},
		{":" + good, "key 1: the kid"},
		{"K1:" + good, "key 1: the kid"},
		{"k-1:" + good, "key 1: the kid"},
		{"ké:" + good, "key 1: the kid"},
		{"toolong89:" + good, "key 1: the kid"},
		{"k1:", "key 1: the secret is shorter"},
		{"k1:" + good[:42], "key 1: the secret is shorter"},
		{"k1:" + good[:40] + "!!!", "key 1: the secret is not base64"},
		{"k1:" + good[:20] + "-" + good[20:40] + "/a", "key 1: the secret is not base64"},
		{"k1:" + good + ":x", "key 1: the secret is not base64"},
		{"k1:" + good + ",k1:" + good[1:] + "B", "key 2: same id or same secret as key 1"},
		{"k1:" + good + ",k2:" + good + "=", "key 2: same id or same secret as key 1"},
	}
	for _, c := range cases {
		keys, err := redact.ParseKeys(c.give)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want it to say %q", c.give, err, c.want)
			continue
		}
		if !keys.IsZero() {
			t.Errorf("%q: keys beside an error", c.give)
		}
		if strings.Contains(err.Error(), "AAEC") || strings.Contains(err.Error(), "toolong") {
			t.Errorf("%q: the error quotes the input: %v", c.give, err)
		}
	}
}

func TestNewKey(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 100 {
		line, err := redact.NewKey("k7")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := redact.ParseKeys(line); err != nil || !strings.HasPrefix(line, "k7:") || seen[line] {
			t.Fatalf("%v, seen %v", err, seen[line])
		}
		seen[line] = true
	}
	for _, kid := range []string{"", "K", "a b", "123456789"} {
		if line, err := redact.NewKey(kid); err == nil || line != "" {
			t.Errorf("kid %q: %v", kid, err)
		}
	}
}

func TestRandomKeys(t *testing.T) {
	t.Parallel()
	var got [2]string
	for i := range got {
		engine, err := redact.NewEngine(nil, redact.RandomKeys())
		if err != nil {
			t.Fatal(err)
		}
		got[i] = engine.Pseudonyms(id, "v")[0]
	}
	if got[0] == got[1] || !strings.HasPrefix(got[0], "h1.random.") {
		t.Errorf("%s, %s", got[0], got[1])
	}
	if !(redact.Keys{}).IsZero() {
		t.Error("the zero Keys holds a key")
	}
}

func encodeKey(secret string) string { return base64.StdEncoding.EncodeToString([]byte(secret)) }
