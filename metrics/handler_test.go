package metrics

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// stub is a Source with fixed counters.
type stub runtime.Stats

func (s stub) Stats() runtime.Stats { return runtime.Stats(s) }

// full has a value in every counter; accepted + recovered = delivered + dead-lettered + dropped + queued for each sink.
func full() stub {
	return stub{
		RandomKey: true, Accepted: 1 << 60, Rejected: runtime.Counts{"invalid": 3, "sampled": 2}, Unredactable: 5, Unsent: 0,
		Findings: runtime.Counts{"email": 6},
		Sinks: []runtime.SinkStats{{
			Name: "posthog", Destination: redact.PostHog, Recovered: 10, Delivered: 1<<60 - 20,
			DeadLettered: runtime.Counts{"http_400": 4, "odd": 1}, Dropped: runtime.Counts{"drop_oldest": 5},
			Queued: 20, QueuedBytes: 12345, OldestAge: 90*time.Second + 500*time.Millisecond,
			Failures: runtime.Counts{"http_503": 7}, Paused: true, PauseReason: "http_401",
			DeadLetterBytes: 1<<28 - 1, DeadLetterLimit: 1 << 28,
		}},
		Spool: &runtime.SpoolStats{
			Bytes: 1 << 24, Segments: 2, Stalled: true, NoRoom: true, Suspect: true, Damaged: 3, DamagedBytes: 99, Missing: 4,
			LostMarks: 1, Stalls: 2, WriteErrors: 8, SyncErrors: 9, ExpiredReaders: 1, ExpiredRecords: 77,
		},
	}
}

func get(t *testing.T, clients map[string]Source) string {
	t.Helper()
	w := httptest.NewRecorder()
	Handler(clients).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("%d, %v", w.Code, w.Header())
	}
	return w.Body.String()
}

