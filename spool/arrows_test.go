package spool

import (
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestImports holds the rule that this package and its tests need the standard library only.
func TestImports(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		files++
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range f.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			host, _, _ := strings.Cut(path, "/")
			if err != nil || strings.Contains(host, ".") && path != "github.com/eventgen/eventgen/spool" {
				t.Errorf("%s imports %s", e.Name(), path)
			}
		}
	}
	if files < 20 {
		t.Errorf("looked at %d files only", files)
	}
}
