package posthogsink_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

// BenchmarkSend delivers batches to a server on this machine that does nothing. One op is one event.
func BenchmarkSend(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			b.Error(err)
		}
		_, _ = io.WriteString(w, `{"status":1}`)
	}))
	defer server.Close()
	for _, transport := range []posthogsink.Transport{posthogsink.SDK, posthogsink.Direct} {
		for _, compression := range []posthogsink.Compression{posthogsink.Plain, posthogsink.Gzip} {
			for _, size := range []int{20, 100, 250} {
				cfg := posthogsink.Config{APIKey: key, Host: server.URL, Transport: transport, Compression: compression}
				name := fmt.Sprintf("%s/gzip=%v/%d", transport, compression == posthogsink.Gzip, size)
				b.Run(name, func(b *testing.B) { benchmarkSend(b, cfg, size) })
			}
		}
	}
}

func benchmarkSend(b *testing.B, cfg posthogsink.Config, size int) {
	sink, err := posthogsink.New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer sink.Close(b.Context())
	batch := runtime.Batch{Messages: messages(0, size)}
	for i := range batch.Messages {
		batch.Messages[i].Properties = []byte(`{"requestId":"4f6c1d","userId":"user_42","userRole":"admin","orgId":"org_7",` +
			`"method":"GET","path":"/v1/orders/{id}","statusCode":200,"result":"success","duration_ms":12.25,` +
			`"userAgent":"Mozilla/5.0","ip":"203.0.113.0","route":"/v1/orders/{id}","sample_weight":1,"$geoip_disable":true}`)
	}
	b.ReportAllocs()
	for sent := 0; sent < b.N; sent += size {
		if _, err := sink.Send(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
}
