package auditlog

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/eventgen/eventgen/runtime"
)

// request returns a message of the reference event, with what the client adds.
func request(n int) runtime.Message {
	var id runtime.UUID
	for i := range 8 {
		id[i], id[15-i] = byte(n>>(8*(7-i))), byte(n*7919>>(8*i))
	}
	id[6], id[8] = 0x70|id[6]&15, 0x80|id[8]&63
	status, result := 200, "success"
	if n%31 == 0 {
		status, result = 500, "failure"
	}
	return runtime.Message{
		Event: "api_request", DistinctID: fmt.Sprintf("user_%d", n%5003), UUID: id,
		Timestamp: time.UnixMicro(1_790_000_000_000_000 + int64(n)*2_600_000).UTC(),
		Properties: fmt.Appendf(nil, `{"requestId":"0192f0c1-2b7e-7c1d-9a54-%012d","userId":"user_%d","userRole":"member","orgId":"org_%d",`+
			`"method":"GET","path":"/api/v1/things/{id}/%d","route":"/api/v1/things/{id}/%d","statusCode":%d,"result":"%s",`+
			`"duration_ms":12.75,"userAgent":"Mozilla/5.0 (X11; Linux x86_64) Test/1.0","ip":"203.0.113.0","sample_weight":1,"$geoip_disable":true}`,
			n, n%5003, n%211, n%97, n%97, status, result),
	}
}

// BenchmarkSend measures rows a second with the chain, in batches as a client sends them that waits for a hundred events, and as one
// sends them under load; then how many rows Verify reads in a second. PGTEST_FSYNC=1 lets PostgreSQL sync.
func BenchmarkSend(b *testing.B) {
	for _, size := range []int{100, batchSize} {
		b.Run(fmt.Sprintf("batch=%d/sqlite", size), func(b *testing.B) { benchmarkSend(b, b.TempDir()+"/audit.db", size) })
		b.Run(fmt.Sprintf("batch=%d/postgres", size), func(b *testing.B) { benchmarkSend(b, postgres.Database(b), size) })
	}
}

func benchmarkSend(b *testing.B, place string, size int) {
	s, err := Open(context.Background(), place, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close(context.Background())
	n := 0
	batch := runtime.Batch{Messages: make([]runtime.Message, size)}
	for b.Loop() {
		b.StopTimer()
		for i := range batch.Messages {
			n++
			batch.Messages[i] = request(n)
		}
		b.StartTimer()
		if _, err := s.Send(context.Background(), batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
	start := time.Now()
	r, err := s.Verify(context.Background(), VerifyOptions{})
	if err != nil || !r.OK() || r.Rows != int64(n+1) {
		b.Fatal(err, r)
	}
	b.ReportMetric(float64(n)/time.Since(start).Seconds(), "verified/s")
}
