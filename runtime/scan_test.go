package runtime

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// planted is one value of each kind.
var planted = map[redact.Kind]string{
	redact.KindEmail:          "jane.doe@example.com",
	redact.KindCard:           "4111 1111 1111 1111",
	redact.KindIBAN:           "DE89 3704 0044 0532 0130 00",
	redact.KindIPv4:           "203.0.113.77",
	redact.KindIPv6:           "2001:db8::8a2e:370:7334",
	redact.KindPhone:          "+49 30 901820",
	redact.KindSSN:            "123-45-6789",
	redact.KindJWT:            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2lnbmF0dXJlLW9mLWphbmU",
	redact.KindPrivateKey:     "-----BEGIN PRIVATE KEY-----\nMIIEjane\n-----END PRIVATE KEY-----",
	redact.KindURLCredentials: "https://jane:hunter2@example.com/",
	redact.KindSecret:         "gh" + "p_aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5",
}

// posts is a registry of one event with a text in every place that a text can be in, and a person and a group.
func posts(scan Scanning) *Registry {
	text := Value{Type: String}
	box := &Object{Properties: []Property{{Name: "text", Value: text}}}
	properties := []Property{
		{Name: "text", Required: true, Value: Value{Type: String, MinLength: 1}},
		{Name: "tags", Value: Value{Type: Array, UniqueItems: true, Items: &text}},
		{Name: "labels", Value: Value{Type: Map, Values: &text}},
		{Name: "counts", Value: Value{Type: Map, Values: &Value{Type: Integer}}},
		{Name: "box", Value: Value{Type: Objects, Object: box}},
		{Name: "boxes", Value: Value{Type: Array, Items: &Value{Type: Objects, Object: box}}},
		{Name: "shelf", Value: Value{Type: Map, Values: &Value{Type: Array, Items: &Value{Type: Objects, Object: box}}}},
		{Name: "extra", Nullable: true, Value: Value{Type: Any}},
		{Name: "nested", Value: Value{Type: Map, Values: &Value{Type: Map, Unscanned: true, Values: &text}}},
		{Name: "known", Value: Value{Type: String, Unscanned: true}},
		{Name: "kept", Value: Value{Type: String, Category: "user.contact"}},
		{Name: "short", Value: Value{Type: String, MaxLength: 20}},
		{Name: "link", Value: Value{Type: String, Format: URI}},
		{Name: "rawPath", Value: text},
		{Name: "user_agent", Value: text},
	}
	return &Registry{
		Package: "posts",
		Scan:    scan,
		Policy:  redact.Policy{{Category: "user.contact", Strategies: redact.Strategies{PostHog: redact.Keep, Audit: redact.Keep}}},
		Events: []*Event{
			{Name: "post", Object: Object{Properties: properties}},
			{Name: "$identify", Kind: KindIdentify, Object: Object{Properties: properties}},
			{Name: "$groupidentify", Kind: KindGroup, Group: "company", Object: Object{Properties: properties}},
		},
	}
}

// scanning is a client with what it recorded and logged.
type scanning struct {
	*Client
	reg *Registry
	got []Recorded
	log *bytes.Buffer
}

