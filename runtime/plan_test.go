package runtime

import (
	"runtime"
	"testing"
	"weak"
)

// TestPlansOfTwoClients: each client treats an event by its own plan, whichever is at hand.
func TestPlansOfTwoClients(t *testing.T) {
	t.Parallel()
	e := &Event{Name: "x"}
	reg := &Registry{Events: []*Event{e}}
	open := func() *Client {
		c, err := New(reg, Config{})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	find := func(c *Client) *plan {
		p, err := c.plan(e)
		if err != nil || p.owner != c.owner {
			t.Fatalf("a plan of another client, or %v", err)
		}
		return p
	}
	first, second := open(), open()
	kept := find(first)
	find(second)
	if find(first); e.recent.Load() != kept {
		t.Error("two open clients take turns")
	}
	closeClient(t, first)
	if p := find(second); e.recent.Load() != p {
		t.Error("the plan of a closed client stays at hand")
	}
	find(first) // it refuses the event, but knows it
	closeClient(t, second)
}

// TestEventsDoNotKeepClients: an event is a variable of the package, and would keep a closed client for good.
func TestEventsDoNotKeepClients(t *testing.T) {
	t.Parallel()
	e := &Event{Name: "x"}
	client := func() weak.Pointer[Client] {
		c, err := New(&Registry{Events: []*Event{e}}, Config{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.plan(e); err != nil {
			t.Fatal(err)
		}
		closeClient(t, c)
		return weak.Make(c)
	}()
	runtime.GC()
	if client.Value() != nil {
		t.Error("the event keeps the client")
	}
	runtime.KeepAlive(e)
}
