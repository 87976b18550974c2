package redact_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// bareHMAC is what Hash is measured against: the HMAC of the same message from a pool, without normal form and text.
type bareHMAC struct {
	hash   hash.Hash
	digest [sha256.Size]byte
}

func BenchmarkBareHMAC(b *testing.B) {
	pool := sync.Pool{New: func() any { return &bareHMAC{hash: hmac.New(sha256.New, make([]byte, 32))} }}
	message := []byte(email + "\x00jane.doe@example.com")
	b.ReportAllocs()
	for b.Loop() {
		m := pool.Get().(*bareHMAC)
		m.hash.Reset()
		m.hash.Write(message)
		m.hash.Sum(m.digest[:0])
		pool.Put(m)
	}
}

func BenchmarkHash(b *testing.B) { benchmarkString(b, email, redact.Hash, "Jane.Doe@example.com") }

func BenchmarkReplace(b *testing.B) {
	benchmarkString(b, email, redact.Replace, "jane.doe@example.com")
}

func BenchmarkDrop(b *testing.B) { benchmarkString(b, email, redact.Drop, "jane.doe@example.com") }

func BenchmarkKeep(b *testing.B) { benchmarkString(b, email, redact.Keep, "jane.doe@example.com") }

func BenchmarkMask(b *testing.B) { benchmarkString(b, email, redact.Mask, "jane.doe@example.com") }

func BenchmarkEmailDomain(b *testing.B) {
	benchmarkString(b, email, redact.EmailDomain, "jane.doe@example.com")
}

func BenchmarkScrubURL(b *testing.B) {
	benchmarkString(b, id, redact.ScrubURL, "https://jane:pw@api.example.com/v2/users/12345/orders?token=abc&page=2")
}

const (
	ipv4 = "203.0.113.195"
	ipv6 = "2001:db8:85a3:8d3:1319:8a2e:370:7348"
)

func BenchmarkTruncateIPv4(b *testing.B) { benchmarkString(b, id, redact.TruncateIP, ipv4) }
func BenchmarkTruncateIPv6(b *testing.B) { benchmarkString(b, id, redact.TruncateIP, ipv6) }
func BenchmarkParseIPv4(b *testing.B)    { benchmarkParse(b, ipv4) }
func BenchmarkParseIPv6(b *testing.B)    { benchmarkParse(b, ipv6) }

func BenchmarkTruncateTime(b *testing.B) {
	r := rule(b, id, redact.TruncateTime)
	at := time.Date(2026, 5, 3, 1, 2, 3, 4, time.UTC)
	benchmark(b, func(dst []byte) { r.AppendTime(dst, at) })
}

func BenchmarkRoundInteger(b *testing.B) {
	r := rule(b, id, redact.Round)
	benchmark(b, func(dst []byte) { r.AppendInteger(dst, 1_234_567) })
}

func BenchmarkRoundNumber(b *testing.B) {
	r := rule(b, id, redact.Round)
	benchmark(b, func(dst []byte) { r.AppendNumber(dst, 52.520008) })
}

func BenchmarkRawAndReveal(b *testing.B) {
	v := "jane.doe@example.com"
	benchmark(b, func([]byte) { v = redact.Raw(v).Reveal() })
}

func benchmarkString(b *testing.B, category string, s redact.Strategy, v string) {
	b.Helper()
	r := rule(b, category, s)
	benchmark(b, func(dst []byte) { r.AppendString(dst, v) })
}

func benchmarkParse(b *testing.B, v string) {
	b.Helper()
	benchmark(b, func([]byte) {
		if _, err := netip.ParseAddr(v); err != nil {
			b.Fatal(err)
		}
	})
}

func benchmark(b *testing.B, f func(dst []byte)) {
	b.Helper()
	buffer := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		f(buffer)
	}
}
