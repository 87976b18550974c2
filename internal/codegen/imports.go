package codegen

import (
	"bytes"
	"slices"
	"strings"
)

// groupImports sets the packages of the standard library apart from the others, which jennifer lists together.
func groupImports(source []byte) []byte {
	const open, end = "\nimport (\n", "\n)\n" // neither can be in a comment or a string
	start := bytes.Index(source, []byte(open))
	if start < 0 {
		return source
	}
	start += len(open)
	length := bytes.Index(source[start:], []byte(end))
	specs := strings.Split(string(source[start:start+length]), "\n")
	slices.SortStableFunc(specs, func(a, b string) int { return hosted(a) - hosted(b) })
	for i, spec := range specs {
		if hosted(spec) == 1 {
			specs = slices.Insert(specs, i, "")
			break
		}
	}
	return slices.Concat(source[:start], []byte(strings.Join(specs, "\n")), source[start+length:])
}

// hosted returns 1 for the import of a package that lives on a host, and 0 for one of the standard library.
func hosted(spec string) int {
	first, _, _ := strings.Cut(spec, "/")
	return min(strings.Count(first, "."), 1)
}