func newScanning(t *testing.T, scan Scanning, properties ...Property) *scanning {
	t.Helper()
	s := &scanning{reg: posts(scan), log: &bytes.Buffer{}}
	if properties != nil {
		s.reg.Events[0].Object.Properties = properties
	}
	logger := slog.New(slog.NewJSONHandler(s.log, nil))
	c, err := New(s.reg, Config{}, WithLogger(logger), WithRecorder(func(r Recorded) { s.got = append(s.got, r) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeClient(t, c) })
	s.Client = c
	return s
}

// track sends the n-th event of the registry with the given properties and returns what each lane holds.
func (s *scanning) track(t *testing.T, n int, id string, properties map[string]any, opts ...EventOption) (map[redact.Destination]string, error) {
	t.Helper()
	w := s.Begin(t.Context(), s.reg.Events[n], id, opts)
	w.members(properties)
	if err := w.Commit(); err != nil {
		return nil, err
	}
	lanes := map[redact.Destination]string{}
	for d, m := range s.got[len(s.got)-1].Messages {
		if !json.Valid(m.Properties) {
			t.Fatalf("not JSON: %s", m.Properties)
		}
		lanes[d] = string(m.Properties)
	}
	if len(lanes) != 3 {
		t.Fatalf("%d destinations, want 3", len(lanes))
	}
	return lanes, nil
}

// place is a position of a planted text: what is sent, what is expected under mask and drop, and the place that is named.
type place struct {
	name       string
	value      func(text string) map[string]any
	mask, drop func(clean string) map[string]any
	found      string
}

func at(path string, wrap func(text string) any) func(string) map[string]any {
	return func(text string) map[string]any { return map[string]any{path: wrap(text)} }
}

func left(string) map[string]any { return map[string]any{} }

func places() []place {
	same := func(path string, wrap func(string) any, drop func(string) map[string]any, found string) place {
		return place{path, at(path, wrap), at(path, wrap), drop, found}
	}
	box := func(text string) any { return map[string]any{"text": text} }
	list := func(text string) any { return []any{"plain", text} }
	return []place{
		same("text", func(text string) any { return text }, left, "text"),
		same("tags", list, at("tags", func(string) any { return []any{"plain"} }), "tags[]"),
		same("labels", func(text string) any { return map[string]any{"a": text, "b": "plain"} },
			at("labels", func(string) any { return map[string]any{"b": "plain"} }), "labels[*]"),
		same("box", box, at("box", func(string) any { return map[string]any{} }), "box.text"),
		same("boxes", func(text string) any { return []any{box(text)} },
			at("boxes", func(string) any { return []any{map[string]any{}} }), "boxes[].text"),
		same("shelf", func(text string) any { return map[string]any{"a": []any{box(text)}} },
			at("shelf", func(string) any { return map[string]any{"a": []any{map[string]any{}}} }), "shelf[*][].text"),
		same("extra", func(text string) any { return text }, at("extra", func(string) any { return nil }), "extra"),
		same("extra", func(text string) any { return map[string]any{"a": []any{text, 1.0}} },
			at("extra", func(string) any { return map[string]any{"a": []any{nil, 1.0}} }), "extra"),
		{
			"labels", at("labels", func(text string) any { return map[string]any{"!a": "x", text: "y"} }),
			at("labels", func(string) any { return map[string]any{"!a": "x", "[key] #2": "y"} }),
			at("labels", func(string) any { return map[string]any{"!a": "x", "[key] #2": "y"} }), "labels[*]",
		},
		{
			"counts", at("counts", func(text string) any { return map[string]any{text: 1.0} }),
			at("counts", func(string) any { return map[string]any{"[key] #1": 1.0} }),
			at("counts", func(string) any { return map[string]any{"[key] #1": 1.0} }), "counts[*]",
		},
		{
			"nested", at("nested", func(text string) any { return map[string]any{text: map[string]any{"a": "b"}} }),
			at("nested", func(string) any { return map[string]any{"[key] #1": map[string]any{"a": "b"}} }),
			at("nested", func(string) any { return map[string]any{"[key] #1": map[string]any{"a": "b"}} }), "nested[*]",
		},
		{
			"extra", at("extra", func(text string) any { return map[string]any{text: map[string]any{"b": 1.0}} }),
			at("extra", func(string) any { return map[string]any{"[key] #1": map[string]any{"b": 1.0}} }),
			at("extra", func(string) any { return map[string]any{"[key] #1": map[string]any{"b": 1.0}} }), "extra",
		},
	}
}

// TestPlantedValues plants a value of each kind in each place of each sort of event, under each action.
func TestPlantedValues(t *testing.T) {
	t.Parallel()
	for action, name := range map[ScanAction]string{ScanReport: "report", ScanMask: "mask", ScanDrop: "drop"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for kind, value := range planted {
				text := "on hold: " + value + " for now"
				if kind == redact.KindPhone {
					text = "call " + value
				}
				for _, p := range places() {
					s := newScanning(t, Scanning{Mode: ScanFull, Action: action})
					for n := range s.reg.Events {
						s.plant(t, kind, text, p, n)
					}
				}
			}
		})
	}
}

