package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/metrics"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
	"github.com/eventgen/eventgen/spool"
)

// patience is how long these tests wait for another process. It looks for folders to take over once a minute.
const patience = 100 * time.Second

// TestServiceProcess is a service with a durable queue, for TestReplay: it tracks an event for each line that it reads, flushes
// at an empty one, and ends with its input. It begins by saying where its metrics are.
func TestServiceProcess(t *testing.T) {
	t.Parallel()
	if os.Getenv("EVENTGEN_TEST_SERVICE") == "" {
		t.Skip("for other tests")
	}
	client, err := posthogsink.Open(os.LookupEnv, events.Registry())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(metrics.Handler(map[string]metrics.Source{"events": client}))
	defer server.Close()
	fmt.Println(server.URL)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); fmt.Println("done") {
		if org := lines.Text(); org != "" {
			err = events.TrackTrialStarted(ctx, client, "user_1", events.NewTrialStarted(org, events.TrialStartedPlanPro, 14))
		} else {
			err = client.Flush(ctx)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := client.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// service is such a process.
type service struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
	url string // of its metrics
}

func startService(t *testing.T, dir, host string) *service {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestServiceProcess$")
	cmd.Env = append(os.Environ(), "EVENTGEN_TEST_SERVICE=1", "EVENTS_SPOOL_DIR="+dir, "POSTHOG_HOST="+host,
		"POSTHOG_API_KEY=phc_test", "POSTHOG_TRANSPORT=direct", "EVENTS_SEND=always", "EVENTS_BATCH_INTERVAL_MS=50")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &service{cmd: cmd, in: in, out: bufio.NewScanner(out)}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	if !s.out.Scan() {
		t.Fatal("the service did not start")
	}
	s.url = s.out.Text()
	return s
}

// letterBytes returns how full the metrics say that the file of dead letters is.
func (s *service) letterBytes(t *testing.T) int64 {
	t.Helper()
	samples, err := fetchMetrics(t.Context(), s.url)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range samples {
		if m.name == "eventgen_dead_letter_bytes" && m.labels["client"] == "events" && m.labels["sink"] == "posthog" {
			return int64(m.value)
		}
	}
	t.Fatal("no metric of dead letters")
	return 0
}

// do hands over lines, and returns when each of them is done.
func (s *service) do(t *testing.T, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if _, err := fmt.Fprintln(s.in, line); err != nil {
			t.Fatal(err)
		}
		if !s.out.Scan() || s.out.Text() != "done" {
			t.Fatalf("%q: %q", line, s.out.Text())
		}
	}
}

