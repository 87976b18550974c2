package eventstest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// TestCanariesOfRandomRegistries is the proof that no registry makes the runtime leak: policies, properties, shapes and
// constraints are random, and every surface is looked into for each of them.
func TestCanariesOfRandomRegistries(t *testing.T) {
	t.Parallel()
	registries := 1000
	if testing.Short() {
		registries = 60
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	var total randomTotal
	numbers := make(chan uint64)
	var workers sync.WaitGroup
	for range 16 { // they mostly wait for the disk
		workers.Go(func() {
			for i := range numbers {
				reg := randomRegistry(rand.New(rand.NewPCG(seed, i)))
				run := newCanaryRun(t, reg, reg.Events, nil)
				run.run()
				total.add(run)
				if run.failures > 0 {
					t.Errorf("registry %d of seed %d leaks", i, seed)
				}
			}
		})
	}
	for i := range registries {
		numbers <- uint64(i)
	}
	close(numbers)
	workers.Wait()
	t.Logf("%d registries, %d events, %d marked values, %d surfaces of %d MiB",
		registries, total.events, total.values, total.surfaces, total.bytes>>20)
	if total.values < registries*10 {
		t.Error("too few values to prove anything")
	}
}

// randomTotal is what has been looked at.
type randomTotal struct {
	mu                              sync.Mutex
	events, values, surfaces, bytes int
}

func (t *randomTotal) add(run *canaryRun) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.events += len(run.events)
	t.values += len(run.maker.all)
	t.surfaces += len(run.surfaces)
	for _, s := range run.surfaces {
		t.bytes += len(s.text)
	}
}

// registryMaker makes registries.
type registryMaker struct{ *rand.Rand }

var randomCategories = []string{
	"user", "user.contact", "user.contact.email", "user.contact.phone_number", "user.name", "user.name.first",
	"user.device.ip_address", "user.device", "user.unique_id", "user.location.precise", "user.financial", "user.demographic",
}

func randomRegistry(r *rand.Rand) *runtime.Registry {
	m := registryMaker{r}
	reg := &runtime.Registry{Package: "random", Identity: m.category()}
	reg.Scan = runtime.Scanning{Mode: runtime.ScanFull, Action: runtime.ScanAction(m.IntN(3))}
	for _, c := range randomCategories {
		if m.chance(0.8) {
			reg.Policy = append(reg.Policy, redact.CategoryRule{Category: c, Strategies: redact.Strategies{
				PostHog: m.strategy(), Audit: m.strategy(), Log: m.strategy(),
			}})
		}
	}
	e := &runtime.Event{Name: "happened", Object: *m.object(1)}
	for _, d := range canaryDestinations() {
		if m.chance(0.3) {
			e.Destinations = append(e.Destinations, d)
		}
	}
	reg.Events = append(reg.Events, e)
	switch m.IntN(3) {
	case 0:
		reg.Events = append(reg.Events, &runtime.Event{Name: "$identify", Kind: runtime.KindIdentify, Object: *m.object(2)})
	case 1:
		reg.Events = append(reg.Events,
			&runtime.Event{Name: "$groupidentify", Kind: runtime.KindGroup, Group: "organization", Object: *m.object(2)})
	}
	return reg
}

func (m registryMaker) chance(p float64) bool { return m.Float64() < p }

func (m registryMaker) strategy() redact.Strategy {
	return redact.Strategy(m.IntN(int(redact.Keep) + 1))
}

func (m registryMaker) category() string {
	if m.chance(0.3) {
		return []string{"", "none"}[m.IntN(2)]
	}
	return randomCategories[m.IntN(len(randomCategories))]
}

func (m registryMaker) object(depth int) *runtime.Object {
	o := &runtime.Object{}
	for i := range 1 + m.IntN(6/depth) {
		o.Properties = append(o.Properties, runtime.Property{
			Name: fmt.Sprintf("p%d", i), Required: m.chance(0.5), Nullable: m.chance(0.2), Value: *m.value(depth),
		})
	}
	return o
}

func (m registryMaker) value(depth int) *runtime.Value {
	v := &runtime.Value{Type: runtime.Type(m.IntN(int(runtime.Any) + 1)), Category: m.category()}
	if depth > 3 && v.Type > runtime.Boolean {
		v.Type = runtime.String
	}
	if m.chance(0.3) {
		v.Redact, v.Tighten = m.strategy(), true
	}
	switch v.Type {
	case runtime.String:
		m.text(v)
	case runtime.Integer:
		if m.chance(0.5) {
			v.Range = &runtime.Range{Min: float64(m.IntN(100) - 50), Max: float64(60 + m.IntN(1_000_000))}
		}
	case runtime.Number:
		if m.chance(0.5) {
			v.Range = &runtime.Range{Min: m.Float64() - 1, Max: 1 + m.Float64()*1000}
		}
	case runtime.Objects:
		v.Object = m.object(depth + 1)
	case runtime.Array:
		v.Items = m.value(depth + 1)
		v.UniqueItems = v.Items.Type == runtime.Number
		v.MinItems = m.IntN(3)
	case runtime.Map:
		v.Values = m.value(depth + 1)
		v.MaxItems = []int{0, runtime.Zero, 1, 5}[m.IntN(4)]
	default:
	}
	return v
}

// text gives a string one constraint or none.
func (m registryMaker) text(v *runtime.Value) {
	switch m.IntN(6) {
	case 0:
		v.Format = runtime.Format(1 + m.IntN(int(runtime.Hostname)))
	case 1:
		v.Enum = &runtime.Enum{Strings: []string{"first", "second", "third"}}
	case 2:
		v.MaxLength = 1 + m.IntN(60)
	case 3:
		v.MinLength = m.IntN(60)
	case 4:
		v.Pattern = []string{
			`^[0-9]{2,4}$`, `^[a-z][a-z0-9_]*$`, `^(ab|cd)-[A-Z]{12}$`, `^\d{16}$`, `^[0-9a-f]{32}$`, `b+`, `^\p{L}+$`,
		}[m.IntN(7)]
	default:
	}
}