// plant sends the n-th event of the registry with a text in one place.
func (s *scanning) plant(t *testing.T, kind redact.Kind, text string, p place, n int) {
	t.Helper()
	s.log.Reset()
	action := s.reg.Scan.Action
	given := map[string]any{"text": "plain"}
	maps.Copy(given, p.value(text))
	lanes, err := s.track(t, n, "u1", given)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"text": "plain"}
	switch action {
	case ScanReport:
		want = given
	case ScanMask:
		maps.Copy(want, p.mask(string(redact.AppendClean(nil, text, redact.AllKinds))))
	case ScanDrop:
		if p.name == "text" {
			want = map[string]any{}
		}
		maps.Copy(want, p.drop(""))
	}
	for d, lane := range lanes {
		if got := own(t, lane); !reflect.DeepEqual(got, want) {
			t.Errorf("%s in %s for %s:\ngot  %v\nwant %v", kind, p.found, d, got, want)
		}
		if action != ScanReport && strings.Contains(lane, escaped(planted[kind])) {
			t.Errorf("%s in %s for %s is not hidden: %s", kind, p.found, d, lane)
		}
	}
	if got := s.Stats().Findings; !maps.Equal(got, Counts{string(kind): uint64(n) + 1}) {
		t.Errorf("%s in %s of event %d is counted as %v", kind, p.found, n, got)
	}
	line := s.log.String()
	if !strings.Contains(line, `"property":"`+p.found+`","kind":"`+string(kind)+`"`) || strings.Contains(line, escaped(planted[kind])) {
		t.Errorf("%s in %s is logged as %s", kind, p.found, line)
	}
}

// escaped returns text as it is within a JSON string.
func escaped(text string) string { return strings.ReplaceAll(text, "\n", `\n`) }

// own returns the properties of a message that are the registry's.
func own(t *testing.T, lane string) map[string]any {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(lane), &all); err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{"$set", "$group_set"} {
		if inner, ok := all[set].(map[string]any); ok {
			return inner
		}
	}
	maps.DeleteFunc(all, func(key string, _ any) bool { return strings.HasPrefix(key, "$") })
	return all
}

// TestScanAgainstRedact holds what is sent against redact.AppendClean on the same texts, and clean texts against those of a
// client that does not scan.
func TestScanAgainstRedact(t *testing.T) {
	t.Parallel()
	mask := newScanning(t, Scanning{Mode: ScanFull, Action: ScanMask})
	off := newScanning(t, Scanning{Mode: ScanOff, Action: ScanMask})
	r := rand.New(rand.NewPCG(1, 2))
	pieces := append(slices.Collect(maps.Values(planted)), " ", "é", "\"", "\n", "@", "/", "1", "order 77", "2024-01-02", "[email]", "v1.2.3.4")
	for range 1000 {
		var b strings.Builder
		for range r.IntN(6) + 1 {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		text := b.String()
		given := map[string]any{"text": text, "rawPath": text, "user_agent": text, "extra": []any{text}}
		id := WithUUID(newUUID(time.Now().UnixMicro()))
		got, err := mask.track(t, 0, "u1", given, id)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := off.track(t, 0, "u1", given, id)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]any{
			"text":       string(redact.AppendClean(nil, text, redact.AllKinds)),
			"rawPath":    string(redact.AppendClean(nil, text, redact.KindsFor("path"))),
			"user_agent": string(redact.AppendClean(nil, text, redact.KindsFor("user_agent"))),
			"extra":      []any{string(redact.AppendClean(nil, text, redact.AllKinds))},
		}
		if has := own(t, got[toPostHog]); !reflect.DeepEqual(has, want) {
			t.Fatalf("%q\ngot  %v\nwant %v", text, has, want)
		}
		if len(redact.Scan(text)) == 0 && !reflect.DeepEqual(got, plain) {
			t.Fatalf("%q is clean and became\n%v, want\n%v", text, got, plain)
		}
	}
	if found := off.Stats().Findings; found != nil {
		t.Errorf("findings without a scan: %v", found)
	}
}

// TestScanFollowsValidation: what is valid is decided by the text that was given.
func TestScanFollowsValidation(t *testing.T) {
	t.Parallel()
	for _, action := range []ScanAction{ScanReport, ScanMask, ScanDrop} {
		s := newScanning(t, Scanning{Mode: ScanFull, Action: action})
		valid := map[string]any{
			"text":  "4111111111111111", // "" is refused
			"short": "jane@example.com xxx",
			"tags":  []any{"a@example.com", "b@example.com"}, // masked, they are equal
		}
		if _, err := s.track(t, 0, "u1", valid); err != nil {
			t.Error(err)
		}
		findings := s.Stats().Findings
		for path, value := range map[string]any{
			"short": "jane@example.com xxxx",
			"tags":  []any{"a@example.com", "a@example.com"},
			"link":  "jane@example.com",
		} {
			_, err := s.track(t, 0, "u1", map[string]any{"text": "x", path: value})
			var invalid *ValidationError
			if !errors.As(err, &invalid) || !strings.HasPrefix(invalid.Violations[0].Path, path) {
				t.Errorf("%s: %v", path, err)
			}
		}
		if after := s.Stats().Findings; !maps.Equal(findings, after) {
			t.Errorf("refused events are counted: %v, then %v", findings, after)
		}
	}
}