func (s *service) stop(t *testing.T) {
	t.Helper()
	if err := s.in.Close(); err != nil {
		t.Fatal(err)
	}
	for s.out.Scan() { // until it ends
	}
	if err := s.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

// eventgen runs the command line and returns what it printed.
func eventgen(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	none := func(string) (string, bool) { return "", false }
	if code := run(args, streams{in: strings.NewReader(""), out: &out, err: &errs, env: none}); code != want {
		t.Errorf("eventgen %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), code, want, &out, &errs)
	}
	return out.String(), errs.String()
}

// TestReplay goes the whole way: events that PostHog refuses become dead letters; somebody mends the server and replays them,
// beside the running process or without one; they arrive with the uuid and time stamp that they had. That the running process
// itself takes them over needs a minute, and is left to `make fault`.
func TestReplay(t *testing.T) {
	t.Parallel()
	moments := []replayMoment{beforeStop, afterStop}
	if os.Getenv("EVENTGEN_FAULT") == "1" {
		moments = append(moments, whileRunning)
	}
	for _, moment := range moments {
		t.Run(string(moment), func(t *testing.T) {
			t.Parallel()
			replayTest(t, moment)
		})
	}
}

// replayMoment is when letters are replayed, and who delivers them.
type replayMoment string

const (
	beforeStop   replayMoment = "before the process stops, for the next one"
	afterStop    replayMoment = "after the process stopped, for the next one"
	whileRunning replayMoment = "while the process runs, for itself"
)

func replayTest(t *testing.T, moment replayMoment) {
	server := eventstest.NewServer(t)
	var mended atomic.Bool
	server.Handle(func(r eventstest.Request) eventstest.Reply {
		for _, e := range r.Events {
			if org, _ := e.Properties()["org_id"].(string); strings.HasPrefix(org, "poison") && !mended.Load() {
				return eventstest.Reply{Status: http.StatusBadRequest}
			}
		}
		return eventstest.Reply{}
	})
	dir := filepath.Join(t.TempDir(), "spool")
	s := startService(t, dir, server.URL())
	s.do(t, "good 1", "poison 1", "good 2", "poison 2", "good 3", "")
	before := deadLetters(t, dir)
	if len(before) != 2 || len(server.Events()) != 3 {
		t.Fatalf("%d dead letters, %d events arrived", len(before), len(server.Events()))
	}
	out, _ := eventgen(t, exitFindings, "status", "--spool", dir)
	if !strings.Contains(out, "sink posthog: 2 dead letters, http_400") {
		t.Errorf("status: %s", out)
	}
	info, err := os.Stat(filepath.Join(dir, "events", letterFolder, "posthog.jsonl"))
	if err != nil || s.letterBytes(t) != info.Size() {
		t.Errorf("the metrics say %d bytes of dead letters: %v, %v", s.letterBytes(t), info, err)
	}
	if moment == afterStop {
		s.stop(t)
	}
	mended.Store(true)
	if out, _ := eventgen(t, exitFine, "spool", "replay", "--dry-run", dir); !strings.Contains(out, "would put back 2 dead letters") {
		t.Errorf("dry run: %s", out)
	}
	interrupted(t, filepath.Join(dir, "events"))
	if left := deadLetters(t, dir); len(left) != 2 {
		t.Fatalf("letters went before they were replayed: %v", left)
	}
	if out, _ := eventgen(t, exitFine, "spool", "replay", dir); !strings.Contains(out, "put back 2 dead letters of sink posthog") {
		t.Errorf("replay: %s", out)
	}
	if left := deadLetters(t, dir); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	if moment == beforeStop {
		s.stop(t)
	}
	if moment != whileRunning {
		s = startService(t, dir, server.URL())
	}
	await(t, func() bool { return s.letterBytes(t) == 0 })
	await(t, func() bool { return server.Counts().Stored == 7 }) // those of the interrupted replay come twice
	await(t, func() bool {
		folders, err := spool.Folders(filepath.Join(dir, "events"))
		return err == nil && len(folders) == 1
	})
	s.stop(t)
	checkReplayed(t, dir, server, before)
}

// await waits for what another process does.
func await(t *testing.T, done func() bool) {
	t.Helper()
	tick, tooLate := time.NewTicker(time.Millisecond), time.After(patience)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-tooLate:
			t.Fatal("waited for too long")
		}
	}
}

// interrupted is a replay that ends when the letters are in the queue, and still in the file.
func interrupted(t *testing.T, path string) {
	t.Helper()
	f := spoolFolder{path: path}
	w := letterWriter{sink: "posthog", destination: 1, stored: map[letterKey]bool{}}
	if err := w.store(t.Context(), streams{}, &f, &letterFilter{}); err != nil || w.records != 2 {
		t.Fatalf("%d, %v", w.records, err)
	}
}

func checkReplayed(t *testing.T, dir string, server *eventstest.Server, before map[string]listedLetter) {
	t.Helper()
	arrived := map[string]eventstest.Event{}
	for _, e := range server.Unique() {
		arrived[e.UUID] = e
	}
	if len(arrived) != 5 {
		t.Errorf("%d different events arrived", len(arrived))
	}
	for uuid, l := range before {
		e, ok := arrived[uuid]
		if !ok || !e.Timestamp.Equal(l.Timestamp) || e.Name != l.Event || e.DistinctID != l.DistinctID {
			t.Errorf("letter %+v arrived as %+v (%v)", l, e, ok)
		}
		if want := fmt.Sprint(decoded(t, l.Properties)["org_id"]); fmt.Sprint(e.Properties()["org_id"]) != want {
			t.Errorf("%s: %v, want %s", uuid, e.Properties(), want)
		}
	}
	if out, _ := eventgen(t, exitFine, "spool", "stat", dir); !strings.Contains(out, "posthog: 0 waiting") || strings.Contains(out, "folders") {
		t.Errorf("stat: %s", out)
	}
	eventgen(t, exitFine, "spool", "verify", dir)
	if out, _ := eventgen(t, exitFine, "status", "--spool", dir); !strings.Contains(out, "all is well") {
		t.Errorf("status: %s", out)
	}
}

