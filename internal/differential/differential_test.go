package differential

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/eventgen/eventgen/internal/codegen"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// payloads is how many payloads must have been compared, those that no Go value stands for not counted.
const payloads = 100_000

// TestGeneratedValidatorAgreesWithSchema generates payloads from the schemas, valid ones and ones with something wrong, and
// compares two verdicts on each: that of the generated Validate, and that of santhosh-tekuri/jsonschema v5.
func TestGeneratedValidatorAgreesWithSchema(t *testing.T) {
	t.Parallel()
	files := generate(t)
	judges := compileJudges(t, files)
	program := buildHarness(t, files)

	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	wanted := payloads
	if testing.Short() {
		wanted /= 10
	}
	tally := map[string]int{}
	for round := uint64(0); tally["valid"]+tally["invalid"] < wanted; round++ {
		maker := newMaker(rand.New(rand.NewPCG(seed, round)), judges)
		compare(t, program, judges, maker.payloads(20_000), tally)
		if t.Failed() || round > 50 {
			break
		}
	}
	t.Logf("%d valid and %d invalid payloads compared, %d without a Go value passed over",
		tally["valid"], tally["invalid"], tally["skip"])
	if tally["valid"]+tally["invalid"] < wanted || min(tally["valid"], tally["invalid"]) < wanted/10 {
		t.Errorf("too few payloads of one kind to prove anything")
	}
}

func generate(t *testing.T) map[string][]byte {
	t.Helper()
	taxa, found, err := taxonomy.Load(taxonomy.OS{}, filepath.Join("testdata", "events.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if taxa == nil {
		t.Fatalf("the test's registry has errors: %v", found)
	}
	files, err := codegen.Generate(taxa)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// judge is the compiled schema of one event, and its source to make payloads from.
type judge struct {
	event  string
	schema *jsonschema.Schema
	source map[string]any
}

func compileJudges(t *testing.T, files map[string][]byte) []judge {
	t.Helper()
	var judges []judge
	for path, data := range files {
		if !strings.HasSuffix(path, ".schema.json") {
			continue
		}
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat = true
		if err := compiler.AddResource(path, bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
		j := judge{schema: compiler.MustCompile(path)}
		if err := json.Unmarshal(data, &j.source); err != nil {
			t.Fatal(err)
		}
		j.event, _ = j.source["title"].(string)
		if strings.HasSuffix(path, ".person.schema.json") {
			j.event = "$identify"
		}
		judges = append(judges, j)
	}
	return judges
}

// buildHarness compiles the generated code with a program around it and returns the program's path.
func buildHarness(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	harness, err := os.ReadFile(filepath.Join("testdata", "harness.go.txt"))
	if err != nil {
		t.Fatal(err)
	}
	write := func(path string, content []byte) {
		path = filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, content := range files {
		write("events/"+path, content)
	}
	write("main.go", harness)
	write("go.mod", fmt.Appendf(nil, "module scratch\n\ngo 1.26\n\nrequire github.com/eventgen/eventgen v0.0.0\n\n"+
		"replace github.com/eventgen/eventgen => %s\n", root))
	program := filepath.Join(dir, "harness")
	build := exec.Command("go", "build", "-mod=mod", "-o", program, ".")
	build.Dir = dir
	build.Env = append(os.Environ(), "GOPROXY=off", "GOFLAGS=", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("generated code does not compile: %v\n%s", err, out)
	}
	return program
}

// compare lets both sides judge the payloads and counts the verdicts.
func compare(t *testing.T, program string, judges []judge, lines []line, tally map[string]int) {
	t.Helper()
	var in bytes.Buffer
	for _, l := range lines {
		in.Write(l.json)
		in.WriteByte('\n')
	}
	command := exec.Command(program)
	command.Stdin = &in
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("harness: %v", err)
	}
	verdicts := bufio.NewScanner(bytes.NewReader(out))
	for _, l := range lines {
		if !verdicts.Scan() {
			t.Fatal("the harness said too little")
		}
		verdict, _, _ := strings.Cut(verdicts.Text(), ":")
		tally[verdict]++
		if verdict == "skip" {
			continue
		}
		complaint := judges[l.judge].schema.Validate(l.properties)
		if (complaint == nil) != (verdict == "valid") {
			t.Errorf("generated code says %q, the schema says %v\n%s", verdicts.Text(), complaint, l.json)
		}
	}
}

// line is one payload in the form that the harness reads.
type line struct {
	judge      int
	json       []byte
	properties any
}

func encodeLine(judge int, event string, properties any) line {
	data, err := json.Marshal(map[string]any{"event": event, "properties": properties})
	if err != nil {
		panic(fmt.Sprintf("payload has no JSON: %v", err))
	}
	var back struct {
		Properties any `json:"properties"`
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&back); err != nil {
		panic(fmt.Sprintf("payload does not come back: %v", err))
	}
	return line{judge: judge, json: data, properties: back.Properties}
}
