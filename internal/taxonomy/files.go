package taxonomy

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// File is the format of a registry file, from which the schema for editors is reflected.
type File = syntax.File

// MaxSize is the largest registry, all files together, in bytes.
const MaxSize = 64 << 20

// Files is where registries are read from. [OS] is the file system; testing/fstest.MapFS satisfies it too.
type Files interface {
	// ReadFile returns the content of a file. What lies beyond [MaxSize] may be left out.
	ReadFile(name string) ([]byte, error)
	// Glob returns the names of the files that match a pattern, which may be a plain name.
	Glob(pattern string) ([]string, error)
}

// OS reads from the file system. The zero value is ready to use.
type OS struct{}

// ReadFile reads at most one byte more than [MaxSize], so that no file can exhaust the memory.
func (OS) ReadFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}

// Glob returns regular files only. Its patterns are those of [filepath.Match].
func (OS) Glob(pattern string) ([]string, error) {
	names, err := filepath.Glob(pattern)
	if err != nil {
		return nil, err
	}
	files := names[:0]
	for _, name := range names {
		if info, err := os.Stat(name); err != nil || !info.IsDir() {
			files = append(files, name)
		}
	}
	return files, nil
}