func decoded(t *testing.T, object []byte) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal(object, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// deadLetters returns what the command lists, by uuid.
func deadLetters(t *testing.T, dir string) map[string]listedLetter {
	t.Helper()
	out, _ := eventgen(t, exitFine, "spool", "letters", "--format", "json", dir)
	all := map[string]listedLetter{}
	for d := json.NewDecoder(strings.NewReader(out)); d.More(); {
		var l listedLetter
		if err := d.Decode(&l); err != nil {
			t.Fatal(err)
		}
		all[l.UUID] = l
	}
	return all
}

// TestVerifyDamage damages a segment: verify names the bytes, stat and status say so, and nothing changes.
func TestVerifyDamage(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "events")
	s, err := spool.Open(dir, spool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reader("posthog", 1, nil); err != nil {
		t.Fatal(err)
	}
	lanes := []spool.Lane{{Destinations: 1, DistinctID: []byte("user"), Properties: []byte(`{}`)}}
	for n := range byte(10) {
		queued := time.Now().Add(-3 * time.Hour).UnixMicro()
		if _, err := s.Append(t.Context(), spool.Record{UUID: [16]byte{n}, Queued: queued, Event: "e", Lanes: lanes}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if out, _ := eventgen(t, exitFindings, "status", "--spool", dir); !strings.Contains(out, "problem: "+dir+": sink posthog: the oldest event has waited for 3h0m") {
		t.Errorf("%s", out)
	}
	eventgen(t, exitFine, "status", "--spool", dir, "--max-age", "4h")
	_, text := eventgen(t, exitFine, "spool", "verify", dir)
	if text != "1 queue, 10 records, 0 dead letters, 0 findings\n" {
		t.Errorf("%q", text)
	}
	damaged := damageSegment(t, dir)
	out, text := eventgen(t, exitFindings, "spool", "verify", dir)
	if !strings.HasPrefix(out, damaged+": bytes ") || !strings.Contains(text, "9 records") {
		t.Errorf("%q, %q", out, text)
	}
	if out, _ := eventgen(t, exitFine, "spool", "stat", dir); !strings.Contains(out, "1 range") || !strings.Contains(out, "1 missing record") {
		t.Errorf("%q", out)
	}
	if again, _ := eventgen(t, exitFindings, "spool", "verify", dir); again != out {
		t.Errorf("verify changed something: %q", again)
	}
}

// TestAgeOfWaiting has an old record that was delivered beside a fresh one that waits: the age is that of what waits.
func TestAgeOfWaiting(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "events")
	s, err := spool.Open(dir, spool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Reader("posthog", 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	lanes := []spool.Lane{{Destinations: 1, DistinctID: []byte("user"), Properties: []byte(`{}`)}}
	for _, age := range []time.Duration{3 * time.Hour, 0} {
		queued := time.Now().Add(-age).UnixMicro()
		if _, err := s.Append(t.Context(), spool.Record{Queued: queued, Event: "e", Lanes: lanes}); err != nil {
			t.Fatal(err)
		}
	}
	old, err := r.Peek(nil, 1, 1<<20)
	if err != nil || len(old) != 1 {
		t.Fatal(old, err)
	}
	if err := r.Ack(old[0].Seq); err != nil {
		t.Fatal(err)
	}
	if out, _ := eventgen(t, exitFine, "status", "--spool", dir); !strings.Contains(out, "sink posthog: 1 waiting") {
		t.Errorf("%s", out)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func damageSegment(t *testing.T, dir string) (path string) {
	t.Helper()
	segments, err := filepath.Glob(filepath.Join(dir, "*.seg"))
	if err != nil || len(segments) != 1 {
		t.Fatal(segments, err)
	}
	text, err := os.ReadFile(segments[0])
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(segments[0], text, 0o600); err != nil {
		t.Fatal(err)
	}
	return segments[0]
}

// source is a client with fixed counters.
type source runtime.Stats

func (s source) Stats() runtime.Stats { return runtime.Stats(s) }

// TestStatusURL judges metrics of each kind that needs somebody, and of those that do not.
func TestStatusURL(t *testing.T) {
	t.Parallel()
	well := func() source {
		return source{
			Accepted: 12, Rejected: runtime.Counts{"invalid": 1, "sampled": 2},
			Sinks: []runtime.SinkStats{{
				Name: "posthog", Delivered: 9, Queued: 3, Dropped: runtime.Counts{"destination": 1}, OldestAge: time.Minute,
				DeadLetterLimit: spool.LettersQuota,
			}},
			Spool: &runtime.SpoolStats{Bytes: 1},
		}
	}
	for want, change := range map[string]func(*source){
		"":                             func(*source) {},
		"paused: http_401":             func(s *source) { s.Sinks[0].Paused, s.Sinks[0].PauseReason = true, "http_401" },
		"3 dead letters: http_400":     func(s *source) { s.Sinks[0].DeadLettered = runtime.Counts{"http_400": 3} },
		"4 dead letters: too_large":    func(s *source) { s.Sinks[0].DeadLettered = runtime.Counts{"too_large": 4} },
		"2 lost: drop_oldest":          func(s *source) { s.Sinks[0].Dropped["drop_oldest"] = 2 },
		"5 refused: queue_full":        func(s *source) { s.Rejected["queue_full"] = 5 },
		"has waited for 2h0m":          func(s *source) { s.Sinks[0].OldestAge = 2 * time.Hour },
		"the disk does not answer":     func(s *source) { s.Spool.Stalled = true },
		"no room":                      func(s *source) { s.Spool.NoRoom = true },
		"the disk failed":              func(s *source) { s.Spool.Suspect = true },
		"1 ranges of damaged bytes":    func(s *source) { s.Spool.Damaged = 1 },
		"6 missing records":            func(s *source) { s.Spool.Missing = 6 },
		"7 events given up, for a sin": func(s *source) { s.Spool.ExpiredRecords = 7 },
		"letters fill 50 % of their":   func(s *source) { s.Sinks[0].DeadLetterBytes = 128 << 20 },
		"letters fill 100 % of their":  func(s *source) { s.Sinks[0].DeadLetterBytes = 256 << 20 },
	} {
		s := well()
		change(&s)
		server := httptest.NewServer(metrics.Handler(map[string]metrics.Source{"events": s}))
		code := exitFindings
		if want == "" {
			code, want = exitFine, "all is well"
		}
		out, _ := eventgen(t, code, "status", "--url", server.URL)
		if !strings.Contains(out, want) || strings.Count(out, "problem: ") != code || !strings.Contains(out, "sink posthog: 9 delivered") {
			t.Errorf("want %q: %s", want, out)
		}
		server.Close()
	}
}

// TestStatusURLLetters reads how full the files of dead letters are, each of its own sink and client.
func TestStatusURLLetters(t *testing.T) {
	t.Parallel()
	sinks := func(bytes ...int64) source {
		var s source
		for i, b := range bytes {
			s.Sinks = append(s.Sinks, runtime.SinkStats{Name: fmt.Sprint("sink_", i), DeadLetterBytes: b, DeadLetterLimit: 1000 << 20})
		}
		return s
	}
	memory := source{Sinks: []runtime.SinkStats{{Name: "sink_0"}}}
	server := httptest.NewServer(metrics.Handler(map[string]metrics.Source{
		"audit": sinks(499<<20, 0), "events": sinks(0, 500<<20, 1), "memory": memory,
	}))
	defer server.Close()
	out, _ := eventgen(t, exitFindings, "status", "--url", server.URL)
	var got []string
	for line := range strings.Lines(out) {
		if strings.Contains(line, "letters") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	want := []string{
		"client audit, sink sink_0: 499.0 MiB of dead letters, 49 % of what their file takes",
		"client events, sink sink_1: 500.0 MiB of dead letters, 50 % of what their file takes",
		"client events, sink sink_2: 1 B of dead letters, 0 % of what their file takes",
		"problem: client events, sink sink_1: the dead letters fill 50 % of their file; when it is full the sink stops: replay or purge them",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestStatusNoMetrics asks servers that have none.
func TestStatusNoMetrics(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"empty":    func(http.ResponseWriter, *http.Request) {},
		"other":    func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "go_goroutines 12\n") },
		"missing":  http.NotFound,
		"redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
		"broken": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "eventgen_events_accepted_total twelve\n")
		},
	} {
		server := httptest.NewServer(handler)
		if out, text := eventgen(t, exitFailed, "status", "--url", server.URL); out != "" || text == "" {
			t.Errorf("%s: %q, %q", name, out, text)
		}
		server.Close()
	}
}

// TestReplayRefused replays what cannot be: for a sink of another destination, and in a folder that others may write to.
func TestReplayRefused(t *testing.T) {
	t.Parallel()
	dir := spoolWithLetters(t)
	path := filepath.Join(dir, "events")
	letters, err := spool.OpenLetters(filepath.Join(path, letterFolder))
	if err != nil {
		t.Fatal(err)
	}
	other := deadLetter()
	other.Destination, other.Reason = 2, "odd"
	if err := letters.Append(other); err != nil {
		t.Fatal(err)
	}
	_, text := eventgen(t, exitFine, "spool", "replay", "--reason", "odd", dir)
	if !strings.Contains(text, "redacted for another destination than posthog") || len(deadLetters(t, dir)) != 1 {
		t.Errorf("%s", text)
	}
	if goruntime.GOOS == "windows" {
		t.Skip("no modes")
	}
	if err := os.Chmod(path, 0o770); err != nil {
		t.Fatal(err)
	}
	if _, text := eventgen(t, exitFailed, "spool", "replay", dir); !strings.Contains(text, "unsafe folder") || len(deadLetters(t, dir)) != 1 {
		t.Errorf("%s", text)
	}
}

// TestLettersOfOthers has dead letters that others may change beside a sound queue: neither command touches anything.
func TestLettersOfOthers(t *testing.T) {
	t.Parallel()
	if goruntime.GOOS == "windows" {
		t.Skip("no modes")
	}
	dir := spoolWithLetters(t)
	path := filepath.Join(dir, "events")
	if err := os.Chmod(filepath.Join(path, letterFolder), 0o770); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"replay", dir}, {"purge", "--yes", dir}} {
		if _, text := eventgen(t, exitFailed, append([]string{"spool"}, command...)...); !strings.Contains(text, "unsafe folder") {
			t.Errorf("%s: %s", command[0], text)
		}
		report, err := spool.Verify(path)
		if err != nil || report.Records != 0 || len(deadLetters(t, dir)) != 1 {
			t.Errorf("%s: %d records in the queue, %d letters, %v", command[0], report.Records, len(deadLetters(t, dir)), err)
		}
	}
}

func deadLetter() spool.Letter {
	return spool.Letter{
		At: time.Now(), Sink: "posthog", Destination: 1, Reason: "http_400", Event: "announcement_published",
		UUID: "019b7a00-0000-7000-8000-000000000001", Timestamp: time.Now(), Properties: json.RawMessage(`{}`),
	}
}

// spoolWithLetters makes a folder as EVENTS_SPOOL_DIR names one, with a queue that has a reader and a dead letter.
func spoolWithLetters(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "events")
	s, err := spool.Open(path, spool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reader("posthog", 1, nil); err != nil {
		t.Fatal(err)
	}
	letters, err := spool.OpenLetters(filepath.Join(path, letterFolder))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(letters.Append(deadLetter()), s.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestFullLetters asks for a warning while there is still room for dead letters: when their file is full, its sink stops.
func TestFullLetters(t *testing.T) {
	t.Parallel()
	dir := spoolWithLetters(t)
	all, err := statSpools(dir)
	if err != nil || len(all) != 1 || len(all[0].LetterFiles) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	file := &all[0].LetterFiles[0]
	if file.Sink != "posthog" || file.Bytes == 0 || file.Limit != spool.LettersQuota {
		t.Errorf("%+v", *file)
	}
	for share, want := range map[int64]bool{1: false, letterWarning - 1: false, letterWarning: true, 100: true} {
		file.Bytes = file.Limit/100*share + 100
		var h health
		h.judge(&all[0], time.Hour, time.Now())
		if got := strings.Contains(strings.Join(h.Problems, "\n"), "of their file; when it is full the sink stops"); got != want {
			t.Errorf("%d %%: %q", share, h.Problems)
		}
	}
	file.Bytes = file.Limit / 4
	var out strings.Builder
	if all[0].print(&out, time.Now()); !strings.Contains(out.String(), "letters  posthog: 64.0 MiB, 25 %") {
		t.Errorf("not in the output: %s", out.String())
	}
}
