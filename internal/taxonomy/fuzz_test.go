package taxonomy_test

import (
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// FuzzLoad feeds anything to the loader. It must not panic, must say why there is no taxonomy, and must point into the text.
// The seeds are the files of the golden registries.
func FuzzLoad(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if filepath.Ext(file.Name) == ".yaml" {
				f.Add(file.Data)
			}
		}
	}
	f.Add([]byte("\xff\xfev\x00"))
	f.Add([]byte(strings.Repeat("[", 2000)))
	f.Add([]byte(strings.Repeat("- ", 2000)))
	f.Add([]byte("a: &a [*a, *a]\nb: &b [*a, *a]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		files := fstest.MapFS{"events.yaml": {Data: data}, "a.yaml": {Data: data}}
		model, found, err := taxonomy.Load(files, "events.yaml")
		if err != nil {
			t.Fatal(err)
		}
		if (model == nil) != diag.HasErrors(found) {
			t.Fatalf("taxonomy is nil: %v, findings %v", model == nil, found)
		}
		if model != nil {
			checkInvariants(t, model)
		}
		lines := strings.Count(string(data), "\n") + strings.Count(string(data), "\r") + 2
		for _, d := range found {
			if _, known := diag.FindRule(d.Rule); !known || d.Line < 1 || d.Column < 1 || d.Line > lines || d.Message == "" {
				t.Errorf("bad diagnostic %+v", d)
			}
		}
		text := diag.Text{Source: func(string) []byte { return data }}
		if err := text.Write(io.Discard, found); err != nil {
			t.Fatal(err)
		}
	})
}
