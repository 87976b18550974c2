package codegen

import (
	"go/token"
	"go/types"
	"unicode"
)

// imported are the names of packages that a generated file may import: a parameter must not hide them.
var imported = map[string]bool{"context": true, "math": true, "redact": true, "runtime": true, "time": true}

// parameterNames returns a parameter name for each Go name: the name with its first word in lower case, and an underscore
// where that would be a keyword, hide something, or be the name of an earlier parameter.
func parameterNames(goNames []string) []string {
	names := make([]string, len(goNames))
	used := map[string]bool{}
	for i, goName := range goNames {
		name := lowerFirstWord(goName)
		if name == goName || !usable(name) {
			name += "_"
		}
		for used[name] {
			name += "_"
		}
		used[name] = true
		names[i] = name
	}
	return names
}

func usable(name string) bool {
	return !token.IsKeyword(name) && types.Universe.Lookup(name) == nil && !imported[name]
}

// lowerFirstWord turns OrgID into orgID, IDs into ids, URLPath into urlPath and X into x. A run of upper-case letters ends
// before the letter that begins the next word.
func lowerFirstWord(goName string) string {
	runes := []rune(goName)
	for i, r := range runes {
		if !unicode.IsUpper(r) || i > 0 && i+1 < len(runes) && unicode.IsLower(runes[i+1]) {
			break
		}
		runes[i] = unicode.ToLower(r)
	}
	return string(runes)
}
