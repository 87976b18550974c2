package delivery

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"

	"github.com/eventgen/eventgen/bench/workload"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

// server stands in for PostHog, as cheaply as can be.
type server struct {
	*httptest.Server
	buffers sync.Pool // of *bytes.Buffer
	events  atomic.Int64
	last    atomic.Pointer[[]byte] // the last body, where keep is set
	keep    bool
}

func newServer() *server {
	s := &server{buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }}}
	s.Server = httptest.NewServer(s)
	return s
}

// mark is what events are counted by.
var mark = []byte{workload.Mark}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := s.buffers.Get().(*bytes.Buffer)
	defer s.buffers.Put(body)
	body.Reset()
	if _, err := body.ReadFrom(r.Body); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.events.Add(int64(bytes.Count(body.Bytes(), mark)))
	if s.keep {
		s.last.Store(new(bytes.Clone(body.Bytes())))
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"status":1}`) // who is gone counts the event as lost
}

// close ends the server and compares what arrived with what was tracked.
func (s *server) close(tracked int) error {
	s.Close()
	if arrived := int(s.events.Load()); arrived != tracked {
		return fmt.Errorf("%d of %d events arrived at the server", arrived, tracked)
	}
	return nil
}

// sample returns the body of a batch as direct sends it.
func sample(batch int) ([]byte, error) {
	s := newServer()
	s.keep = true
	defer s.Close()
	sink, err := posthogsink.New(posthogsink.Config{APIKey: "phc_benchmark", Host: s.URL, Transport: posthogsink.Direct})
	if err != nil {
		return nil, err
	}
	reg, _ := workload.Registries()
	client, err := runtime.New(reg, runtime.Config{BatchSize: batch}, runtime.WithSink(runtime.PostHog, sink))
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	for range batch {
		if err := m().Track(ctx, client); err != nil {
			return nil, err
		}
	}
	if err := client.Close(ctx); err != nil {
		return nil, err
	}
	return *s.last.Load(), nil
}

func post(transport *http.Transport, url string, body []byte) error {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	return resp.Body.Close()
}
