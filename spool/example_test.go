package spool_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/eventgen/eventgen/spool"
)

// A record is appended, read by the reader of its destination and acknowledged.
func ExampleSpool() {
	dir, err := os.MkdirTemp("", "spool")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	s, err := spool.Open(filepath.Join(dir, "events"), spool.Options{Mode: spool.Sync})
	if err != nil {
		fmt.Println(err)
		return
	}
	const postHog = 1 << 0
	reader, err := s.Reader("posthog", postHog, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = s.Append(context.Background(), spool.Record{
		Event: "order_placed",
		Lanes: []spool.Lane{{Destinations: postHog, DistinctID: []byte("user_1"), Properties: []byte(`{"total":42}`)}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	entries, err := reader.Peek(nil, 100, 1<<20)
	for _, e := range entries {
		fmt.Printf("%d %s %s %s\n", e.Seq, e.Event, e.DistinctID, e.Properties)
		err = reader.Ack(e.Seq)
	}
	fmt.Println(err, s.Close(context.Background()))
	// Output:
	// 1 order_placed user_1 {"total":42}
	// <nil> <nil>
}
