package redact_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// scanInputs are 1 KiB of text of several sorts.
var scanInputs = []struct{ name, text string }{
	{"prose", kibibyte("Thank you for coming to the annual meeting of the housing association. The board discussed the " +
		"renovation of both stairwells in 2025 and agreed - after a long debate - to ask three companies for offers. " +
		"Members who want to see the plans can visit the office on Monday between 10:00 and 12:30. ")},
	{"user agents", kibibyte("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) " +
		"Chrome/124.0.6367.91 Safari/537.36 Edg/124.0.2478.51 ")},
	{"paths", kibibyte("/api/v2/orgs/550e8400-e29b-41d4-a716-446655440000/members/12345/invoices/98765?page=2 ")},
	{"digits", kibibyte("2024-01-15 10:20:30.123 4821 993 17 20481 0x1f 1700000000 12.5 88.12 (33) 55-12 7 ")},
}

func kibibyte(text string) string { return strings.Repeat(text, 1024/len(text)+1)[:1024] }

// threeRegexps are what a first attempt at a detector usually is: e-mail addresses, card numbers and IP addresses.
var threeRegexps = []*regexp.Regexp{
	regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`),
	regexp.MustCompile(`\b(?:\d[ -]?){13,16}\b`),
	regexp.MustCompile(`\b(?:\d{1,3}\.){3}\d{1,3}\b`),
}

func findThree(text string) int {
	n := 0
	for _, r := range threeRegexps {
		n += len(r.FindAllStringIndex(text, -1))
	}
	return n
}

func BenchmarkScan(b *testing.B) {
	for _, input := range scanInputs {
		b.Run(input.name, func(b *testing.B) {
			var buffer [16]redact.Finding
			b.SetBytes(int64(len(input.text)))
			b.ReportAllocs()
			for b.Loop() {
				redact.AppendFindings(buffer[:0], input.text, redact.AllKinds)
			}
		})
		b.Run(input.name+", three regexps", func(b *testing.B) {
			b.SetBytes(int64(len(input.text)))
			b.ReportAllocs()
			for b.Loop() {
				findThree(input.text)
			}
		})
	}
}

func BenchmarkScanTitle(b *testing.B) {
	benchmark(b, func(dst []byte) { redact.AppendClean(dst, "Summer party of the organisation", redact.AllKinds) })
}

func BenchmarkScanRule(b *testing.B) {
	benchmarkString(b, id, redact.ScanText, scanInputs[0].text)
}

// fastest returns the shortest time that f took in so many runs, which other load on the machine disturbs least.
func fastest(runs int, f func()) time.Duration {
	best := time.Duration(1<<63 - 1)
	for range runs {
		start := time.Now()
		f()
		best = min(best, time.Since(start))
	}
	return best
}

// TestScanIsFasterThanRegexps gates the ratio to three regexps, with slack for the machine: the target is 50 on prose.
func TestScanIsFasterThanRegexps(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("times mean nothing under the race detector")
	}
	least := map[string]float64{"prose": 30, "user agents": 5, "paths": 8, "digits": 3}
	for _, input := range scanInputs {
		var buffer [16]redact.Finding
		const rounds = 20
		scan := fastest(50, func() {
			for range rounds {
				redact.AppendFindings(buffer[:0], input.text, redact.AllKinds)
			}
		})
		regexps := fastest(20, func() { findThree(input.text) }) * rounds
		ratio := float64(regexps) / float64(scan)
		t.Logf("%-11s %6.0f ns/KiB, three regexps %7.0f ns/KiB, ratio %.0f", input.name,
			float64(scan.Nanoseconds())/rounds, float64(regexps.Nanoseconds())/rounds, ratio)
		if ratio < least[input.name] {
			t.Errorf("%s: %.1f times as fast as three regexps, want %.0f", input.name, ratio, least[input.name])
		}
	}
}
