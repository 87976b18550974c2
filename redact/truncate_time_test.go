package redact_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
)

func TestTruncateTimeStrings(t *testing.T) {
	t.Parallel()
	testStrings(t, rule(t, id, redact.TruncateTime), []stringCase{
		{"2026-05-03T10:20:30Z", "2026-05-03T00:00:00Z"},
		{"2026-05-03T10:20:30.123456789Z", "2026-05-03T00:00:00Z"},
		{"2026-05-03T10:20:30z", "2026-05-03T00:00:00Z"},
		{"2026-05-03T00:30:00+02:00", "2026-05-02T00:00:00Z"},
		{"2026-12-31T23:30:00-01:00", "2027-01-01T00:00:00Z"},
		{"2024-02-29", "2024-02-29T00:00:00Z"},
		{"0000-01-01", "0000-01-01T00:00:00Z"},
		{"9999-12-31T23:59:59Z", "9999-12-31T00:00:00Z"},
		{"0000-01-01T00:00:00+01:00", ""}, // the year before 0
		{"9999-12-31T23:59:59-01:00", ""},
		{"2026-05-03T10:20:30+24:00", ""},
		{"2026-05-03T10:20:30+02:60", ""},
		{"2026-05-03T10:20:30+0a:00", ""},
		{"2026-05-03T10:20:30*02:00", ""},
		{"2026-05-03T10:20:30+02.00", ""},
		{"2026-05-03T10:20:30+0200", ""},
		{"2026-05-03T10:20:30", ""},
		{"2026-05-03 10:20:30Z", ""},
		{"2026-02-30T10:20:30Z", ""},
		{"2023-02-29", ""},
		{"2026-05-3", ""},
		{"2026-05-03T25:00:00Z", ""},
		{"Z", ""},
		{"+02:00", ""},
		{"", ""},
		{"now", ""},
		{"\xff\xfe\xfd\xfc\xfb\xfa", ""},
	})
}

func TestTruncateTimeAgainstTimeParse(t *testing.T) {
	t.Parallel()
	r := rule(t, id, redact.TruncateTime)
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		zone := time.FixedZone("", (random.IntN(2*14*60)-14*60)*60)
		at := time.Unix(random.Int64N(8e9)-4e9, random.Int64N(1e9)).In(zone)
		want := at.UTC().Truncate(24 * time.Hour).Format(time.RFC3339)
		testStrings(t, r, []stringCase{{at.Format(time.RFC3339Nano), want}, {at.Format(time.RFC3339), want}})
		if got, _ := r.AppendTime(nil, at); string(got) != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
}
