package redact_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/eventgen/eventgen/redact"
)

// corpus returns a file of labelled texts that lies beside the repository. Where there is none the test is skipped, but
// never in CI.
func corpus(t *testing.T, name string) []byte {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "data", "pii", name)
	data, err := os.ReadFile(path)
	switch {
	case err == nil:
		return data
	case errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") != "true":
		t.Skipf("%s: the labelled texts are not beside this clone; detection is not measured", path)
	default:
		t.Fatalf("detection cannot be measured: %v", err)
	}
	return nil
}

// labelled is a text of presidio-research and what it holds, in bytes.
type labelled struct {
	text  string
	spans []labelledSpan
}

type labelledSpan struct {
	entity     string
	start, end int
}

// overlaps reports whether the span and the finding share a byte.
func (s labelledSpan) overlaps(f redact.Finding) bool { return f.Start < s.end && s.start < f.End }

// entities are the labels of the kinds that can be measured.
var entities = map[redact.Kind]string{
	redact.KindEmail: "EMAIL_ADDRESS",
	redact.KindCard:  "CREDIT_CARD",
	redact.KindIBAN:  "IBAN_CODE",
	redact.KindIPv4:  "IP_ADDRESS",
	redact.KindIPv6:  "IP_ADDRESS",
	redact.KindPhone: "PHONE_NUMBER",
	redact.KindSSN:   "US_SSN",
}

// readLabelled parses the texts; their offsets count code points.
func readLabelled(t *testing.T, data []byte) []labelled {
	t.Helper()
	var items []struct {
		Text  string `json:"full_text"`
		Spans []struct {
			Entity string `json:"entity_type"`
			Start  int    `json:"start_position"`
			End    int    `json:"end_position"`
		}
	}
	if err := json.Unmarshal(data, &items); err != nil {
		t.Fatal(err)
	}
	var all []labelled
	for _, item := range items {
		offsets := make([]int, 0, len(item.Text)+1)
		for i := range item.Text {
			offsets = append(offsets, i)
		}
		offsets = append(offsets, len(item.Text))
		l := labelled{text: item.Text}
		for _, s := range item.Spans {
			l.spans = append(l.spans, labelledSpan{s.Entity, offsets[s.Start], offsets[s.End]})
		}
		all = append(all, l)
	}
	return all
}

// score counts the labels of an entity, those found, the findings and those that are right.
type score struct{ labels, found, findings, right int }

func (s score) recall() float64    { return ratio(s.found, s.labels) }
func (s score) precision() float64 { return ratio(s.right, s.findings) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

// measure adds up the scores of every entity in the texts.
func measure(texts []labelled) map[string]score {
	scores := map[string]score{}
	for _, l := range texts {
		findings := redact.Scan(l.text)
		for _, span := range l.spans {
			s := scores[span.entity]
			s.labels++
			for _, f := range findings {
				if entities[f.Kind] == span.entity && span.overlaps(f) {
					s.found++
					break
				}
			}
			scores[span.entity] = s
		}
		for _, f := range findings {
			s := scores[entities[f.Kind]]
			s.findings++
			for _, span := range l.spans {
				if entities[f.Kind] == span.entity && span.overlaps(f) {
					s.right++
					break
				}
			}
			scores[entities[f.Kind]] = s
		}
	}
	return scores
}

// TestDetectionOnLabelledTexts measures recall and precision: an overlap of a finding with a label of its kind is a hit.
// The odd half of the texts was held out while the detectors were written; both halves must reach the targets.
func TestDetectionOnLabelledTexts(t *testing.T) {
	t.Parallel()
	all := readLabelled(t, corpus(t, "presidio_generated_large.json"))
	halves := [2][]labelled{}
	for i, l := range all {
		halves[i%2] = append(halves[i%2], l)
	}
	targets := []struct {
		entity            string
		recall, precision float64
	}{
		{"EMAIL_ADDRESS", 1, 0.99},
		{"CREDIT_CARD", 0.99, 0.99},
		{"IBAN_CODE", 0.90, 0.99},
		{"IP_ADDRESS", 1, 0.99},
		{"US_SSN", 1, 0.99},
		{"PHONE_NUMBER", 0.70, 0.97},
	}
	for _, part := range []struct {
		name  string
		texts []labelled
	}{{"even half", halves[0]}, {"odd half", halves[1]}, {"all", all}} {
		scores := measure(part.texts)
		t.Logf("%s, %d texts", part.name, len(part.texts))
		for _, target := range targets {
			s := scores[target.entity]
			t.Logf("%-14s %4d labels  recall %.3f  %4d findings  precision %.3f",
				target.entity, s.labels, s.recall(), s.findings, s.precision())
			if s.labels == 0 || s.recall() < target.recall || s.precision() < target.precision {
				t.Errorf("%s in the %s: recall %.3f, want %.2f; precision %.3f, want %.2f", target.entity, part.name,
					s.recall(), target.recall, s.precision(), target.precision)
			}
		}
		if s := scores[""]; s.findings > 0 {
			t.Errorf("%d credentials in the %s, which has none", s.findings, part.name)
		}
	}
}

// TestDetectionOnUserAgents counts the user agents with a finding. An e-mail address that [mail.ParseAddress] takes is
// right: crawlers give one.
func TestDetectionOnUserAgents(t *testing.T) {
	t.Parallel()
	lines := strings.Split(strings.TrimSpace(string(corpus(t, "user_agents.txt"))), "\n")
	wrong, right := [2]int{}, 0 // by half, as above
	for i, line := range lines {
		flagged := false
		for _, f := range redact.Scan(line) {
			if isAddress(f, line) {
				right++
			} else {
				flagged = true
			}
		}
		if flagged {
			wrong[i%2]++
		}
	}
	t.Logf("%d user agents, %d true e-mail addresses", len(lines), right)
	for half, n := range wrong {
		flagged := ratio(n, len(lines)/2)
		t.Logf("%d flagged in half %d (%.2f %%)", n, half, 100*flagged)
		if flagged > 0.005 {
			t.Errorf("half %d of the user agents: %d flagged, want at most 0.5 %%", half, n)
		}
	}
}

func isAddress(f redact.Finding, line string) bool {
	address, err := mail.ParseAddress(line[f.Start:f.End])
	return f.Kind == redact.KindEmail && err == nil && address.Address == line[f.Start:f.End] && utf8.ValidString(line)
}
