package diag_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/eventgen/eventgen/internal/diag"
)

func sample() []diag.Diagnostic {
	return []diag.Diagnostic{
		diag.New(diag.Position{File: `dir\a b.yaml`, Line: 3, Column: 5}, "E003", `"x" is <given> twice`).
			WithRelated(at(1, 2), "first given here").WithFix("remove one"),
		diag.New(at(7, 1), "D301", "100%% of it,\nall: gone"),
		diag.New(at(8, 1), "E003", "again"),
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := diag.WriteJSON(&out, sample()[:2]); err != nil {
		t.Fatal(err)
	}
	want := `[
  {
    "file": "dir\\a b.yaml",
    "line": 3,
    "column": 5,
    "message": "\"x\" is <given> twice",
    "rule": "E003",
    "severity": "error",
    "related": [
      {
        "file": "events.yaml",
        "line": 1,
        "column": 2,
        "message": "first given here"
      }
    ],
    "fix": "remove one"
  },
  {
    "file": "events.yaml",
    "line": 7,
    "column": 1,
    "message": "100% of it,\nall: gone",
    "rule": "D301",
    "severity": "warning"
  }
]
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	out.Reset()
	if err := diag.WriteJSON(&out, nil); err != nil || out.String() != "[]\n" {
		t.Errorf("nothing is %q, %v", out.String(), err)
	}
}

func TestGitHub(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := diag.WriteGitHub(&out, sample()[:2]); err != nil {
		t.Fatal(err)
	}
	want := `::error file=dir/a b.yaml,line=3,col=5,title=E003::"x" is <given> twice%0Aevents.yaml:1:2: first given here%0Afix: remove one
::warning file=events.yaml,line=7,col=1,title=D301::100%25 of it,%0Aall: gone
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestSARIF reads the log back as a consumer would.
func TestSARIF(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := diag.WriteSARIF(&out, sample()); err != nil {
		t.Fatal(err)
	}
	type location struct {
		ID               int
		PhysicalLocation struct {
			ArtifactLocation struct{ URI string }
			Region           struct{ StartLine, StartColumn int }
		}
		Message struct{ Text string }
	}
	var log struct {
		Schema  string `json:"$schema"`
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct {
						ID, Name             string
						ShortDescription     struct{ Text string }
						DefaultConfiguration struct{ Level string }
					}
				}
			}
			ColumnKind string
			Results    []struct {
				RuleID           string
				RuleIndex        int
				Level            string
				Message          struct{ Text string }
				Locations        []location
				RelatedLocations []location
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].ColumnKind != "unicodeCodePoints" {
		t.Fatalf("%+v", log)
	}
	run := log.Runs[0]
	if run.Tool.Driver.Name != "eventgen" || len(run.Tool.Driver.Rules) != 2 || len(run.Results) != 3 {
		t.Fatalf("%+v", run)
	}
	for i, r := range run.Results {
		rule := run.Tool.Driver.Rules[r.RuleIndex]
		if rule.ID != r.RuleID || rule.DefaultConfiguration.Level != r.Level || rule.ShortDescription.Text == "" {
			t.Errorf("result %d has rule %+v", i, rule)
		}
	}
	first := run.Results[0]
	place := first.Locations[0].PhysicalLocation
	if place.ArtifactLocation.URI != "dir/a%20b.yaml" || place.Region.StartLine != 3 || place.Region.StartColumn != 5 {
		t.Errorf("%+v", place)
	}
	if len(first.RelatedLocations) != 1 || first.RelatedLocations[0].Message.Text != "first given here" {
		t.Errorf("%+v", first.RelatedLocations)
	}
	out.Reset()
	if err := diag.WriteSARIF(&out, nil); err != nil || !bytes.Contains(out.Bytes(), []byte(`"results": []`)) {
		t.Errorf("a log without results is %s, %v", out.String(), err)
	}
}
