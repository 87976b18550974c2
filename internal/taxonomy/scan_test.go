package taxonomy_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// TestScan says what the scan section means, by what it leaves out.
func TestScan(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]taxonomy.Scan{
		"":                                   {Mode: "sampled", Action: "report", Rate: 0.01},
		"scan:":                              {Mode: "full", Action: "mask", Rate: 1},
		"scan: {}":                           {Mode: "full", Action: "mask", Rate: 1},
		"scan: full":                         {Mode: "full", Action: "mask", Rate: 1},
		"scan: off":                          {Mode: "off", Action: "mask", Rate: 1},
		"scan: sampled":                      {Mode: "sampled", Action: "report", Rate: 0.01},
		"scan: {action: drop}":               {Mode: "full", Action: "drop", Rate: 1},
		"scan: {mode: full}":                 {Mode: "full", Action: "mask", Rate: 1},
		"scan: {mode: off}":                  {Mode: "off", Action: "mask", Rate: 1},
		"scan: {mode: full, action: report}": {Mode: "full", Action: "report", Rate: 1},
		"scan: {mode: sampled, action: mask, rate: 1}": {Mode: "sampled", Action: "mask", Rate: 1},
		"scan: {mode: sampled, rate: 0.25}":            {Mode: "sampled", Action: "report", Rate: 0.25},
	} {
		if diff := gocmp.Diff(want, sound(t, head+spec+"\n").Scan); diff != "" {
			t.Errorf("%s (-want +got):\n%s", spec, diff)
		}
	}
}

// unscanned lists the values below a property whose texts are not searched.
func unscanned(path string, v *taxonomy.Value, out map[string]bool) {
	if v.Unscanned {
		out[path] = true
	}
	for suffix, inner := range map[string]*taxonomy.Value{"[]": v.Items, "{}": v.Values} {
		if inner != nil {
			unscanned(path+suffix, inner, out)
		}
	}
	if v.Fields != nil {
		for _, p := range v.Fields.Properties {
			unscanned(path+"."+p.Name, p.Value, out)
		}
	}
}

func TestScanOffIsHandedDown(t *testing.T) {
	t.Parallel()
	model := sound(t, head+`
privacy: {user: mask}
types:
  Tags: {type: array, pii: none, items: {type: string}}
  Number: {type: string, pii: none, scan: off, pii_reason: Generated.}
  Part: {type: object, pii: none, properties: {number: {type: Number}, name: {type: string}}}
events:
  e:
    properties:
      a: {type: string, pii: none}
      b: {type: string, pii: none, scan: off, pii_reason: Ours.}
      c: {type: map, pii: none, scan: off, pii_reason: Ours., values: {type: array, items: {type: string}}}
      d: {type: object, pii: none, scan: off, pii_reason: Ours., properties: {e: {type: string}, f: {type: string, pii: none}, g: {type: string, pii: user.name}}}
      h: {type: Tags, scan: off, pii_reason: Ours.}
      i: {type: array, pii: none, items: {type: string, scan: off, pii_reason: Ours.}}
      j: {type: Part}
      k: {type: Tags}
`)
	got := map[string]bool{}
	for _, p := range model.Events[0].Properties {
		unscanned(p.Name, p.Value, got)
	}
	want := map[string]bool{
		"b": true, "c": true, "c{}": true, "c{}[]": true, "d": true, "d.e": true, "h": true, "h[]": true, "i[]": true,
		"j.number": true,
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
