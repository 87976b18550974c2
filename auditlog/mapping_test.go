package auditlog

import "testing"

func TestAPropertyMayFillSeveralColumns(t *testing.T) {
	t.Parallel()
	m := newMapping(Columns{Route: "path", Path: "path"})
	p, ok := m.split([]byte(`{"path":"/a","route":"/b"}`))
	if !ok || p.values[route] != `"/a"` || p.values[path] != `"/a"` || p.values[userID] != "" || string(p.rest) != `{"route":"/b"}` {
		t.Errorf("got %q, %v", p, ok)
	}
}
