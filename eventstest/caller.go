package eventstest

import (
	"path"
	goruntime "runtime"
	"strconv"
	"strings"
)

// library is the prefix of the functions that stand between a call of a Track function and the recorder.
const library = "github.com/eventgen/eventgen/"

// caller returns where the running Track function was called, as "folder/file.go:line". It skips this library and generated
// code, whatever package that is in.
func caller() string {
	var stack [32]uintptr
	frames := goruntime.CallersFrames(stack[:goruntime.Callers(2, stack[:])])
	for {
		frame, more := frames.Next()
		if !between(frame) {
			folder, file := path.Split(frame.File)
			return path.Join(path.Base(folder), file) + ":" + strconv.Itoa(frame.Line)
		}
		if !more {
			return "an unknown place"
		}
	}
}

// between reports whether a frame is one of the library or of generated code.
func between(frame goruntime.Frame) bool {
	return strings.HasPrefix(frame.Function, library+"runtime.") ||
		strings.HasPrefix(frame.Function, library+"eventstest.") ||
		strings.HasSuffix(frame.File, ".gen.go")
}
