package main

import (
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/eventgen/eventgen/metrics"
)

// fencedBlock is a block of code in Markdown.
var fencedBlock = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// TestOperationsPage runs every command of the page about operations, each of them on a queue with something in it, and reads
// every YAML file that it shows.
func TestOperationsPage(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(metrics.Handler(map[string]metrics.Source{"events": source{}}))
	defer server.Close()
	commands, files := 0, 0
	for _, block := range fencedBlock.FindAllStringSubmatch(string(page), -1) {
		switch block[1] {
		case "yaml":
			files++
			var content map[string]any
			if err := yaml.Unmarshal([]byte(block[2]), &content); err != nil || len(content) == 0 {
				t.Errorf("%v in\n%s", err, block[2])
			}
		case "sh":
			for line := range strings.Lines(block[2]) {
				commands++
				line = strings.ReplaceAll(line, "http://127.0.0.1:9464/metrics", server.URL)
				runDocumented(t, sh, strings.TrimSpace(line))
			}
		}
	}
	if commands < 8 || files < 2 {
		t.Errorf("found %d commands and %d files", commands, files)
	}
}

// runDocumented runs a line of shell. What it finds may be good or bad; that it could not run is a mistake of the page.
func runDocumented(t *testing.T, sh, line string) {
	t.Helper()
	cmd := exec.Command(sh, "-c", line)
	cmd.Env = append(os.Environ(), "EVENTS_SPOOL_DIR="+spoolWithLetters(t))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == exitFindings {
		err = nil
	}
	if err != nil || len(out) == 0 && !strings.Contains(line, "verify") {
		t.Errorf("%s: %v\n%s", line, err, out)
	}
}
