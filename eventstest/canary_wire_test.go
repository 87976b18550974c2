package eventstest

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

// echo is a receiver that notes every request and complains with what it was sent, before it takes it.
type echo struct {
	mu   sync.Mutex
	all  bytes.Buffer
	hits int
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	_, _ = fmt.Fprintf(&e.all, "%s %s %v\n%s\n", r.Method, r.URL, r.Header, body) // a buffer takes everything
	e.hits++
	switch e.hits {
	case 1:
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write(body)
	case 2, 3:
		w.Header().Set("X-Problem", string(bytes.ReplaceAll(body, []byte("\n"), nil)))
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write(body)
	default:
		_, _ = w.Write([]byte(`{"status":1}`))
	}
}

// TestCanariesOnTheWire looks at the bytes that go to PostHog with either transport, and at the log of a client whose receiver
// answers with what it was sent: what the policy keeps for PostHog need not be kept for a log.
func TestCanariesOnTheWire(t *testing.T) {
	t.Parallel()
	registries := uint64(60)
	if testing.Short() {
		registries = 10
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for _, transport := range []posthogsink.Transport{posthogsink.SDK, posthogsink.Direct} {
		t.Run(fmt.Sprint(transport), func(t *testing.T) {
			t.Parallel()
			size := 0
			for i := range registries {
				reg := randomRegistry(rand.New(rand.NewPCG(seed, i)))
				size += onTheWire(t, transport, newCanaryRun(t, reg, reg.Events, nil))
			}
			t.Logf("%d bytes on the wire", size)
			if size < 1000*int(registries) {
				t.Error("too little to prove anything")
			}
		})
	}
}

func onTheWire(t *testing.T, transport posthogsink.Transport, run *canaryRun) int {
	t.Helper()
	receiver := &echo{}
	server := httptest.NewServer(receiver)
	defer server.Close()
	sink, err := posthogsink.New(posthogsink.Config{APIKey: "phc_canary", Host: server.URL, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	client := run.open(runtime.Config{}, false, runtime.WithSink(redact.PostHog, sink))
	run.trackAll(client.Client)
	run.flush(client.Client)
	run.close("of the client with a wire", client)
	run.surface("the wire", receiver.all.Bytes(), redact.PostHog)
	run.check()
	return receiver.all.Len()
}