func TestScanLooksForWhatTheFormatLeavesRoomFor(t *testing.T) {
	t.Parallel()
	reg := posts(Scanning{})
	o := reg.Events[0].Object.Properties
	enum := Enum{Strings: []string{"jane@example.com"}}
	for _, test := range []struct {
		name  string
		value Value
		want  redact.Kinds
	}{
		{"text", o[0].Value, redact.AllKinds},
		{"labels", o[2].Value, redact.AllKinds},
		{"extra", o[7].Value, redact.AllKinds},
		{"known", o[9].Value, 0},
		{"kept", o[10].Value, 0},
		{"kept_map", Value{Type: Map, Values: &o[10].Value}, 0},
		{"box", o[4].Value, 0},
		{"tags", o[1].Value, 0}, // its items are
		{"count", Value{Type: Integer}, numberKinds},
		{"ratio", Value{Type: Number, Category: "none"}, numberKinds},
		{"serial", Value{Type: Integer, Unscanned: true}, 0},
		{"size", Value{Type: Integer, Enum: &Enum{Integers: []int64{4111111111111111}}}, 0},
		{"income", Value{Type: Integer, Category: "user.financial"}, 0},
		{"done", Value{Type: Boolean}, 0},
		{"state", Value{Type: String, Enum: &enum}, 0},
		{"fixed", Value{Type: String, Const: `"jane@example.com"`}, 0},
		{"id", Value{Type: String, Format: UUIDFormat}, 0},
		{"ip", Value{Type: String, Format: IP}, 0},
		{"day", Value{Type: String, Format: Date}, 0},
		{"host", Value{Type: String, Format: Hostname}, 0},
		{"path", Value{Type: String, Format: UUIDFormat}, 0}, // the format counts, not the name
		{"link", Value{Type: String, Format: URI}, redact.KindsFor("uri")},
		{"contact", Value{Type: String, Format: Email}, redact.KindsFor("email")},
		{"raw_path", Value{Type: String}, redact.KindsFor("path")},
		{"routes", Value{Type: String}, redact.KindsFor("path")},
		{"userAgent", Value{Type: String}, redact.KindsFor("user_agent")},
		{"USER-AGENT", Value{Type: String}, redact.KindsFor("user_agent")},
		{"last user agent", Value{Type: String}, redact.KindsFor("user_agent")},
		{"landingURL", Value{Type: String}, redact.KindsFor("url")},
		{"landing_urls", Value{Type: String}, redact.KindsFor("url")},
		{"Url", Value{Type: String}, redact.KindsFor("url")},
		{"curl", Value{Type: String}, redact.AllKinds},
		{"CURL", Value{Type: String}, redact.AllKinds},
		{"agent", Value{Type: String}, redact.AllKinds},
		{"url_text", Value{Type: String}, redact.AllKinds},
		{"", Value{Type: String}, redact.AllKinds},
		{"s", Value{Type: String}, redact.AllKinds},
	} {
		if got := scanKinds(test.name, &test.value); got != test.want {
			t.Errorf("%s: %b, want %b", test.name, got, test.want)
		}
	}
}

