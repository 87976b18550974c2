// Package codegen turns a registry into typed Go code and JSON Schemas.
//
// [Generate] is a pure function from a taxonomy to the contents of files: the same taxonomy gives the same bytes. Only the
// command writes them. Each file is built with jennifer; a file of this package builds one construct of the generated
// code: an event, an enum, an object, the index. Functions called write… list what a file consists of, functions called
// …Decl return one declaration.
//
// The generated code has no behaviour of its own. It holds data that describes the events and one call of the runtime per
// property, so that a bug fix in behaviour never asks users to generate again.
package codegen

import (
	"maps"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// Generate returns the files of the generated package by their slash-separated paths relative to the output folder. The
// error is an [*Error], a mistake of ours: a loaded taxonomy can always be generated.
func Generate(t *taxonomy.Taxonomy) (map[string][]byte, error) {
	files, err := buildAll(schemaTasks(t))
	if err != nil {
		return nil, err
	}
	code, err := buildAll(codeTasks(t, fingerprint(t, files)))
	if err != nil {
		return nil, err
	}
	maps.Copy(files, code)
	return files, nil
}

// codeTasks lists the Go files: one for each event and entity, one for what several of them share, and the index.
func codeTasks(t *taxonomy.Taxonomy, fingerprint string) []task {
	types := placeTypes(t)
	var tasks []task
	for _, e := range t.Events {
		tasks = append(tasks, codeTask(t, eventFile(e), func(f *file) { writeEvent(f, e, types.of(e)) }))
	}
	for _, e := range entities(t) {
		tasks = append(tasks, codeTask(t, entityFile(e.Entity), func(f *file) { writeEntity(f, e, types.of(e.Entity)) }))
	}
	if len(types.shared) > 0 {
		tasks = append(tasks, codeTask(t, typesFile, func(f *file) { writeTypes(f, types.shared) }))
	}
	return append(tasks, codeTask(t, indexFile, func(f *file) { writeIndex(f, t, fingerprint) }))
}

func codeTask(t *taxonomy.Taxonomy, path string, write func(*file)) task {
	return task{path: path, build: func() ([]byte, error) {
		f := newFile(t.Package)
		write(f)
		return f.render()
	}}
}
