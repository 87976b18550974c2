package runtime

import (
	"strings"
	"testing"

	"github.com/eventgen/eventgen/redact"
)

// TestSessionIsAnID holds that what is more than an id does not leave as $session_id, under any scanning, and is counted.
func TestSessionIsAnID(t *testing.T) {
	t.Parallel()
	for _, scan := range []Scanning{{Mode: ScanOff}, {}, {Mode: ScanFull, Action: ScanMask}} {
		for id, want := range map[string]struct {
			leaves       bool
			unredactable uint64
			kind         redact.Kind
		}{
			"018f3a5e-7c1b-7a52-9d3e-2b1c4d5e6f70": {leaves: true},
			"018F3A5E-7C1B-7A52-9D3E-2B1C4D5E6F70": {leaves: true},
			"s1":                                   {leaves: true},
			"17c8a5a5c9d1b-0b6b9c_X":               {leaves: true},
			"":                                     {},
			"jane@example.com":                     {unredactable: 1},
			"Jane Doe, room 5":                     {unredactable: 1},
			"2001:db8::1":                          {unredactable: 1},
			"jané":                                 {unredactable: 1},
			"\xff":                                 {unredactable: 1},
			strings.Repeat("a", 65):                {unredactable: 1},
			"4111111111111111":                     {kind: redact.KindCard},
			"123-45-6789":                          {kind: redact.KindSSN},
			"DE89370400440532013000":               {kind: redact.KindIBAN},
			planted[redact.KindSecret]:             {kind: redact.KindSecret},
		} {
			s := newScanning(t, scan)
			lanes, err := s.track(t, 0, "u1", map[string]any{"text": "plain"}, WithSession(id))
			if err != nil {
				t.Fatal(err)
			}
			for d, properties := range lanes {
				if got := strings.Contains(properties, `"$session_id":"`+id+`"`); got != want.leaves {
					t.Errorf("%q at %s: %s", id, d, properties)
				}
				if !want.leaves && strings.Contains(properties, "$session_id") {
					t.Errorf("%q left something at %s: %s", id, d, properties)
				}
			}
			stats := s.Stats()
			if stats.Unredactable != want.unredactable || want.kind != "" && stats.Findings[string(want.kind)] != 1 {
				t.Errorf("%q: %d unredactable, findings %v", id, stats.Unredactable, stats.Findings)
			}
			if id != "" && !want.leaves && strings.Contains(s.log.String(), id) {
				t.Errorf("%q is in the log: %s", id, s.log)
			}
		}
	}
}
