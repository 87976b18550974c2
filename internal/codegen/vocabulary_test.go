package codegen

import (
	goconst "go/constant"
	"go/token"
	"go/types"
	"testing"

	"github.com/eventgen/eventgen/internal/taxonomy"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// constants returns the constants of a package.
func constants(t *testing.T, path string) func(name string) goconst.Value {
	t.Helper()
	pkg, err := newImporter(t, token.NewFileSet()).Import(path)
	if err != nil {
		t.Fatal(err)
	}
	return func(name string) goconst.Value {
		t.Helper()
		c, ok := pkg.Scope().Lookup(name).(*types.Const)
		if !ok {
			t.Fatalf("package %s has no constant %q", path, name)
		}
		return c.Val()
	}
}

func TestVocabularyIsThatOfTheRuntime(t *testing.T) {
	t.Parallel()
	inRuntime, inRedact := constants(t, runtimePath), constants(t, redactPath)
	for word, name := range strategyNames {
		s, err := redact.ParseStrategy(word)
		if err != nil || goconst.Compare(inRedact(name), token.NEQ, goconst.MakeInt64(int64(s))) {
			t.Errorf("redact.%s is not the strategy %s", name, word)
		}
	}
	for _, d := range destinations {
		if goconst.StringVal(inRedact(d.goName)) != d.word {
			t.Errorf("redact.%s is not the destination %s", d.goName, d.word)
		}
	}
	for word, name := range formatNames {
		n, _ := goconst.Int64Val(inRuntime(name))
		if got := runtime.Format(n).String(); got != word {
			t.Errorf("runtime.%s is the format %s, not %s", name, got, word)
		}
	}
	want := map[taxonomy.Type]runtime.Type{
		taxonomy.String: runtime.String, taxonomy.Integer: runtime.Integer, taxonomy.Number: runtime.Number,
		taxonomy.Boolean: runtime.Boolean, taxonomy.Object: runtime.Objects, taxonomy.Array: runtime.Array,
		taxonomy.Map: runtime.Map, taxonomy.Any: runtime.Any,
	}
	for word, name := range typeNames {
		if goconst.Compare(inRuntime(name), token.NEQ, goconst.MakeInt64(int64(want[word]))) {
			t.Errorf("runtime.%s is not the type %s", name, word)
		}
	}
	modes := map[string]runtime.ScanMode{"full": runtime.ScanFull, "off": runtime.ScanOff}
	for word, name := range scanModeNames {
		if goconst.Compare(inRuntime(name), token.NEQ, goconst.MakeInt64(int64(modes[word]))) {
			t.Errorf("runtime.%s is not the mode %s", name, word)
		}
	}
	actions := map[string]runtime.ScanAction{"mask": runtime.ScanMask, "drop": runtime.ScanDrop}
	for word, name := range scanActionNames {
		if goconst.Compare(inRuntime(name), token.NEQ, goconst.MakeInt64(int64(actions[word]))) {
			t.Errorf("runtime.%s is not the action %s", name, word)
		}
	}
	if (runtime.Scanning{}) != (runtime.Scanning{Mode: runtime.ScanSampled, Action: runtime.ScanReport}) {
		t.Error("the runtime's zero values are not sampled and report")
	}
	if runtime.DefaultScanRate != runtimeScanRate {
		t.Errorf("the runtime's rate is %v", runtime.DefaultScanRate)
	}
	if len(typeNames) != len(want) {
		t.Errorf("%d types have a name, want %d", len(typeNames), len(want))
	}
}
