package generator

import (
	"fmt"
	"testing"
)

// The programs whose sizes are compared. Each does what a service does with what it imports; none is run.
const (
	program = `package main

import (
	"context"
	"fmt"
%s)

func main() {
	ctx := context.Background()
	fmt.Println(ctx)
%s}
`
	runtimeImport = "\t\"time\"\n\n\t\"github.com/eventgen/eventgen/runtime\"\n"
	eventsImport  = "\t\"scratch/generated/events\"\n"
	sinkImport    = "\t\"os\"\n\n\t\"github.com/eventgen/eventgen/sink/posthogsink\"\n"

	// writes tracks an event of its own making, as generated code does: what that needs is the runtime's.
	writes = `	w := c.Begin(ctx, &runtime.Event{Name: "x"}, "x", nil)
	w.OptTime(runtime.Null[time.Time]())
	fmt.Println(err, w.Commit(), c.Close(ctx))
`
	newClient  = "\tc, err := runtime.New(%s, runtime.Config{})\n" + writes
	openClient = "\tc, err := posthogsink.Open(os.LookupEnv, %s)\n" + writes

	track   = `	fmt.Println(events.TrackAccountAdded(ctx, c, "u", events.AccountAdded{OrgID: "x"}))` + "\n"
	useMaps = `	fmt.Println(c.TrackMap(ctx, "u", "account_added", nil))` + "\n"
)

func source(imports, body string) string { return fmt.Sprintf(program, imports, body) }

// TestOverheadLinkedSize holds what packages add to the size of a program. Sizes are exact for one version of Go and one
// platform; the limits leave room for others.
func TestOverheadLinkedSize(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the compiler and the linker")
	}
	const events = 100 // more of them take long to compile and make no difference, which is what is tested
	p := newProject(t, events)
	p.run(t, "generate")

	hello := p.size(t, source("", ""))
	bare := p.size(t, source(runtimeImport, fmt.Sprintf(newClient, "&runtime.Registry{}")))
	one := p.size(t, source(runtimeImport+eventsImport, fmt.Sprintf(newClient, "events.Registry()")+track))
	all := p.size(t, source(runtimeImport+eventsImport, fmt.Sprintf(newClient, "events.Registry()")+track+useMaps))
	sink := p.size(t, source(runtimeImport+sinkImport, fmt.Sprintf(openClient, "&runtime.Registry{}")))
	service := p.size(t, source(runtimeImport+sinkImport+eventsImport, fmt.Sprintf(openClient, "events.Registry()")+track))

	limits := []struct {
		what  string
		grows int64
		limit int64
	}{
		{"runtime, over a program that prints", bare - hello, 2_500_000},
		{"posthogsink and posthog-go, over runtime", sink - bare, 8_500_000},
		{"a registry of which one event is tracked, over runtime", one - bare, 200_000},
		{"the same in a service, over posthogsink", service - sink, 200_000},
	}
	for _, l := range limits {
		t.Logf("%-60s %8.1f KB, at most %.1f", l.what, float64(l.grows)/1e3, float64(l.limit)/1e3)
		if l.grows > l.limit {
			t.Errorf("%s: %d bytes, want at most %d", l.what, l.grows, l.limit)
		}
	}
	// The limits mean nothing unless all the events would exceed them.
	if all-bare < 200_000 {
		t.Errorf("a program that uses all events grows by only %d bytes", all-bare)
	}
	t.Logf("%-60s %8.1f KB", "a registry of which all events are used, over runtime", float64(all-bare)/1e3)
}
