package runtime

import (
	"errors"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
)

// generatedContents stands for what a generated package has.
type generatedContents struct{ events []*Event }

func (c generatedContents) Events() []*Event { return c.events }
func (generatedContents) Schemas() fs.FS     { return fstest.MapFS{"schemas/a.schema.json": nil} }

func TestRegistryContents(t *testing.T) {
	t.Parallel()
	generated, added := &Event{Name: "a", Registry: "f"}, &Event{Name: "b"}
	reg := &Registry{Fingerprint: "f", Contents: generatedContents{[]*Event{generated}}, Events: []*Event{added}}
	if got := reg.All(); !slices.Equal(got, []*Event{generated, added}) {
		t.Errorf("All returns %d events", len(got))
	}
	if files, err := fs.Glob(reg.Schemas(), "schemas/*"); err != nil || len(files) != 1 {
		t.Errorf("Schemas has %q, %v", files, err)
	}
	if bare := (&Registry{}); bare.All() != nil || bare.Schemas() != nil {
		t.Error("an empty registry has events or schemas")
	}
}

func TestEventsOfOtherRegistriesAreRefused(t *testing.T) {
	t.Parallel()
	listed := &Event{Name: "listed"}
	for name, test := range map[string]struct {
		event       *Event
		fingerprint string
		declared    bool
	}{
		"generated":                   {&Event{Name: "e", Registry: "f"}, "f", true},
		"of another package":          {&Event{Name: "e", Registry: "g"}, "f", false},
		"of nowhere":                  {&Event{Name: "e"}, "f", false},
		"by hand":                     {listed, "", true},
		"by hand, not listed":         {&Event{Name: "e"}, "", false},
		"by hand, among generated":    {listed, "f", true},
		"generated, registry by hand": {&Event{Name: "e", Registry: "f"}, "", false},
	} {
		c, err := New(&Registry{Fingerprint: test.fingerprint, Events: []*Event{listed}}, Config{})
		if err != nil {
			t.Fatal(err)
		}
		var invalid *ValidationError
		switch err := c.Begin(t.Context(), test.event, "u", nil).Commit(); {
		case test.declared && err != nil:
			t.Errorf("%s: %v", name, err)
		case !test.declared && !errors.As(err, &invalid):
			t.Errorf("%s: accepted (error %v)", name, err)
		}
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestKeyedContentsNeedAKey(t *testing.T) {
	t.Parallel()
	if _, err := New(&Registry{Keyed: true}, Config{RequireKeys: true}); err == nil {
		t.Error("a client without a key is opened")
	}
}
