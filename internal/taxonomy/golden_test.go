package taxonomy_test

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

var update = flag.Bool("update", false, "rewrite errors.txt in the golden files")

// TestGolden loads each registry under testdata. Its errors.txt holds what is printed. Whatever that says, each line that ends
// in "#~ RULE RULE" has exactly these findings, and the other lines have none.
func TestGolden(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			checkGolden(t, path)
		})
	}
}

func checkGolden(t *testing.T, path string) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := registryOf(archive)
	model, found, err := taxonomy.Load(files, "events.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if (model == nil) != diag.HasErrors(found) {
		t.Errorf("taxonomy is nil: %v, but has errors: %v", model == nil, diag.HasErrors(found))
	}
	if diff := gocmp.Diff(marked(files), findings(found)); diff != "" {
		t.Errorf("lines and rules differ (-marked +found):\n%s", diff)
	}
	got := printed(t, files, found)
	want := section(archive, "errors.txt")
	if diff := gocmp.Diff(string(want), got); diff != "" && !*update {
		t.Errorf("errors.txt differs (-want +got); run with -update:\n%s", diff)
	}
	if *update {
		setSection(archive, "errors.txt", got)
		if err := os.WriteFile(path, txtar.Format(archive), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func registryOf(archive *txtar.Archive) fstest.MapFS {
	files := fstest.MapFS{}
	for _, f := range archive.Files {
		if filepath.Ext(f.Name) == ".yaml" {
			files[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	return files
}

func section(archive *txtar.Archive, name string) []byte {
	for _, f := range archive.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

func setSection(archive *txtar.Archive, name, text string) {
	for i, f := range archive.Files {
		if f.Name == name {
			archive.Files[i].Data = []byte(text)
			return
		}
	}
	archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(text)})
}

func printed(t *testing.T, files fstest.MapFS, found []diag.Diagnostic) string {
	t.Helper()
	var out bytes.Buffer
	text := diag.Text{Source: func(file string) []byte {
		if f, ok := files[file]; ok {
			return f.Data
		}
		return nil
	}}
	if err := text.Write(&out, found); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// marked returns "file:line RULE" for each mark. An empty file cannot be marked and has E001 in line 1.
func marked(files fstest.MapFS) []string {
	var out []string
	for name, f := range files {
		for i, line := range strings.Split(string(f.Data), "\n") {
			_, rules, _ := strings.Cut(line, "#~ ")
			for rule := range strings.FieldsSeq(rules) {
				out = append(out, fmt.Sprintf("%s:%03d %s", name, i+1, rule))
			}
		}
		if len(f.Data) == 0 {
			out = append(out, name+":001 E001")
		}
	}
	slices.Sort(out)
	return out
}

func findings(found []diag.Diagnostic) []string {
	var out []string
	for _, d := range found {
		out = append(out, fmt.Sprintf("%s:%03d %s", d.File, d.Line, d.Rule))
	}
	slices.SortFunc(out, cmp.Compare)
	return out
}

// TestEveryRuleHasAGolden makes sure that no rule of the loader goes untested. Those of package lint and of the commands
// are tested there.
func TestEveryRuleHasAGolden(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, mark := range marked(registryOf(archive)) {
			_, rule, _ := strings.Cut(mark, " ")
			seen[rule] = true
		}
	}
	elsewhere := []string{"D301", "D302", "G107", "N201", "N202", "N209", "C604", "V801"}
	for _, r := range diag.Rules() {
		if seen[r.ID] == slices.Contains(elsewhere, r.ID) {
			t.Errorf("%s (%s): golden case %v", r.ID, r.Name, seen[r.ID])
		}
	}
}
