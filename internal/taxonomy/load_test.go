package taxonomy_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

const head = "version: 1\npackage: events\n"

// load loads a registry of one file in memory.
func load(tb testing.TB, text string) (*taxonomy.Taxonomy, []diag.Diagnostic) {
	tb.Helper()
	model, found, err := taxonomy.Load(fstest.MapFS{"events.yaml": {Data: []byte(text)}}, "events.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	return model, found
}

// sound loads a registry that has no errors.
func sound(tb testing.TB, text string) *taxonomy.Taxonomy {
	tb.Helper()
	model, found := load(tb, text)
	if model == nil {
		tb.Fatalf("%d unexpected findings, such as: %v", len(found), found[:min(len(found), 3)])
	}
	return model
}

func property(tb testing.TB, list []*taxonomy.Property, name string) *taxonomy.Property {
	tb.Helper()
	i := slices.IndexFunc(list, func(p *taxonomy.Property) bool { return p.Name == name })
	if i < 0 {
		tb.Fatalf("no property %q", name)
	}
	return list[i]
}

// has fails the test unless there is a finding of the rule at the line and column.
func has(tb testing.TB, found []diag.Diagnostic, place, rule string) diag.Diagnostic {
	tb.Helper()
	for _, d := range found {
		if d.Rule == rule && d.Position.String() == place {
			return d
		}
	}
	tb.Errorf("no %s at %s in %v", rule, place, found)
	return diag.Diagnostic{}
}

func TestUnreadableRoot(t *testing.T) {
	t.Parallel()
	for _, path := range []string{filepath.Join(t.TempDir(), "none.yaml"), t.TempDir()} {
		model, found, err := taxonomy.Load(taxonomy.OS{}, path)
		if err == nil || model != nil || found != nil {
			t.Errorf("Load(%q) = %v, %v, %v, want an error only", path, model, found, err)
		}
	}
	_, _, err := taxonomy.Load(taxonomy.OS{}, filepath.Join(t.TempDir(), "none.yaml"))
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v does not say that there is no file", err)
	}
}

// TestImports reads from a real folder: globs, a file within its own glob, a folder, two ways to one file.
func TestImports(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "[a-b]") // a pattern, if it were read as one
	for name, text := range map[string]string{
		"events.yaml":       head + "imports: ['*.yaml', teams/*.yaml, shared/types.yaml]\nevents: {a: {properties: {size: {type: Size}}}}\n",
		"payments.yaml":     "owner: payments\nimports: [shared/types.yaml]\nevents: {b: {}, c: {owner: sales}}\n",
		"teams/growth.yaml": "events: {d: {}}\n",
		"teams/y.yaml/x":    "a folder whose name matches",
		"shared/types.yaml": "types: {Size: {type: string, enum: [s]}}\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	model, found, err := taxonomy.Load(taxonomy.OS{}, filepath.Join(dir, "events.yaml"))
	if err != nil || model == nil {
		t.Fatalf("%v %v", err, found)
	}
	var got []string
	for _, e := range model.Events {
		file, err := filepath.Rel(dir, e.Pos.File)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s:%s:%s", filepath.ToSlash(file), e.Name, e.Owner))
	}
	want := []string{"events.yaml:a:", "payments.yaml:b:payments", "payments.yaml:c:sales", "teams/growth.yaml:d:"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNamesAreRelative(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"service/events.yaml":  {Data: []byte(head + "imports: [teams/a.yaml, ../shared.yaml]\n")},
		"service/teams/a.yaml": {Data: []byte("imports: [b.yaml]\n")},
		"service/teams/b.yaml": {Data: []byte("bad: 1\n")},
		"shared.yaml":          {Data: []byte("bad: 1\n")},
	}
	_, found, err := taxonomy.Load(files, "service/events.yaml")
	if err != nil {
		t.Fatal(err)
	}
	has(t, found, filepath.FromSlash("service/teams/b.yaml:1:1"), "E002")
	has(t, found, "shared.yaml:1:1", "E002")
}

// brokenFiles fails to read what it lists.
type brokenFiles struct{ fstest.MapFS }

func (f brokenFiles) ReadFile(name string) ([]byte, error) {
	if name != "events.yaml" {
		return nil, fs.ErrPermission
	}
	return f.MapFS.ReadFile(name)
}

func TestUnreadableImport(t *testing.T) {
	t.Parallel()
	files := brokenFiles{fstest.MapFS{
		"events.yaml": {Data: []byte(head + "imports: [a.yaml]\n")}, "a.yaml": {Data: []byte("{}")},
	}}
	if _, _, err := taxonomy.Load(files, "events.yaml"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error is %v, want one that says that a.yaml cannot be read", err)
	}
}

// TestSizeLimit has two files that are just too large together.
func TestSizeLimit(t *testing.T) {
	t.Parallel()
	if _, found := load(t, head+strings.Repeat("#", taxonomy.MaxSize)); len(found) != 1 || found[0].Rule != "E014" {
		t.Errorf("more than 64 MiB are accepted: %v", found)
	}
	root := head + "imports: [a.yaml]\n"
	files := fstest.MapFS{
		"events.yaml": {Data: []byte(root)},
		"a.yaml":      {Data: bytes.Repeat([]byte("#"), taxonomy.MaxSize-len(root)+1)},
	}
	_, found, err := taxonomy.Load(files, "events.yaml")
	if err != nil {
		t.Fatal(err)
	}
	has(t, found, "events.yaml:3:11", "E014")
}

func TestOSReadsNoMoreThanNeeded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "large.yaml")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(taxonomy.MaxSize+4096), f.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := taxonomy.OS{}.ReadFile(path)
	if err != nil || len(data) != taxonomy.MaxSize+1 {
		t.Errorf("read %d bytes, %v; want one byte beyond the limit", len(data), err)
	}
}

