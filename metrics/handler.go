package metrics

import (
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/eventgen/eventgen/runtime"
)

// contentType names the format and its version.
const contentType = "text/plain; version=0.0.4; charset=utf-8"

// Source has counters; a [*runtime.Client] is one. A nil client counts nothing.
type Source interface {
	Stats() runtime.Stats
}

// Handler returns a handler that answers GET and HEAD with the counters of all clients. The keys of the map are the values
// of the label "client", such as "events" and "audit". The map is copied; entries that are nil are left out. One answer
// costs some microseconds, and the order of its lines does not change from one to the next.
func Handler(clients map[string]Source) http.Handler {
	clients = maps.Clone(clients)
	maps.DeleteFunc(clients, func(_ string, s Source) bool { return s == nil })
	return handler{names: slices.Sorted(maps.Keys(clients)), clients: clients}
}

type handler struct {
	names   []string
	clients map[string]Source
}

// ServeHTTP writes the counters.
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	all := make([]snapshot, len(h.names))
	for i, name := range h.names {
		all[i] = snapshot{name, h.clients[name].Stats()}
	}
	body := render(all)
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // fails when the other side is gone, which is nobody's concern
}

// snapshot is the counters of one client at one moment.
type snapshot struct {
	client string
	runtime.Stats
}

// render returns all families that have samples.
func render(all []snapshot) []byte {
	var t text
	for i := range families {
		t.family(&families[i])
		for j := range all {
			families[i].collect(&t, &all[j])
		}
	}
	return t.out
}
