package auditlog

import "testing"

func TestAPropertyMayFillSeveralColumns(t *testing.T) {
	t.Parallel()
	m := newMapping(Columns{Route: "path", Path: "path"})
	p, ok := m.split([]byte(`{"path":"/a","route":"/b"}`))
	if !ok || string(p[route]) != `"/a"` || string(p[path]) != `"/a"` || p[userID] != nil {
		t.Errorf("got %q, %v", p, ok)
	}
}