// The grammar of the format: docs/instrumenting/exposition_formats.md of Prometheus, "Text-based format".
var (
	helpLine   = regexp.MustCompile(`^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\\n]|\\\\|\\n)+)$`)
	typeLine   = regexp.MustCompile(`^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge)$`)
	sampleLine = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$`)
	labelPair  = regexp.MustCompile(`^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)`)
	unescape   = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n")
)

// parsed is what a scraper sees: the value of each series, spelled name{label=value;…} with the labels in order.
type parsed struct {
	samples map[string]float64
	types   map[string]string
}

// parse is a strict reader of the format. It fails on all that a scraper would refuse, and on some that it would let pass.
func parse(t *testing.T, text string) parsed {
	t.Helper()
	p := parsed{map[string]float64{}, map[string]string{}}
	if !strings.HasSuffix(text, "\n") {
		t.Error("the last line has no end")
	}
	family, helped := "", ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if m := helpLine.FindStringSubmatch(line); m != nil {
			helped = m[1]
			continue
		}
		if m := typeLine.FindStringSubmatch(line); m != nil {
			if family = m[1]; helped != family || p.types[family] != "" {
				t.Errorf("family %s: no HELP before, or it came twice", family)
			}
			p.types[family] = m[2]
			continue
		}
		m := sampleLine.FindStringSubmatch(line)
		if m == nil || m[1] != family {
			t.Errorf("not a sample of %s: %q", family, line)
			continue
		}
		series := m[1] + labels(t, m[2])
		value, err := strconv.ParseFloat(m[3], 64)
		if _, twice := p.samples[series]; twice || err != nil {
			t.Errorf("%q comes twice, or %v", series, err)
		}
		p.samples[series] = value
	}
	return p
}

func labels(t *testing.T, text string) string {
	t.Helper()
	if text == "" {
		return ""
	}
	var b strings.Builder
	seen := map[string]bool{}
	for text != "" {
		m := labelPair.FindStringSubmatch(text)
		if m == nil || seen[m[1]] {
			t.Errorf("not a label: %q", text)
			return ""
		}
		seen[m[1]] = true
		fmt.Fprintf(&b, "%s=%s;", m[1], unescape.Replace(m[2]))
		text = text[len(m[0]):]
	}
	return "{" + b.String() + "}"
}

func TestHandler(t *testing.T) {
	t.Parallel()
	got := parse(t, get(t, map[string]Source{"events": full()}))
	for series, want := range map[string]float64{
		"eventgen_events_accepted_total{client=events;}":                                    1 << 60,
		"eventgen_events_rejected_total{client=events;reason=invalid;}":                     3,
		"eventgen_events_rejected_total{client=events;reason=closed;}":                      0,
		"eventgen_events_unsent_total{client=events;}":                                      0,
		"eventgen_values_unredactable_total{client=events;}":                                5,
		"eventgen_scan_findings_total{client=events;kind=email;}":                           6,
		"eventgen_hash_key_random{client=events;}":                                          1,
		"eventgen_events_recovered_total{client=events;sink=posthog;}":                      10,
		"eventgen_events_dead_lettered_total{client=events;sink=posthog;reason=http_400;}":  4,
		"eventgen_events_dropped_total{client=events;sink=posthog;reason=drop_oldest;}":     5,
		"eventgen_events_queued{client=events;sink=posthog;}":                               20,
		"eventgen_queue_bytes{client=events;sink=posthog;}":                                 12345,
		"eventgen_queue_oldest_age_seconds{client=events;sink=posthog;}":                    90.5,
		"eventgen_delivery_failures_total{client=events;sink=posthog;reason=http_503;}":     7,
		"eventgen_sink_paused{client=events;sink=posthog;reason=http_401;}":                 1,
		"eventgen_dead_letter_bytes{client=events;sink=posthog;}":                           1<<28 - 1,
		"eventgen_dead_letter_limit_bytes{client=events;sink=posthog;}":                     1 << 28,
		"eventgen_spool_bytes{client=events;}":                                              1 << 24,
		"eventgen_spool_segments{client=events;}":                                           2,
		"eventgen_spool_stalled{client=events;}":                                            1,
		"eventgen_spool_no_room{client=events;}":                                            1,
		"eventgen_spool_suspect{client=events;}":                                            1,
		"eventgen_spool_damaged_ranges_total{client=events;}":                               3,
		"eventgen_spool_damaged_bytes_total{client=events;}":                                99,
		"eventgen_spool_missing_records_total{client=events;}":                              4,
		"eventgen_spool_lost_marks_total{client=events;}":                                   1,
		"eventgen_spool_stalls_total{client=events;}":                                       2,
		"eventgen_spool_write_errors_total{client=events;}":                                 8,
		"eventgen_spool_sync_errors_total{client=events;}":                                  9,
		"eventgen_spool_expired_readers_total{client=events;}":                              1,
		"eventgen_spool_expired_records_total{client=events;}":                              77,
		"eventgen_events_delivered_total{client=events;sink=posthog;}":                      1<<60 - 20,
		"eventgen_events_dead_lettered_total{client=events;sink=posthog;reason=odd;}":       1,
		"eventgen_events_dead_lettered_total{client=events;sink=posthog;reason=too_large;}": 0,
		"eventgen_events_dropped_total{client=events;sink=posthog;reason=shutdown;}":        0,
		"eventgen_events_rejected_total{client=events;reason=sampled;}":                     2,
	} {
		if value, ok := got.samples[series]; !ok || value != want {
			t.Errorf("%s is %v (%v), want %v", series, value, ok, want)
		}
	}
	for _, f := range families {
		if got.types[f.name] != f.kind || strings.HasSuffix(f.name, "_total") != (f.kind == counter) {
			t.Errorf("%s: type %q", f.name, got.types[f.name])
		}
	}
	if len(got.types) != len(families) {
		t.Errorf("%d families, want %d", len(got.types), len(families))
	}
}

// TestExactCounters checks that no digit of a large counter is lost.
func TestExactCounters(t *testing.T) {
	t.Parallel()
	text := get(t, map[string]Source{"events": full()})
	if want := `eventgen_events_delivered_total{client="events",sink="posthog"} 1152921504606846956` + "\n"; !strings.Contains(text, want) {
		t.Errorf("no line %q", want)
	}
}

// TestClients checks several clients, of which one has nothing and one is nil.
func TestClients(t *testing.T) {
	t.Parallel()
	clients := map[string]Source{"events": full(), "audit": full(), "idle": stub{}, "nil": (*runtime.Client)(nil), "none": nil}
	text := get(t, clients)
	for range 20 {
		if again := get(t, maps.Clone(clients)); again != text {
			t.Fatal("the order changes")
		}
	}
	got := parse(t, text)
	for client, want := range map[string]float64{"events": 1 << 60, "audit": 1 << 60, "idle": 0, "nil": 0} {
		if n, ok := got.samples["eventgen_events_accepted_total{client="+client+";}"]; !ok || n != want {
			t.Errorf("%s: %v, %v", client, n, ok)
		}
	}
	if _, ok := got.samples["eventgen_events_accepted_total{client=none;}"]; ok {
		t.Error("a nil source has samples")
	}
	if strings.Contains(get(t, map[string]Source{"idle": stub{}}), "spool") {
		t.Error("a client without a spool has its metrics")
	}
	none := stub{Sinks: []runtime.SinkStats{{Name: "posthog"}}}
	if strings.Contains(get(t, map[string]Source{"events": none}), "eventgen_dead_letter_") {
		t.Error("a sink without a file of dead letters has its metrics")
	}
	if text := get(t, nil); text != "" {
		t.Errorf("%q", text)
	}
}

// TestLabels puts all that could break the format into names and reasons.
func TestLabels(t *testing.T) {
	t.Parallel()
	evil := "a\"b\\c\nd{}, é\xff#"
	long := strings.Repeat("x", 500)
	got := parse(t, get(t, map[string]Source{evil: stub{
		Rejected: runtime.Counts{evil: 1, long: 2, long + "y": 3},
		Sinks:    []runtime.SinkStats{{Name: evil, Paused: true, PauseReason: evil}},
	}}))
	clean := strings.ReplaceAll(evil, "\xff", "")
	for series, want := range map[string]float64{
		"eventgen_events_rejected_total{client=" + clean + ";reason=" + clean + ";}":           1,
		"eventgen_events_rejected_total{client=" + clean + ";reason=" + long[:maxLabel] + ";}": 5,
		"eventgen_sink_paused{client=" + clean + ";sink=" + clean + ";reason=" + clean + ";}":  1,
	} {
		if value, ok := got.samples[series]; !ok || value != want {
			t.Errorf("%q is %v (%v), want %v", series, value, ok, want)
		}
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(Handler(map[string]Source{"events": full()}))
	defer server.Close()
	for method, want := range map[string]int{
		http.MethodGet: 200, http.MethodHead: 200, http.MethodPost: 405, http.MethodOptions: 405, http.MethodDelete: 405,
	} {
		req, err := http.NewRequestWithContext(t.Context(), method, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil || resp.StatusCode != want {
			t.Errorf("%s: %d, %v", method, resp.StatusCode, err)
		}
		if want == 405 && resp.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: Allow is %q", method, resp.Header.Get("Allow"))
		}
	}
}

// TestDocumented checks that the page about operations knows each metric, and no other.
func TestDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, f := range families {
		known[f.name] = true
		if !strings.Contains(string(page), "| `"+f.name+"` |") {
			t.Errorf("%s is not in the table", f.name)
		}
	}
	for _, name := range regexp.MustCompile(`\beventgen_[a-z_]+\b`).FindAllString(string(page), -1) {
		if !known[name] {
			t.Errorf("%s does not exist", name)
		}
	}
}
