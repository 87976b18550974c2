package redact_test

import (
	"hash/fnv"
	"strings"
	"testing"

	"github.com/eventgen/eventgen/redact"
)

// adversaries are what, repeated, keeps a detector busy: beginnings of findings that come to nothing, and findings.
var adversaries = []string{
	"1 ", "(", "4111 ", "1:", "@", "a@", "-", "::", "12 ", "(1", "(12) ", "1.", "a@a.", "é@", "eyJ.", "eyJhbGciOiJIUzI1NiJ9.", "sk-",
	"sk_", "a://", "a://b@", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "call 1234567 ", "GB29 ", "+1", "+49 ", "012 345 678 ",
	"a:b:", "a/a/1.2.3.4 ", "::1 ", "a@b.co ", "4111-1111-", "%40", "IKGJ", "AKIA", "4111111111111111 ", "x@a.a.a.a.a.a.a.a.",
	"201-555-0123 ", "phone ", "\xff@", "\u00a01", "1\u2011", "SG.", "hooks.slack.com/services/",
	"x%40a.co%", "\"@a.co ", "4111111111111111 card ", "PL 61 ", "aws_secret_access_key ", "ya29.", "ip:1:", "\u7528@\u4f8b.\u516c\u53f8",
	"138-0013-8000 ", "8 495 123 45 67 ",
}

// TestScanIsLinear gates the cost of a byte: it is the same in short and in long texts, up to noise, and at most 60 times that
// of FNV-1a, which looks at each byte once, for prose, digits and the pieces that touch every detector; where all is
// findings, twice that. What fails is measured again, since the machine has other work.
func TestScanIsLinear(t *testing.T) {
	if raceEnabled || testing.Short() {
		t.Skip("times mean nothing under the race detector")
	}
	const short, long = 16 << 10, 1 << 20
	for i, piece := range append([]string{scanInputs[0].text, scanInputs[3].text}, adversaries...) {
		most := 60.0
		if i > 10 {
			most = 120
		}
		text := strings.Repeat(piece, long/len(piece)+1)
		var few, many float64
		for range 4 {
			yardstick := fnvPerByte(text[:short], long/short)
			few, many = perByte(text[:short], long/short)/yardstick, perByte(text[:long], 1)/yardstick
			if few <= most && many <= 1.5*few {
				break
			}
		}
		t.Logf("%-24.24q %6.2f times FNV-1a, in 1 MiB %6.2f", piece, few, many)
		if few > most || many > 1.5*few {
			t.Errorf("%.24q repeated: %.2f times FNV-1a in 16 KiB, want at most %v; %.2f in 1 MiB", piece, few, most, many)
		}
	}
}

// perByte returns the nanoseconds that scanning takes for each byte of text, which is scanned so many times in a row.
func perByte(text string, times int) float64 {
	buffer := make([]redact.Finding, 0, len(text)/2)
	took := fastest(2, func() {
		for range times {
			redact.AppendFindings(buffer, text, redact.AllKinds)
		}
	})
	return float64(took.Nanoseconds()) / float64(times*len(text))
}

// fnvPerByte returns the nanoseconds that FNV-1a takes for each byte of text.
func fnvPerByte(text string, times int) float64 {
	data := []byte(text)
	took := fastest(2, func() {
		h := fnv.New64a()
		for range times {
			_, _ = h.Write(data)
		}
	})
	return float64(took.Nanoseconds()) / float64(times*len(text))
}

// TestScanAllocations is not parallel, since it counts the allocations of the process.
func TestScanAllocations(t *testing.T) {
	texts := []string{strings.Repeat("jane@example.com ", 100), scanInputs[0].text, scanInputs[3].text}
	for kind := range scanCases {
		texts = append(texts, scanCases[kind]...)
	}
	findings := make([]redact.Finding, 0, 200)
	buffer := make([]byte, 0, 1<<13)
	for _, text := range texts {
		text = strings.NewReplacer("«", "", "»", "").Replace(text)
		if n := testing.AllocsPerRun(10, func() {
			redact.AppendFindings(findings, text, redact.AllKinds)
			redact.AppendClean(buffer, text, redact.AllKinds)
		}); n != 0 {
			t.Errorf("%.40q: %v allocations", text, n)
		}
	}
}