// nested returns a property of the given depth, objects and arrays by turns.
func nested(depth int) string {
	switch {
	case depth == 1:
		return "{type: boolean}"
	case depth%2 == 0:
		return "{type: array, pii: none, items: " + nested(depth-1) + "}"
	default:
		return "{type: object, pii: none, properties: {a: " + nested(depth-1) + "}}"
	}
}

func TestDepth(t *testing.T) {
	t.Parallel()
	sound(t, head+"events: {e: {properties: {p: "+nested(64)+"}}}\n")
	if _, found := load(t, head+"events: {e: {properties: {p: "+nested(65)+"}}}\n"); len(found) != 1 || found[0].Rule != "E014" {
		t.Errorf("depth 65: %v", found)
	}
}

// TestDepthOfTypes reaches the limit through types, each of which is shallow.
func TestDepthOfTypes(t *testing.T) {
	t.Parallel()
	chain := func(n int) string {
		var b strings.Builder
		b.WriteString(head + "types:\n  T1: {type: boolean}\n")
		for i := 2; i <= n; i++ {
			fmt.Fprintf(&b, "  T%d: {type: object, pii: none, properties: {a: {type: T%d}}}\n", i, i-1)
		}
		fmt.Fprintf(&b, "events: {e: {properties: {p: {type: T%d}}}}\n", n)
		return b.String()
	}
	sound(t, chain(64))
	if _, found := load(t, chain(65)); len(found) == 0 || found[0].Rule != "E014" {
		t.Errorf("depth 65: %v", found)
	}
}

// TestSharingIsCheap has 2^40 paths from an event to a leaf. Following each would not end.
func TestSharingIsCheap(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(head + "privacy: {user: drop}\ntypes:\n  T0: {type: object, pii: user.name, properties: {a: {type: string}}}\n")
	for i := 1; i <= 40; i++ {
		fmt.Fprintf(&b, "  T%d: {type: object, pii: none, properties: {a: {type: T%d}, b: {type: T%d}}}\n", i, i-1, i-1)
	}
	b.WriteString("events: {e: {properties: {p: {type: T40}}}}\n")
	sound(t, b.String())
}

// TestManyMistakesAreCheap has as many unknown names as known ones. Looking for the nearest each time would take quadratic
// time, so only the first get a suggestion.
func TestManyMistakesAreCheap(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(head + "types:\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "  Type%dOfTheRegistry: {type: boolean}\n", i)
	}
	b.WriteString("events:\n  e:\n    properties:\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "      p%d: {type: Typ%dOfTheRegistry}\n", i, i)
	}
	_, found := load(t, b.String())
	suggestions := 0
	for _, d := range found {
		if d.Fix != "" {
			suggestions++
		}
	}
	if len(found) != 1000 || suggestions == 0 || suggestions > 20 {
		t.Errorf("%d findings, %d of them with a suggestion", len(found), suggestions)
	}
}

func TestCRLF(t *testing.T) {
	t.Parallel()
	_, found := load(t, strings.ReplaceAll(head+"events:\n  é:\n    propertys: {}\n    x: é\n", "\n", "\r\n"))
	has(t, found, "events.yaml:5:5", "E002")
	has(t, found, "events.yaml:6:5", "E002")
}

func TestByteOrderMark(t *testing.T) {
	t.Parallel()
	_, found := load(t, "\ufeffverion: 1\npackage: events\nversion: 1\n")
	has(t, found, "events.yaml:1:1", "E002")
}

func ExampleLoad() {
	files := fstest.MapFS{"events.yaml": {Data: []byte(`
version: 1
package: events
events:
  signed_up:
    properties:
      plan: {type: string, enum: [free, pro], requird: true}
`)}}
	_, found, err := taxonomy.Load(files, "events.yaml")
	if err != nil {
		fmt.Println(err)
	}
	for _, d := range found {
		fmt.Printf("%s: %s; %s\n", d.Position, d.Message, d.Fix)
	}
	// Output: events.yaml:7:47: unknown key "requird"; did you mean "required"?
}
