package codegen

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
)

// task builds one file.
type task struct {
	path  string
	build func() ([]byte, error)
}

var errDuplicate = errors.New("two files have this name")

// buildAll runs tasks on all processors and returns their files by path. Which error it returns does not depend on timing:
// the one of the first task in the list.
func buildAll(tasks []task) (map[string][]byte, error) {
	contents := make([][]byte, len(tasks))
	failures := make([]error, len(tasks))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(tasks)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(tasks); i = int(next.Add(1)) - 1 {
				contents[i], failures[i] = tasks[i].build()
			}
		})
	}
	workers.Wait()
	return collect(tasks, contents, failures)
}

func collect(tasks []task, contents [][]byte, failures []error) (map[string][]byte, error) {
	files := make(map[string][]byte, len(tasks))
	for i, t := range tasks {
		if failures[i] != nil {
			return nil, &Error{File: t.path, Err: failures[i]}
		}
		if _, taken := files[t.path]; taken {
			return nil, &Error{File: t.path, Err: errDuplicate}
		}
		files[t.path] = contents[i]
	}
	return files, nil
}
