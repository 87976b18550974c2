package posthogsink_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

// childFirst is the variable that turns the test binary into a service that tracks until it is killed; it holds the number of its
// first event.
const childFirst = "POSTHOGSINK_TEST_CHILD_FIRST"

func TestMain(m *testing.M) {
	if first := os.Getenv(childFirst); first != "" {
		if err := child(first); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child tracks from several goroutines, and prints the number of each event after Track returned nil.
func child(first string) error {
	start, err := strconv.Atoi(first)
	if err != nil {
		return err
	}
	reg, event := newRegistry(redact.Keep)
	client, err := posthogsink.Open(os.LookupEnv, reg, runtime.WithLogger(nil))
	if err != nil {
		return err
	}
	fmt.Println("ready")
	failed := make(chan error)
	for g := range 4 {
		go func() {
			for n := start + g; ; n += 4 {
				err := trackNumbered(context.Background(), client, event, n)
				if err == nil {
					_, err = os.Stdout.WriteString(strconv.Itoa(n) + "\n")
				}
				if err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	return <-failed
}

// trackNumbered tracks an event of which everything follows from its number.
func trackNumbered(ctx context.Context, c *runtime.Client, event *runtime.Event, n int) error {
	options := []runtime.EventOption{
		runtime.WithUUID(testUUID(n)), runtime.WithTimestamp(start.Add(time.Duration(n) * time.Microsecond)),
	}
	w := c.Begin(ctx, event, fmt.Sprintf("user_%d", n), options)
	w.Integer(int64(n))
	w.String(email(n))
	return w.Commit()
}

func email(n int) string { return strings.Repeat("jane", n%50) + "@example.com" }

// isNumbered reports whether an event is what trackNumbered has tracked: with the direct transport to the byte; posthog-go
// decodes and encodes properties again.
func isNumbered(e eventstest.Event, transport posthogsink.Transport) bool {
	n := number(e)
	same := e.Properties()["email"] == email(n)
	if transport == posthogsink.Direct {
		same = strings.Contains(string(e.Raw), fmt.Sprintf(`"properties":{"n":%d,"email":%q,"$geoip_disable":true`, n, email(n)))
	}
	return same && e.UUID == testUUID(n).String() && e.Timestamp.Equal(start.Add(time.Duration(n)*time.Microsecond)) &&
		e.DistinctID == fmt.Sprintf("user_%d", n) && e.Name == "signed_up"
}

// killRounds is how often a service is killed.
func killRounds() int {
	switch {
	case os.Getenv("EVENTGEN_FAULT") == "1":
		return 5000
	case testing.Short():
		return 20
	default:
		return 200
	}
}

// TestKill kills a service that tracks at full speed, again and again, while PostHog is up, down or slow. Whatever Track has
// accepted must arrive, from this process or a later one, as it was tracked, and nothing else.
func TestKill(t *testing.T) {
	t.Parallel()
	k := killer{t: t, dir: t.TempDir(), random: rand.New(rand.NewPCG(3, 5)), arrived: map[int]bool{}}
	for round := range killRounds() {
		k.round(round)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d events accepted, %d arrived", k.accepted, len(k.arrived))
}

// killer kills services that share one folder.
type killer struct {
	t        *testing.T
	dir      string
	random   *rand.Rand
	accepted int
	arrived  map[int]bool
}

// round starts a service, kills it, and lets the next one deliver the rest. Sometimes the next one is killed, too.
func (k *killer) round(round int) {
	server := eventstest.NewServer(k.t)
	defer func() { _ = server.Close() }()
	replies := []eventstest.Reply{{}, {Status: 503}, {Fault: eventstest.ResetAnswer, Stored: true}, {Delay: 5 * time.Millisecond}}
	server.Handle(func(eventstest.Request) eventstest.Reply { return replies[round%len(replies)] })
	transport := []posthogsink.Transport{posthogsink.SDK, posthogsink.Direct}[round/len(replies)%2]
	e := durableEnv(server, k.dir, transport)
	e["EVENTS_BATCH_INTERVAL_MS"], e["EVENTS_SPOOL_QUOTA_MB"] = "1", "8" // and thus small segments, which are soon looked through

	var accepted []int
	first := (round + 1) * 1_000_000
	for life := range 1 + k.random.IntN(2) {
		accepted = append(accepted, k.life(e, first+life*500_000)...)
	}
	server.Handle(nil)
	next, _ := openDurable(k.t, e)
	err := next.Flush(within(k.t, time.Minute))
	if err == nil {
		err = next.Close(within(k.t, time.Minute))
	}
	if err != nil {
		k.t.Errorf("round %d: %v", round, err)
	}
	checkSums(k.t, next.Stats())
	k.check(round, transport, server.Unique(), accepted)
}

// life starts a service and kills it a little later. It returns what the service had accepted.
func (k *killer) life(e env, first int) (accepted []int) {
	k.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childFirst+"="+strconv.Itoa(first))
	for name, value := range e {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		k.t.Error("the service does not start")
	}
	timer := time.AfterFunc(time.Duration(k.random.IntN(20))*time.Millisecond, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	for lines.Scan() {
		if n, err := strconv.Atoi(lines.Text()); err == nil {
			accepted = append(accepted, n)
		}
	}
	if err := cmd.Wait(); err == nil {
		k.t.Error("the service was not killed")
	}
	return accepted
}

// check compares what arrived in a round with what was accepted in it.
func (k *killer) check(round int, transport posthogsink.Transport, got []eventstest.Event, accepted []int) {
	k.t.Helper()
	for _, e := range got {
		n := number(e)
		if k.arrived[n] || n/1_000_000 != round+1 || !isNumbered(e, transport) {
			k.t.Errorf("round %d: not tracked like this, or not in this round: %s", round, e.Raw)
			return
		}
		k.arrived[n] = true
	}
	for _, n := range accepted {
		if !k.arrived[n] {
			k.t.Errorf("round %d: event %d of %d is lost", round, n, len(accepted))
			return
		}
	}
	k.accepted += len(accepted)
}

// TestCloseUnderLoad closes a client amid tracking with PostHog up, slow and down. Each Close ends by its deadline and the next
// start delivers what was left.
func TestCloseUnderLoad(t *testing.T) {
	forEachTransport(t, func(t *testing.T, transport posthogsink.Transport) {
		for name, reply := range map[string]eventstest.Reply{
			"up": {}, "slow": {Delay: 300 * time.Millisecond}, "down": {Status: 503}, "hanging": {Fault: eventstest.Hang},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				closeUnderLoad(t, transport, reply)
			})
		}
	})
}

func closeUnderLoad(t *testing.T, transport posthogsink.Transport, reply eventstest.Reply) {
	server := eventstest.NewServer(t)
	server.Handle(func(eventstest.Request) eventstest.Reply { return reply })
	e := durableEnv(server, t.TempDir(), transport)
	client, event := openDurable(t, e)
	accepted := make(chan int)
	enough := make(chan struct{})
	const trackers = 4
	for g := range trackers {
		go func() {
			n := 0
			for trackNumbered(t.Context(), client, event, g*1_000_000+n) == nil && n < 100_000 {
				if n++; g == 0 && n == 500 {
					close(enough)
				}
			}
			accepted <- n
		}()
	}
	<-enough
	const deadline = 500 * time.Millisecond
	begun := time.Now()
	if err := client.Close(within(t, deadline)); err != nil {
		t.Errorf("Close: %v", err)
	}
	if took := time.Since(begun); took > deadline+2*time.Second {
		t.Errorf("Close took %v", took)
	}
	total := 0
	for range trackers {
		total += <-accepted
	}
	stats := client.Stats()
	checkSums(t, stats)
	if stats.Accepted != uint64(total) {
		t.Errorf("accepted %d, want %d", stats.Accepted, total)
	}
	server.Handle(nil)
	e["EVENTS_BATCH_SIZE"] = "1000"
	next, _ := openDurable(t, e)
	if err := next.Close(within(t, time.Minute)); err != nil {
		t.Error(err)
	}
	checkSums(t, next.Stats())
	if n := len(server.Unique()); n != total {
		t.Errorf("%d events arrived of %d", n, total)
	}
}
