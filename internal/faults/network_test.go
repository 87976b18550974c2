package faults

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
	"github.com/eventgen/eventgen/spool"
)

// patience is how long the sink waits for an answer. On a busy machine that is now and then too short for a good network, too,
// which makes another attempt and no difference.
const patience = 2 * time.Second

// line is the way from the client to the stand-in: names, connections, the proxy.
type line struct {
	*proxy
	names   *nameserver
	dialer  net.Dialer
	blocked atomic.Int32 // what becomes of attempts to connect
	refused atomic.Int64 // how many of them got nowhere
}

const (
	connects   int32 = iota
	unanswered       // nothing comes back
	unreached        // nobody listens
)

func (l *line) dial(ctx context.Context, network, address string) (net.Conn, error) {
	switch l.blocked.Load() {
	case unanswered:
		l.refused.Add(1)
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Net: network, Err: ctx.Err()}
	case unreached:
		l.refused.Add(1)
		address = "127.0.0.1:1"
	}
	return l.dialer.DialContext(ctx, network, address)
}

// heal makes it a good network.
func (l *line) heal() {
	l.become(toxin{})
	l.names.fault.Store(int32(dnsWorks))
	l.blocked.Store(connects)
}

// effects is how often a fault had an effect.
func (l *line) effects() int {
	return l.strikes() + int(l.names.hits.Load()) + int(l.refused.Load())
}

// weather is a kind of fault.
type weather struct {
	name   string
	secure bool // over TLS
	fails  bool // for certain, attempts fail
	strike func(*rand.Rand, *line, *trust)
}

// kinds are the faults of a network. Each has variants, by the random source.
var kinds = []weather{
	{"latency", false, false, func(r *rand.Rand, l *line, _ *trust) {
		l.become(toxin{latency: time.Duration(1+r.IntN(500)) * time.Millisecond})
	}},
	{"bandwidth", false, false, func(r *rand.Rand, l *line, _ *trust) {
		l.become(toxin{rate: 1 + r.IntN(20)})
	}},
	{"reset mid-body", false, true, func(r *rand.Rand, l *line, _ *trust) {
		l.become(toxin{resetAt: 1 + r.IntN(2000)})
	}},
	{"half-open", false, true, func(_ *rand.Rand, l *line, _ *trust) {
		l.become(toxin{swallow: true})
	}},
	{"slow close", false, true, func(r *rand.Rand, l *line, _ *trust) {
		l.become(toxin{closeAt: 1 + r.IntN(100), linger: time.Duration(r.IntN(600)) * time.Millisecond})
	}},
	{"black hole", false, true, func(r *rand.Rand, l *line, _ *trust) {
		l.become(toxin{swallow: true})
		l.blocked.Store([]int32{unanswered, unreached}[r.IntN(2)])
	}},
	{"DNS failure", true, true, func(r *rand.Rand, l *line, _ *trust) {
		l.become(toxin{resetAt: 1})
		l.names.fault.Store(int32([]dnsFault{dnsSilent, dnsUnknown, dnsBroken}[r.IntN(3)]))
	}},
	{"TLS failure", true, true, func(r *rand.Rand, l *line, certs *trust) {
		x := toxin{resetAt: 1}
		if n := r.IntN(len(certs.wrong) + 1); n < len(certs.wrong) {
			x.wrongTLS = certs.wrong[n]
		} else {
			x.garbage = true
		}
		l.become(x)
	}},
}

// TestNetworkFaults has every kind of network fault strike while events are tracked and sent, in variants by seed. Once the
// network has healed, each event has arrived as it was tracked, with its uuid, and the client has counted it as delivered. Even
// seeds take one transport, odd ones the other. With -short there are three seeds instead of twenty.
func TestNetworkFaults(t *testing.T) {
	t.Parallel()
	seeds := 20
	if testing.Short() {
		seeds = 3
	}
	certs := newTrust(t)
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			var failed atomic.Uint64
			var all sync.WaitGroup
			for seed := range seeds {
				all.Go(func() { // they mostly wait: let them do it at the same time
					t.Run(fmt.Sprint(seed), func(t *testing.T) {
						failed.Add(networkFault(t, kind, certs, uint64(seed)))
					})
				})
			}
			all.Wait()
			t.Logf("%d seeds, %d attempts failed", seeds, failed.Load())
		})
	}
}

