package taxonomy

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// Load reads the registry whose root file is path, with all that it imports. The taxonomy is nil when some diagnostic is an
// error. The diagnostics are sorted; their files are named as path is, relative to the same folder. The error says that a
// file could not be read at all; what the author wrote wrong is never an error but a diagnostic.
func Load(files Files, path string) (*Taxonomy, []diag.Diagnostic, error) {
	r := &reader{files: files, parsed: map[string]bool{}, left: MaxSize}
	if err := r.readRoot(path); err != nil {
		return nil, nil, err
	}
	if len(r.read) == 0 {
		return nil, diag.Sort(r.found), nil
	}
	b := newBuilder(r.read)
	t := b.build()
	found := append(r.found, b.found...)
	if diag.HasErrors(found) {
		return nil, diag.Sort(found), nil
	}
	return t, diag.Sort(append(found, b.unused()...)), nil
}

// collector gathers diagnostics.
type collector struct {
	found []diag.Diagnostic
}

func (c *collector) report(d diag.Diagnostic) { c.found = append(c.found, d) }

// reader reads a registry's files, each once, in the order in which they are imported.
type reader struct {
	collector
	files  Files
	parsed map[string]bool // cleaned names of the files that were read or are being read
	stack  []string        // the files whose imports are being read
	left   int             // bytes that the registry may still have
	read   []*syntax.File  // the root first
}

func (r *reader) readRoot(path string) error {
	return r.file(path, diag.Position{File: path, Line: 1, Column: 1})
}

// file reads one file and what it imports. Mistakes that are not inside it are reported at from.
func (r *reader) file(name string, from diag.Position) error {
	r.parsed[filepath.Clean(name)] = true
	data, err := r.files.ReadFile(name)
	if err != nil {
		return fmt.Errorf("taxonomy: read registry: %w", err)
	}
	if r.left -= len(data); r.left < 0 {
		r.report(diag.New(from, "E014", "the registry is larger than 64 MiB, all files together"))
		return nil
	}
	f, found := syntax.Parse(name, data)
	r.found = append(r.found, found...)
	if f == nil {
		return nil
	}
	r.read = append(r.read, f)
	r.stack = append(r.stack, name)
	defer func() { r.stack = r.stack[:len(r.stack)-1] }()
	for i, pattern := range f.Imports {
		if err := r.imports(name, pattern, f.ItemPos("imports", i)); err != nil {
			return err
		}
	}
	return nil
}

// imports reads the files that one entry of an imports list names.
func (r *reader) imports(importer, pattern string, at diag.Position) error {
	if problem := patternProblem(pattern); problem != "" {
		r.report(diag.New(at, "E006", "the import %q %s", pattern, problem))
		return nil
	}
	names, malformed := r.files.Glob(filepath.Join(literally(filepath.Dir(importer)), filepath.FromSlash(pattern)))
	if malformed != nil {
		r.report(diag.New(at, "E006", "the import %q is not a valid pattern: %v", pattern, malformed))
		return nil
	}
	isGlob := strings.ContainsAny(pattern, "*?[")
	if isGlob { // a file may lie within its own pattern
		names = slices.DeleteFunc(names, func(n string) bool { return filepath.Clean(n) == filepath.Clean(importer) })
	}
	if len(names) == 0 {
		r.report(diag.New(at, "E006", "the import %q matches no file", pattern).
			WithFix("write it relative to %s", importer))
		return nil
	}
	slices.Sort(names)
	for _, name := range names {
		if err := r.importOne(name, at); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) importOne(name string, at diag.Position) error {
	same := func(open string) bool { return filepath.Clean(open) == filepath.Clean(name) }
	if i := slices.IndexFunc(r.stack, same); i >= 0 {
		chain := append(slices.Clone(r.stack[i:]), name)
		r.report(diag.New(at, "E006", "the imports form a circle: %s", strings.Join(chain, " → ")))
		return nil
	}
	if r.parsed[filepath.Clean(name)] {
		return nil
	}
	return r.file(name, at)
}

// literally quotes the characters of a folder's name that mean something in a pattern. Windows cannot quote them.
func literally(dir string) string {
	if filepath.Separator == '\\' {
		return dir
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}

func patternProblem(pattern string) string {
	switch {
	case pattern == "":
		return "is empty"
	case filepath.IsAbs(pattern) || strings.HasPrefix(pattern, "/"):
		return "is absolute, so that the registry would mean something else on another machine"
	case strings.Contains(pattern, "**"):
		return "has **, which is not supported: list the folders"
	default:
		return ""
	}
}
