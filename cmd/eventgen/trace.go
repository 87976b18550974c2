package main

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// question is something that the loader asked of the file system, and the digest of the answer. The loader is a pure function of
// these answers: where all are the same, so is the registry.
type question struct {
	Glob   bool // a pattern; otherwise a file
	Name   string
	Digest string
}

// trace passes the loader's questions on and notes them.
type trace struct {
	taxonomy.Files
	asked []question
}

// ReadFile implements [taxonomy.Files].
func (t *trace) ReadFile(name string) ([]byte, error) {
	data, err := t.Files.ReadFile(name)
	if err == nil {
		t.asked = append(t.asked, question{Name: name, Digest: digest(data)})
	}
	return data, err
}

// Glob implements [taxonomy.Files].
func (t *trace) Glob(pattern string) ([]string, error) {
	names, err := t.Files.Glob(pattern)
	if err == nil {
		t.asked = append(t.asked, question{Glob: true, Name: pattern, Digest: digestNames(names)})
	}
	return names, err
}

// sameAnswer reports whether files answers as it did before.
func (q question) sameAnswer(files taxonomy.Files) bool {
	if q.Glob {
		names, err := files.Glob(q.Name)
		return err == nil && digestNames(names) == q.Digest
	}
	data, err := files.ReadFile(q.Name)
	return err == nil && digest(data) == q.Digest
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func digestNames(names []string) string {
	return digest([]byte(strings.Join(slices.Sorted(slices.Values(names)), "\x00")))
}