// TestScanFindsCardsInNumbers holds that the number of a card is found where a number may be, is left out where findings are
// masked or dropped, and that other numbers are not: times, sizes, fractions, and what has no issuer or fails its check.
func TestScanFindsCardsInNumbers(t *testing.T) {
	t.Parallel()
	const visa, amex = 4111111111111111, 378282246310005
	integer, number := Value{Type: Integer}, Value{Type: Number}
	properties := []Property{
		{Name: "n", Value: integer},
		{Name: "f", Value: number},
		{Name: "list", Value: Value{Type: Array, Items: &integer}},
		{Name: "extra", Value: Value{Type: Any}},
		{Name: "known", Value: Value{Type: Integer, Unscanned: true}},
	}
	for action, want := range map[ScanAction]string{
		ScanReport: `{"n":4111111111111111,"f":378282246310005,"list":[1,4111111111111111],"extra":{"a":[4111111111111111,378282246310005,2]},"known":4111111111111111`,
		ScanMask:   `{"list":[1],"extra":{"a":[null,null,2]},"known":4111111111111111`,
		ScanDrop:   `{"list":[1],"extra":{"a":[null,null,2]},"known":4111111111111111`,
	} {
		s := newScanning(t, Scanning{Mode: ScanFull, Action: action}, properties...)
		lanes, err := s.track(t, 0, "u1", map[string]any{
			"n": int64(visa), "f": float64(amex), "list": []any{int64(1), int64(visa)}, "known": int64(visa),
			"extra": map[string]any{"a": []any{int64(visa), float64(amex), int64(2)}},
		})
		if err != nil {
			t.Fatal(err)
		}
		for d, lane := range lanes {
			if got, _, _ := strings.Cut(lane, `,"$geoip_disable"`); got != want {
				t.Errorf("action %d at %s:\ngot  %s\nwant %s", action, d, got, want)
			}
		}
		if n := s.Stats().Findings["card"]; n != 5 {
			t.Errorf("action %d: %d cards are counted, want 5", action, n)
		}
	}
	for _, n := range []float64{
		-visa, visa + 1, visa + 0.5, 1e18, 1764393600123, 1764393600123456, 1 << 53, 4222222222222, 99999999999999, 1111111111111117,
	} {
		s := newScanning(t, Scanning{Mode: ScanFull, Action: ScanMask}, properties...)
		if _, err := s.track(t, 0, "u1", map[string]any{"f": n, "extra": n}); err != nil {
			t.Fatal(err)
		}
		if got := s.Stats().Findings; len(got) > 0 {
			t.Errorf("%v: findings %v", n, got)
		}
	}
}

// TestScanLeavesTheRest: texts that are not scanned pass under every action.
func TestScanLeavesTheRest(t *testing.T) {
	t.Parallel()
	s := newScanning(t, Scanning{Mode: ScanFull, Action: ScanDrop})
	given := map[string]any{
		"text": "x", "known": "jane@example.com", "kept": "jane@example.com", "user_agent": "Mozilla/5.0 Chrome/103.0.0.0",
		"link": "https://example.com/order/4111111111111111", "rawPath": "/orders/4111111111111111",
	}
	lanes, err := s.track(t, 0, "u1", given)
	if err != nil {
		t.Fatal(err)
	}
	if got := own(t, lanes[toPostHog]); !reflect.DeepEqual(got, given) {
		t.Errorf("got  %v\nwant %v", got, given)
	}
	delete(given, "kept")
	if got := own(t, lanes[toLog]); !reflect.DeepEqual(got, given) {
		t.Errorf("log got  %v\nwant %v", got, given)
	}
	if found := s.Stats().Findings.Total(); found != 0 {
		t.Errorf("%d findings", found)
	}
}

