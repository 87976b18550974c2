package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	// metricsTimeout bounds the request for metrics, metricsSize the answer.
	metricsTimeout = 10 * time.Second
	metricsSize    = 16 << 20
)

// sample is one line of metrics.
type sample struct {
	name   string
	labels map[string]string
	value  float64
}

// readMetrics judges a running process by its metrics.
func (h *health) readMetrics(ctx context.Context, url string, maxAge time.Duration) error {
	samples, err := fetchMetrics(ctx, url)
	if err != nil {
		return fmt.Errorf("metrics of %s: %w", url, err)
	}
	clients := 0
	for _, m := range samples {
		if m.name == "eventgen_events_accepted_total" {
			clients++
			h.fact("client %s: %.0f accepted", m.labels["client"], m.value)
		}
		h.judgeSample(m, maxAge)
	}
	h.judgeLetterFiles(samples)
	if clients == 0 {
		return fmt.Errorf("metrics of %s: none of package metrics are among them", url)
	}
	return nil
}

// fetchMetrics asks for metrics. A redirect is an error: nothing between here and a loopback address should send any.
func fetchMetrics(ctx context.Context, url string) ([]sample, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	client := http.Client{
		Timeout:       metricsTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New("answered " + resp.Status)
	}
	return parseMetrics(io.LimitReader(resp.Body, metricsSize))
}

var (
	metricLine  = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([^ ]+)(?: [0-9-]+)?$`)
	metricLabel = regexp.MustCompile(`([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"`)
	unescape    = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n")
)

// parseMetrics reads the text format of Prometheus. Lines that it does not understand are of other libraries, and left out.
func parseMetrics(r io.Reader) ([]sample, error) {
	var all []sample
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		m := metricLine.FindStringSubmatch(lines.Text())
		if m == nil || !strings.HasPrefix(m[1], "eventgen_") {
			continue
		}
		value, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m[1], err)
		}
		labels := map[string]string{}
		for _, pair := range metricLabel.FindAllStringSubmatch(m[2], -1) {
			labels[pair[1]] = unescape.Replace(pair[2])
		}
		all = append(all, sample{m[1], labels, value})
	}
	return all, lines.Err()
}

// who names the client of a sample, and the sink if it has one.
func (m *sample) who() string {
	who := "client " + printable(m.labels["client"])
	if sink := m.labels["sink"]; sink != "" {
		who += ", sink " + printable(sink)
	}
	return who
}

// judgeSample notes a fact or a problem. Counters count from the start of the process.
func (h *health) judgeSample(m sample, maxAge time.Duration) {
	who := m.who()
	switch m.name {
	case "eventgen_events_delivered_total":
		h.fact("%s: %.0f delivered", who, m.value)
	case "eventgen_events_queued":
		h.fact("%s: %.0f waiting", who, m.value)
	case "eventgen_queue_oldest_age_seconds":
		if age := time.Duration(m.value * float64(time.Second)); age > maxAge {
			h.problem("%s: the oldest event has waited for %s", who, ageText(age))
		}
	default:
		if m.value != 0 {
			h.judgeCounter(who, m)
		}
	}
}

// troubles are the metrics that should be zero, with what it means when they are not.
var troubles = map[string]string{
	"eventgen_sink_paused":                 "paused",
	"eventgen_events_dead_lettered_total":  "dead letters",
	"eventgen_events_dropped_total":        "lost",
	"eventgen_events_rejected_total":       "refused",
	"eventgen_spool_stalled":               "the disk does not answer",
	"eventgen_spool_no_room":               "no room: the quota is used up, or the disk is full",
	"eventgen_spool_suspect":               "the disk failed, a power cut now could lose events",
	"eventgen_spool_damaged_ranges_total":  "ranges of damaged bytes",
	"eventgen_spool_missing_records_total": "missing records",
	"eventgen_spool_expired_records_total": "events given up, for a sink that nobody opens any more",
}

// harmless are reasons for which nobody has to act on operations: the registry asks for it, or the caller has a mistake to mend.
var harmless = map[string]bool{
	"destination": true, "sampled": true, "closed": true,
	"invalid": true, "distinct_id": true, "too_large": true, "no_validator": true,
}

func (h *health) judgeCounter(who string, m sample) {
	trouble, ok := troubles[m.name]
	reason := m.labels["reason"]
	if !ok || harmless[reason] && m.name != "eventgen_events_dead_lettered_total" {
		return
	}
	if strings.HasSuffix(m.name, "_total") {
		trouble = fmt.Sprintf("%.0f %s", m.value, trouble)
	}
	if reason != "" {
		trouble += ": " + printable(reason)
	}
	h.problem("%s: %s", who, trouble)
}

// judgeLetterFiles brings together what two metrics say of each file of dead letters.
func (h *health) judgeLetterFiles(samples []sample) {
	limits := map[string]int64{}
	for _, m := range samples {
		if m.name == "eventgen_dead_letter_limit_bytes" {
			limits[m.who()] = int64(m.value)
		}
	}
	for _, m := range samples {
		if limit := limits[m.who()]; m.name == "eventgen_dead_letter_bytes" && limit > 0 {
			h.judgeLetters(m.who(), letterFile{m.labels["sink"], int64(m.value), limit})
		}
	}
}
