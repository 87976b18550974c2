package httpaudit_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/eventgen/eventgen/httpaudit"
)

// notes is a record function that remembers.
type notes struct {
	mu   sync.Mutex
	list []httpaudit.Request
}

func (n *notes) record(_ context.Context, r httpaudit.Request) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, r)
	return nil
}

func (n *notes) all() []httpaudit.Request {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.list
}

// one returns the only request that was recorded.
func (n *notes) one(t *testing.T) httpaudit.Request {
	t.Helper()
	list := n.all()
	if len(list) != 1 {
		t.Fatalf("recorded %d requests, want 1: %+v", len(list), list)
	}
	return list[0]
}

// serve lets h answer r behind the middleware, and returns what was recorded and answered. Panics of h end here.
func serve(t *testing.T, h http.HandlerFunc, r *http.Request, opts ...httpaudit.Option) (httpaudit.Request, *httptest.ResponseRecorder) {
	t.Helper()
	var n notes
	w := httptest.NewRecorder()
	done := make(chan struct{})
	go func() { // of its own, so that h may end it
		defer close(done)
		defer func() { _ = recover() }()
		httpaudit.Middleware(n.record, opts...)(h).ServeHTTP(w, r)
	}()
	<-done
	return n.one(t), w
}

func get(target string) *http.Request {
	return httptest.NewRequest(http.MethodGet, target, http.NoBody)
}

func nothing(http.ResponseWriter, *http.Request) {}
