package idle

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	goruntime "runtime"

	"github.com/eventgen/eventgen/bench/workload"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

// The environment of a child process: what it opens, and where it delivers to.
const (
	childOpens  = "EVENTGEN_IDLE_CHILD"
	childServer = "EVENTGEN_IDLE_SERVER"
)

// seen is what a child process tells about itself while it is idle.
type seen struct {
	Goroutines int   // that the client has
	Wakeups    int64 // voluntary context switches of all threads during watch
}

const (
	watch         = 3 * time.Second
	maxGoroutines = 4
	// maxWakeups is what a client may add to a Go process that does nothing, whose own number varies on a busy machine by as
	// much. A tick of 100 ms would add 30.
	maxWakeups = 15
)

// TestIdleClient delivers some events in a process of its own and then looks at it for a while: an idle client has at most
// four goroutines, connections to PostHog included, and does not wake up, but when its one timer says that a waiting event is
// due. Goroutines of a Go process without a client are not counted, nor are its wake-ups.
func TestIdleClient(t *testing.T) {
	if os.Getenv(childOpens) != "" {
		t.Skip("this is the child")
	}
	if testing.Short() {
		t.Skip("takes seconds")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"status":1}`)
	}))
	defer server.Close()
	wakesUp := map[string]bool{"direct": true, "sdk": true, "direct with an event waiting": true}
	for attempt := 0; attempt < attempts && len(wakesUp) > 0; attempt++ {
		for what := range quietIn(t, server.URL) {
			delete(wakesUp, what)
		}
	}
	for what := range wakesUp {
		t.Errorf("%s: more than %d wake-ups in each of %d times %v, beyond those without a client", what, maxWakeups, attempts, watch)
	}
}

// attempts is how often a client may be looked at: a machine that is busy with other things wakes processes up, and a client that
// looks after something from time to time does so each time.
const attempts = 3

// quietIn watches all clients, and a process without one, and returns those that did not wake up.
func quietIn(t *testing.T, server string) map[string]bool {
	t.Helper()
	results := map[string]*seen{"nothing": {}, "direct": {}, "sdk": {}, "direct with an event waiting": {}}
	t.Run("watch", func(t *testing.T) {
		for what, into := range results {
			t.Run(what, func(t *testing.T) {
				t.Parallel()
				*into = observe(t, what, server)
			})
		}
	})
	nothing := results["nothing"]
	delete(results, "nothing")
	quiet := map[string]bool{}
	for what, got := range results {
		t.Logf("%s: %d goroutines, %d wake-ups in %v; without a client %d", what, got.Goroutines, got.Wakeups, watch, nothing.Wakeups)
		if got.Goroutines > maxGoroutines || got.Goroutines == 0 {
			t.Errorf("%s: %d goroutines, want 1 to %d", what, got.Goroutines, maxGoroutines)
		}
		if got.Wakeups <= nothing.Wakeups+maxWakeups {
			quiet[what] = true
		}
	}
	return quiet
}

func observe(t *testing.T, what, server string) seen {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$", "-test.v=false")
	out, err := os.CreateTemp(t.TempDir(), "seen")
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	child.ExtraFiles = []*os.File{out} // standard output belongs to package testing
	child.Env = append(os.Environ(), childOpens+"="+what, childServer+"="+server)
	if text, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", what, err, text)
	}
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	var got seen
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// TestChild is the child process.
func TestChild(t *testing.T) {
	what := os.Getenv(childOpens)
	if what == "" {
		t.Skip("has a parent only when TestIdleClient calls it")
	}
	before := goruntime.NumGoroutine()
	if what != "nothing" {
		client := busyOnce(t, what)
		defer func() { _ = client.Close(context.Background()) }()
	}
	debug.FreeOSMemory() // or the scavenger would wake up
	settle := time.NewTimer(500 * time.Millisecond)
	<-settle.C
	got := seen{Goroutines: goruntime.NumGoroutine() - before}
	switches := voluntary(t)
	idle := time.NewTimer(watch)
	<-idle.C // doing nothing is what is measured
	got.Wakeups = voluntary(t) - switches
	if err := json.NewEncoder(os.NewFile(3, "seen")).Encode(got); err != nil {
		t.Fatal(err)
	}
}

// busyOnce opens a client, delivers some events, and perhaps leaves one that is not due yet.
func busyOnce(t *testing.T, what string) *runtime.Client {
	t.Helper()
	transport := posthogsink.Direct
	if what == "sdk" {
		transport = posthogsink.SDK
	}
	sink, err := posthogsink.New(posthogsink.Config{APIKey: "phc_benchmark", Host: os.Getenv(childServer), Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	reg, _ := workload.Registries()
	client, err := runtime.New(reg, runtime.Config{}, runtime.WithSink(runtime.PostHog, sink))
	if err != nil {
		t.Fatal(err)
	}
	m := workload.Kinds()[1]
	for range 100 {
		if err := m.Track(t.Context(), client); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if what == "direct with an event waiting" {
		if err := m.Track(t.Context(), client); err != nil {
			t.Fatal(err)
		}
	}
	return client
}

// voluntary counts how often threads of this process went to sleep, and so how often they woke up.
func voluntary(t *testing.T) int64 {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return used.Nvcsw
}