// networkFault runs one seed, and returns how many attempts failed.
func networkFault(t *testing.T, kind weather, certs *trust, seed uint64) (failed uint64) {
	random := rand.New(rand.NewPCG(seed, 8))
	server := eventstest.NewServer(t)
	l, sink := newLine(t, kind, certs, server, []posthogsink.Transport{posthogsink.SDK, posthogsink.Direct}[seed%2])
	s := open(t, t.TempDir(), roomy(spool.Options{Quota: 1 << 20, SegmentBytes: 64 << 10}), runtime.Config{
		BatchSize: 1 + random.IntN(30), BatchInterval: time.Millisecond,
		RetryMin: time.Millisecond, RetryMax: 50 * time.Millisecond, PauseProbe: 10 * time.Millisecond,
	}, sink)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()

	events := 0
	more := func(n int) {
		for range n {
			if err := s.track(ctx, events); err != nil {
				t.Fatal(err)
			}
			events++
		}
	}
	if seed%4 < 2 { // the fault meets a connection that is open
		more(5)
		if err := server.Wait(ctx, events); err != nil {
			t.Fatal(err)
		}
	}
	kind.strike(random, l, certs)
	more(20 + random.IntN(40))
	arrived := server.Counts().Unique
	await(ctx, t, "the fault has no effect", func() bool { // or, for a slow network, the events arrive in spite of it
		return l.effects() > 0 && (s.sums(t).Failures.Total() > 0 || !kind.fails && server.Counts().Unique > arrived)
	})
	if random.IntN(2) == 0 {
		more(5)
	}
	l.heal()
	more(5)
	if err := s.Flush(ctx); err != nil {
		t.Errorf("after healing: %v", err)
	}
	stats := s.stop(t, 10*time.Second)
	if stats.Delivered != uint64(events) {
		t.Errorf("%d events tracked: %+v", events, stats)
	}
	checkArrived(t, server, events)
	return stats.Failures.Total()
}

// newLine connects a sink with the stand-in.
func newLine(t *testing.T, kind weather, certs *trust, server *eventstest.Server, transport posthogsink.Transport) (*line, runtime.Sink) {
	t.Helper()
	target := strings.TrimPrefix(server.URL(), "http://")
	l := &line{names: newNameserver(t)}
	var host string
	if kind.secure {
		l.proxy = newProxy(t, target, certs.good)
		_, port, err := net.SplitHostPort(l.address())
		if err != nil {
			t.Fatal(err)
		}
		host = "https://" + net.JoinHostPort(hostName, port)
	} else {
		l.proxy = newProxy(t, target, nil)
		host = "http://" + l.address()
	}
	l.dialer = net.Dialer{Timeout: patience, Resolver: l.names.resolver()}
	pool := &http.Transport{DialContext: l.dial, TLSClientConfig: certs.client, TLSHandshakeTimeout: patience}
	t.Cleanup(pool.CloseIdleConnections)
	sink, err := posthogsink.New(posthogsink.Config{
		APIKey: "phc_faults", Host: host, Transport: transport, Timeout: patience, HTTP: pool,
	})
	if err != nil {
		t.Fatal(err)
	}
	return l, sink
}

// await waits for a condition.
func await(ctx context.Context, t *testing.T, problem string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal(problem)
		}
	}
}

// checkArrived compares every copy of every event with what was tracked.
func checkArrived(t *testing.T, server *eventstest.Server, events int) {
	t.Helper()
	got := make([]bool, events)
	var errs []error
	for _, e := range server.Events() {
		p := e.Properties()
		n, _ := p["n"].(float64)
		if int(n) < 0 || int(n) >= events || e.UUID != uuidOf(int(n)).String() || p["text"] != textOf(int(n)) ||
			e.Name != "numbered" || e.DistinctID != "user_1" {
			errs = append(errs, fmt.Errorf("not tracked like this: %s", e.Raw))
			continue
		}
		got[int(n)] = true
	}
	for n, arrived := range got {
		if !arrived {
			errs = append(errs, fmt.Errorf("event %d is lost", n))
		}
	}
	if len(errs) > 0 {
		t.Error(errors.Join(errs[:min(len(errs), 5)]...))
	}
	if unique := server.Counts().Unique; unique != events {
		t.Errorf("%d events by PostHog's measure, want %d", unique, events)
	}
}
