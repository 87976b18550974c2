package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                      "",
		"/users/{id}":           "/users/{id}",
		"Zoë 東京 ½":              "Zoë 東京 ½",
		"\x1b[31mred":           `\x1b[31mred`,
		"a\nb\tc\rd":            `a\nb\tc\rd`,
		"\x00\x7f":              `\x00\x7f`,
		"\u009b31m":             `\u009b31m`,
		"\u202egnp":             `\u202egnp`,
		"zero\u200bwidth":       `zero\u200bwidth`,
		"no-break\u00a0space":   `no-break\u00a0space`,
		"\xff\xfe":              `\xff\xfe`,
		`C:\temp`:               `C:\\temp`,
		"\U000e0041tag":         `\U000e0041tag`,
		"replacement \ufffd ok": "replacement \ufffd ok",
	} {
		if got := visible(in); got != want {
			t.Errorf("visible(%q) = %q, want %q", in, got, want)
		}
	}
}

// FuzzOutput holds that no value, whatever it is, reaches a terminal with a control character in it, breaks the lines of a table,
// or reads as a formula, and that JSON gives it back.
func FuzzOutput(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b]0;x\x07", "\u202e", "=1+1", "\t=1", "a,b\"c", "\xff", "\U000e0001", `\u0000`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		s := &sheet{columns: []column{{"v", "V", text}, {"at", "AT", moment}}, rows: [][]any{{value, time.Unix(1, 0)}}}
		var table, comma bytes.Buffer
		if err := s.writeText(&table); err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(table.String(), "\n"); lines != 2 {
			t.Errorf("%q makes %d lines", value, lines)
		}
		if err := s.writeCSV(&comma); err != nil {
			t.Fatal(err)
		}
		object, err := encodeObject(s.columns, s.rows[0])
		if err != nil {
			t.Fatal(err)
		}
		safe := harmless(object)
		for name, out := range map[string]string{"text": table.String(), "csv": comma.String(), "json": string(safe)} {
			for _, r := range strings.ReplaceAll(out, "\n", "") {
				if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
					t.Errorf("%s of %q has %U", name, value, r)
				}
			}
		}
		cells, err := csv.NewReader(&comma).ReadAll()
		if err != nil || len(cells) != 2 || len(cells[1]) != 2 {
			t.Fatalf("CSV of %q reads as %q, %v", value, cells, err)
		}
		if cell := cells[1][0]; cell != "" && strings.ContainsAny(cell[:1], "=+-@") {
			t.Errorf("%q is a formula", cell)
		}
		var back struct{ V string }
		if err := json.Unmarshal(safe, &back); err != nil || back.V != strings.ToValidUTF8(value, "\ufffd") && !strings.Contains(back.V, "\ufffd") {
			t.Errorf("JSON of %q reads as %q, %v", value, back.V, err)
		}
	})
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2026-07-01":                "2026-07-01T00:00:00Z",
		"2026-07-01T10:00:00+02:00": "2026-07-01T08:00:00Z",
		"2026-07-01T10:00:00.5Z":    "2026-07-01T10:00:00.5Z",
		"1h":                        "2026-07-31T11:00:00Z",
		"90m":                       "2026-07-31T10:30:00Z",
		"7d":                        "2026-07-24T12:00:00Z",
		"2w":                        "2026-07-17T12:00:00Z",
		"1w1d":                      "2026-07-23T12:00:00Z",
		"1d12h":                     "2026-07-30T00:00:00Z",
		"0s":                        "2026-07-31T12:00:00Z",
	} {
		got, err := parseTime(in, noon)
		if err != nil || got.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("parseTime(%q) = %v, %v, want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"x", "-1h", "1", "d", "1x", "-3d", "1.5d", "99999999d", "1d-1h", "2026-13-01", "0d"} {
		if got, err := parseTime(in, noon); err == nil {
			t.Errorf("parseTime(%q) = %v", in, got)
		}
	}
}
