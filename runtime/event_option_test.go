package runtime

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestEventOptions(t *testing.T) {
	t.Parallel()
	at, id := time.Unix(77, 0), UUID{1}
	var got eventOptions
	for _, o := range []EventOption{{}, WithTimestamp(at), WithUUID(id), WithSession("s"), WithoutPersonProfile()} {
		o.apply(&got)
	}
	if !got.timestamp.Equal(at) || got.uuid != id || got.session != "s" || !got.personless || len(got.groups()) != 0 {
		t.Errorf("options: %+v", got)
	}
}

func TestEventOptionsGroups(t *testing.T) {
	t.Parallel()
	for n := range 9 {
		var o eventOptions
		var want []group
		for i := range n {
			WithGroup(fmt.Sprint("type", i), "old").apply(&o)
			want = append(want, group{fmt.Sprint("type", i), fmt.Sprint("key", i)})
		}
		for i := range n {
			WithGroup(fmt.Sprint("type", i), fmt.Sprint("key", i)).apply(&o)
		}
		if !slices.Equal(o.groups(), want) {
			t.Errorf("%d groups: %v", n, o.groups())
		}
	}
}

func TestEventOptionsCostNoAllocation(t *testing.T) {
	at := time.Now()
	o := new(eventOptions)
	allocations := testing.AllocsPerRun(100, func() {
		*o = eventOptions{}
		for _, option := range [...]EventOption{WithTimestamp(at), WithUUID(UUID{1}), WithGroup("a", "b"), WithSession("c")} {
			option.apply(o)
		}
	})
	if allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
}
