package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// memory is what a run of generate leaves in the user's cache folder, so that the next one can tell in a twentieth of the time
// that nothing has changed: which program ran, what it read, what it reported, and what it wrote. It holds digests only,
// and only of what is on disk anyway; a run that cannot read or write it does the whole work.
type memory struct {
	Program string            // digest of the executable
	Read    []question        // what the loader asked
	Found   []diag.Diagnostic // warnings about the registry
	Written map[string]string // digest of each generated file by its path
}

// recall returns what the last run with these flags in this folder left behind, or nil unless doing its work again would
// change nothing: the same program, the same answers to the same questions, and each file as it was written. Files that are
// to go count too.
func (f *commonFlags) recall() *memory {
	path, err := f.memoryPath()
	if err != nil {
		return nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	m := new(memory)
	if json.Unmarshal(data, m) != nil || len(m.Read) == 0 || !m.holds(f.out) {
		return nil
	}
	return m
}

// holds reports whether the world is as the memory has it.
func (m *memory) holds(out string) bool {
	if program, err := programDigest(); err != nil || program != m.Program {
		return false
	}
	for _, q := range m.Read {
		if !q.sameAnswer(taxonomy.OS{}) {
			return false
		}
	}
	for path, want := range m.Written {
		if content, err := os.ReadFile(path); err != nil || digest(content) != want {
			return false
		}
	}
	stale, err := staleFiles(m.wrote, out)
	return err == nil && len(stale) == 0
}

func (m *memory) wrote(path string) bool {
	_, ok := m.Written[path]
	return ok
}

// remember notes a run that went well. That it cannot be noted is no reason to fail: the next run takes longer.
func (f *commonFlags) remember(read []question, found []diag.Diagnostic, written map[string][]byte) {
	path, err := f.memoryPath()
	if err != nil {
		return
	}
	program, err := programDigest()
	if err != nil {
		return
	}
	m := memory{Program: program, Read: read, Found: found, Written: make(map[string]string, len(written))}
	for path, content := range written {
		m.Written[path] = digest(content)
	}
	if data, err := json.Marshal(m); err == nil {
		_ = writeFile(path, data)
	}
}

// memoryPath is the same for runs with the same flags in the same folder.
func (f *commonFlags) memoryPath() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	key := strings.Join([]string{here, f.file, f.out}, "\x00")
	return filepath.Join(cache, "eventgen", digest([]byte(key))+".json"), nil
}

// programDigest identifies the generator: a version would not tell two builds of a working copy apart.
func programDigest() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	program, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	return digest(program), nil
}
