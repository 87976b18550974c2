package main

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/eventgen/eventgen/internal/privacy"
	"github.com/eventgen/eventgen/spool"
)

// TestSpoolRecordsOfAPerson counts records that mention a person by distinct_id or in the properties, and no others.
func TestSpoolRecordsOfAPerson(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := spool.Open(filepath.Join(dir, "events"), spool.Options{MinFree: -1, MinFreePercent: -1, AllowNetwork: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Reader("posthog", 1, nil); err != nil {
		t.Fatal(err)
	}
	for _, lane := range []spool.Lane{
		{DistinctID: []byte("u1"), Properties: []byte(`{}`)},
		{DistinctID: []byte("u2"), Properties: []byte(`{"invited_by":"u1"}`)},
		{DistinctID: []byte("u11"), Properties: []byte(`{"invited_by":"u12"}`)},
	} {
		lane.Destinations = 1
		if _, err := store.Append(context.Background(), spool.Record{Event: "joined", Lanes: []spool.Lane{lane}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	traces := privacy.Traces{Values: map[string][]string{"posthog": {"u1"}}}
	report, err := searchSpool(personFlags{spool: dir}, &traces)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Records) != 1 || report.Records[0].Events != 2 || report.Damaged != 0 {
		t.Errorf("report %+v, want two records in one folder", report)
	}
}