// TestIDsAreOnlyReported: a placeholder for an id would make one person of many.
func TestIDsAreOnlyReported(t *testing.T) {
	t.Parallel()
	const mail, card = "jane@example.com", "4111111111111111"
	for _, action := range []ScanAction{ScanReport, ScanMask, ScanDrop} {
		s := newScanning(t, Scanning{Mode: ScanFull, Action: action})
		if _, err := s.track(t, 0, mail, map[string]any{"text": "x"}, WithGroup("company", "+49 30 901820")); err != nil {
			t.Fatal(err)
		}
		if _, err := s.track(t, 2, mail, map[string]any{"text": "x"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.track(t, 0, card, map[string]any{"text": "x"}); err != nil {
			t.Fatal(err)
		}
		if err := s.Alias(t.Context(), "u1", mail); err != nil {
			t.Fatal(err)
		}
		if m := s.got[0].Messages[toPostHog]; m.DistinctID != mail || !bytes.Contains(m.Properties, []byte("+49 30 901820")) {
			t.Errorf("ids were changed: %+v", m)
		}
		if got := s.Stats().Findings; !maps.Equal(got, Counts{"email": 3, "phone": 1}) {
			t.Errorf("findings %v", got)
		}
		for _, name := range []string{"distinct_id", "$groups", "$group_key", "alias"} {
			if !strings.Contains(s.log.String(), `"property":"`+name+`"`) {
				t.Errorf("no report of %s: %s", name, s.log)
			}
		}
	}
	classifiedIDs := posts(Scanning{Mode: ScanFull})
	classifiedIDs.Identity = "user.contact"
	c, err := New(classifiedIDs, Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer closeClient(t, c)
	if err := c.Alias(t.Context(), mail, mail+"x"); err != nil || c.Stats().Findings != nil {
		t.Errorf("classified ids are scanned: %v, %v", c.Stats().Findings, err)
	}
}

func TestScanSampling(t *testing.T) {
	t.Parallel()
	const events = 100_000
	r := rand.New(rand.NewPCG(3, 4))
	for _, test := range []struct {
		scan Scanning
		want float64
	}{
		{Scanning{}, 0.01},
		{Scanning{Rate: -1}, 0.01},
		{Scanning{Rate: 0.25}, 0.25},
		{Scanning{Rate: 0.999999}, 0.999999},
		{Scanning{Rate: 1}, 1},
		{Scanning{Mode: ScanFull}, 1},
		{Scanning{Mode: ScanFull, Rate: 0.25}, 1},
		{Scanning{Mode: ScanOff}, 0},
		{Scanning{Mode: ScanOff, Rate: 1}, 0},
	} {
		p := newScanPlan(&Registry{Scan: test.scan})
		for name, id := range map[string]func(n int) UUID{
			"random": func(int) UUID {
				var u UUID
				binary.BigEndian.PutUint64(u[:], r.Uint64())
				binary.BigEndian.PutUint64(u[8:], r.Uint64())
				return u
			},
			"counted": func(n int) (u UUID) { binary.BigEndian.PutUint64(u[8:], uint64(n)+1); return u },
			"ours":    func(int) UUID { return newUUID(1_800_000_000_000_000) },
		} {
			scanned := 0
			for n := range events {
				u := id(n)
				if p.due(&u) != 0 {
					scanned++
				}
			}
			got := float64(scanned) / events
			if got < test.want*0.8 || got > test.want*1.2 {
				t.Errorf("%+v of %s ids: %.4f, want %.4f", test.scan, name, got, test.want)
			}
		}
	}
	if p := (scanPlan{}); p.due(&UUID{}) != 0 {
		t.Error("a plan that only checks scans")
	}
}

// TestSampledScan: the uuid decides, so that a test or a resend meets the same decision.
func TestSampledScan(t *testing.T) {
	t.Parallel()
	s := newScanning(t, Scanning{Action: ScanMask, Rate: 0.5})
	p := newScanPlan(s.reg)
	for range 200 {
		u := newUUID(time.Now().UnixMicro())
		lanes, err := s.track(t, 0, "u1", map[string]any{"text": "jane@example.com"}, WithUUID(u))
		if err != nil {
			t.Fatal(err)
		}
		want := "jane@example.com"
		if p.due(&u) != 0 {
			want = "[email]"
		}
		if got := own(t, lanes[toAudit])["text"]; got != want {
			t.Errorf("%s: %v, want %s", u, got, want)
		}
	}
}

// TestFindingsAreReportedOnceAMinute: one line for each event, property and kind; all are counted.
func TestFindingsAreReportedOnceAMinute(t *testing.T) {
	t.Parallel()
	s := newScanning(t, Scanning{Mode: ScanFull})
	for range 10 {
		given := map[string]any{
			"text": "jane@example.com, joe@example.com", "extra": "2024-01-02",
			"box": map[string]any{"text": "jane@example.com 203.0.113.77"},
		}
		if _, err := s.track(t, 0, "u1", given); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Stats().Findings; !maps.Equal(got, Counts{"email": 30, "ipv4": 10}) {
		t.Errorf("findings %v", got)
	}
	if lines := strings.Count(s.log.String(), "\n"); lines != 3 {
		t.Errorf("%d lines:\n%s", lines, s.log)
	}
}

// TestPathsDoNotSpellPersonalKeys, with or without a client, and whatever the scan section says.
func TestPathsDoNotSpellPersonalKeys(t *testing.T) {
	t.Parallel()
	reg := posts(Scanning{Mode: ScanOff})
	for key, value := range planted {
		w := reg.Events[0].Check()
		w.members(map[string]any{"text": "x", "counts": map[string]any{value: "not a number", "plain": "not a number"}})
		err := w.Commit()
		if err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, err), value) {
			t.Errorf("%s: %v", key, err)
		}
		if err != nil && (!strings.Contains(err.Error(), "counts[*]") || !strings.Contains(err.Error(), `counts["plain"]`)) {
			t.Errorf("%s: %v", key, err)
		}
	}
}
