package codegen

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

var update = flag.Bool("update", false, "write what the generator gives into the golden files")

// A golden file is a txtar archive with a registry (events.yaml and what it imports), what must come out of it (want/…), and
// perhaps Go tests that run with the generated package (use/…).
const (
	wantFolder = "want/"
	useFolder  = "use/"
)

// golden is one archive.
type golden struct {
	path     string
	archive  *txtar.Archive
	registry fstest.MapFS
	want     map[string][]byte
	use      map[string][]byte
}

func goldens(t *testing.T) []golden {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files (error %v)", err)
	}
	var all []golden
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		g := golden{path: path, archive: archive, registry: fstest.MapFS{}, want: map[string][]byte{}, use: map[string][]byte{}}
		for _, f := range archive.Files {
			if name, ok := strings.CutPrefix(f.Name, wantFolder); ok {
				g.want[name] = f.Data
			} else if name, ok := strings.CutPrefix(f.Name, useFolder); ok {
				g.use[name] = f.Data
			} else {
				g.registry[f.Name] = &fstest.MapFile{Data: f.Data}
			}
		}
		all = append(all, g)
	}
	return all
}

func (g golden) name() string { return strings.TrimSuffix(filepath.Base(g.path), ".txtar") }

// load returns the registry of the archive, which must be without errors.
func (g golden) load(t *testing.T) *taxonomy.Taxonomy {
	t.Helper()
	registry, found, err := taxonomy.Load(g.registry, "events.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if registry == nil {
		for _, d := range found {
			t.Errorf("%s: %s %s", d.Position, d.Rule, d.Message)
		}
		t.FailNow()
	}
	return registry
}

// rewrite replaces what the archive wants.
func (g golden) rewrite(t *testing.T, files map[string][]byte) {
	t.Helper()
	g.archive.Files = slices.DeleteFunc(g.archive.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, wantFolder) })
	for _, name := range slices.Sorted(maps.Keys(files)) {
		g.archive.Files = append(g.archive.Files, txtar.File{Name: wantFolder + name, Data: files[name]})
	}
	if err := os.WriteFile(g.path, txtar.Format(g.archive), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for _, g := range goldens(t) {
		t.Run(g.name(), func(t *testing.T) {
			t.Parallel()
			files := generate(t, g.load(t))
			compileSchemas(t, files)
			if *update {
				g.rewrite(t, files)
				return
			}
			for _, name := range slices.Sorted(maps.Keys(g.want)) {
				if diff := cmp.Diff(string(g.want[name]), string(files[name])); diff != "" {
					t.Errorf("%s differs (-want +got); -update accepts it:\n%s", name, diff)
				}
			}
			if extra := len(files) - len(g.want); extra != 0 {
				t.Errorf("%d files more than wanted", extra)
			}
		})
	}
}

// TestGoldenPackagesWork compiles and vets what the golden files hold, and runs the tests in them.
func TestGoldenPackagesWork(t *testing.T) {
	t.Parallel()
	packages := map[string]map[string][]byte{}
	for _, g := range goldens(t) {
		files := generate(t, g.load(t))
		maps.Copy(files, g.use)
		packages[g.name()] = files
	}
	dir := vet(t, packages)
	goCommand(t, dir, "test", "./...")
}
