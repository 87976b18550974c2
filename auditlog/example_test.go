package auditlog_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/eventgen/eventgen/auditlog"
	"github.com/eventgen/eventgen/runtime"
)

// The sender of a client calls Send; here it is done by hand.
func Example() {
	dir, err := os.MkdirTemp("", "auditlog")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	store, err := auditlog.Open(ctx, filepath.Join(dir, "audit.db"), auditlog.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close(ctx)

	_, err = store.Send(ctx, runtime.Batch{Messages: []runtime.Message{{
		Event: "api_request", DistinctID: "user_1", UUID: runtime.UUID{6: 0x70, 8: 0x80, 15: 1}, Timestamp: time.Now(),
		Properties: []byte(`{"requestId":"r1","method":"GET","route":"/things/{id}","statusCode":500,"result":"failure"}`),
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := store.Verify(ctx, auditlog.VerifyOptions{})
	fmt.Println(report.Rows, "rows, ok:", report.OK(), err) // the event, and the record that begins the chain

	erased, err := store.Erase(ctx, "user_1")
	fmt.Println("erased:", erased, err)
	report, err = store.Verify(ctx, auditlog.VerifyOptions{})
	fmt.Println(report.Rows, "rows, ok:", report.OK(), err)
	// Output:
	// 2 rows, ok: true <nil>
	// erased: 1 <nil>
	// 3 rows, ok: true <nil>
}
