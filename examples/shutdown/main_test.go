package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/eventgen/eventgen/eventstest"
)

// asService turns the test binary into the service.
const asService = "SHUTDOWN_TEST_SERVICE"

func TestMain(m *testing.M) {
	if os.Getenv(asService) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is a running service.
type process struct {
	cmd *exec.Cmd
	url string
}

func start(t *testing.T, posthog, spool string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asService+"=1", "ADDR=127.0.0.1:0", "EVENTS_SPOOL_DIR="+spool, "EVENTS_SEND=always",
		"POSTHOG_API_KEY=phc_test", "POSTHOG_HOST="+posthog, "POSTHOG_TRANSPORT=direct",
		"EVENTS_BATCH_INTERVAL_MS=200", "LOG_BATCH_INTERVAL_MS=200")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		if t.Failed() {
			t.Logf("%s", &log)
		}
	})
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatalf("the service does not start: %v\n%s", cmd.Wait(), &log)
	}
	addr, ok := strings.CutPrefix(lines.Text(), "listening on ")
	if !ok {
		t.Fatalf("%q", lines.Text())
	}
	return &process{cmd, "http://" + addr}
}

// stop signals, and returns how long the service took. To leave events in the spool is no failure.
func (p *process) stop(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if state, err := p.cmd.Process.Wait(); err != nil || state.ExitCode() != 0 {
		t.Fatalf("%v, %v", state, err)
	}
	return time.Since(began)
}

// load starts trials from several goroutines, and signals once it runs well. It returns the organisations for which the service
// said that it has the event, and the ids of those requests.
func load(t *testing.T, url string, well func()) (orgs, requests map[string]bool) {
	t.Helper()
	orgs, requests = map[string]bool{}, map[string]bool{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	var once sync.Once
	transport := &http.Transport{MaxIdleConnsPerHost: 8}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 20 * time.Second}
	for g := range 8 {
		wg.Go(func() {
			for n := 0; ; n++ {
				org := fmt.Sprintf("org_%d_%d", g, n)
				resp, err := client.Post(url+"/trials?org="+org, "", nil)
				if err != nil {
					return // the service is gone
				}
				resp.Body.Close()
				mu.Lock()
				if resp.StatusCode == http.StatusAccepted {
					orgs[org], requests[resp.Header.Get("X-Request-Id")] = true, true
				}
				enough := len(orgs) >= 500
				mu.Unlock()
				if enough {
					once.Do(func() { wg.Go(well) })
				}
			}
		})
	}
	wg.Wait()
	return orgs, requests
}

// TestShutdown stops the service under load, with PostHog up, refusing and hanging. Whatever it has accepted must have arrived
// when it is gone, or arrive after the next start.
func TestShutdown(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no signals")
	}
	for name, down := range map[string]eventstest.Reply{
		"up":      {},
		"down":    {Status: http.StatusServiceUnavailable},
		"hanging": {Delay: time.Hour, Status: http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shutdownTest(t, down)
		})
	}
}

func shutdownTest(t *testing.T, down eventstest.Reply) {
	server := eventstest.NewServer(t)
	var mended atomic.Bool
	server.Handle(func(eventstest.Request) eventstest.Reply {
		if mended.Load() {
			return eventstest.Reply{}
		}
		return down
	})
	spool := filepath.Join(t.TempDir(), "spool")
	p := start(t, server.URL(), spool)
	var took time.Duration
	orgs, requests := load(t, p.url, func() { took = p.stop(t) })
	if took > drainTimeout+closeTimeout+3*time.Second {
		t.Errorf("took %v to stop", took)
	}
	atExit := len(server.Unique())
	if atExit > 0 && down.Status != 0 {
		t.Errorf("%d events got through", atExit)
	}
	mended.Store(true)
	p = start(t, server.URL(), spool)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := server.Wait(ctx, len(orgs)+len(requests)); err != nil {
		t.Error(err)
	}
	p.stop(t)
	arrived := map[string]bool{}
	for _, e := range server.Unique() {
		for _, key := range []string{"org_id", "requestId"} {
			if value, ok := e.Properties()[key].(string); ok {
				arrived[value] = true
			}
		}
	}
	for _, known := range []map[string]bool{orgs, requests} {
		for id := range known {
			if !arrived[id] {
				t.Errorf("%s is lost", id)
			}
		}
	}
	t.Logf("%d trials, %d audited; %d events at exit, after %v", len(orgs), len(requests), atExit, took)
}
