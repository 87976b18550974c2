package syntax

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"github.com/eventgen/eventgen/internal/diag"
)

// maxDepth bounds the nesting of the YAML text. A registry of the deepest nesting allowed needs less than half of it.
const maxDepth = 300

// Parse reads one file. It returns nil when data is not a YAML mapping, and else all that could be read, together with what
// was wrong.
func Parse(file string, data []byte) (*File, []diag.Diagnostic) {
	d := &decoder{file: file, shapes: map[reflect.Type]*shape{}}
	root := d.root(data)
	if root == nil {
		return nil, d.found
	}
	d.refuse(root)
	f := new(File)
	d.fields(slot{node: root}, f)
	return f, d.found
}

// root returns the mapping that the file consists of.
func (d *decoder) root(data []byte) *yaml.Node {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if x, ok := checkText(d.file, data); !ok {
		d.report(x)
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithUniqueKeys(false),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		d.report(diag.New(d.at(nil), "E001", "%v", err))
		return nil
	}
	n := d.document(loader, data)
	if n == nil {
		return nil
	}
	if n.Kind != yaml.MappingNode && kindOf(n) != Null {
		d.report(diag.New(d.at(n), "E001", "a registry file is a mapping, not %s", kindOf(n)).
			WithFix("start with version: 1"))
		return nil
	}
	if n.Kind != yaml.MappingNode {
		d.report(emptyFile(d.file))
		return nil
	}
	return n
}

func emptyFile(file string) diag.Diagnostic {
	return diag.New(position(file, nil), "E001", "the file is empty").WithFix("start with version: 1")
}

// document returns the root node of the only document.
func (d *decoder) document(loader *yaml.Loader, data []byte) *yaml.Node {
	var first, second yaml.Node
	switch err := loader.Load(&first); {
	case errors.Is(err, io.EOF):
		d.report(emptyFile(d.file))
		return nil
	case err != nil:
		d.report(d.syntaxError(err, data))
		return nil
	}
	switch err := loader.Load(&second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		d.report(d.syntaxError(err, data))
	default:
		d.report(diag.New(d.at(&second), "E001", "a registry file holds one YAML document, and here a second one starts").
			WithFix("put it into a file of its own and import that"))
	}
	if len(first.Content) != 1 {
		d.report(emptyFile(d.file))
		return nil
	}
	return first.Content[0]
}

// syntaxError turns an error of the YAML library into a diagnostic at the place that the author has to change.
func (d *decoder) syntaxError(err error, data []byte) diag.Diagnostic {
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		return diag.New(d.at(nil), "E001", "%v", err)
	}
	at := diag.Position{File: d.file, Line: max(1, e.Mark.Line), Column: max(1, e.Mark.Column)}
	start := diag.Position{File: d.file, Line: e.ContextMark.Line, Column: e.ContextMark.Column}
	switch {
	case strings.Contains(e.Message, "exceeded max depth"):
		return diag.New(at, "E014", "nested too deeply")
	case strings.Contains(e.Message, "unknown anchor"):
		return diag.New(at, "E015", "aliases are not allowed").WithFix("%s", aliasAdvice)
	case runeAt(data, at) == '\t':
		return diag.New(at, "E001", "a tab cannot indent YAML").WithFix("use spaces")
	case strings.Contains(e.Message, "unexpected end of stream") && start.Line > 0:
		return diag.New(start, "E001", "what starts here does not end")
	}
	x := diag.New(at, "E001", "not YAML: %s", e.Message)
	if start.Line > 0 && start != at {
		x = x.WithRelated(start, "%s that starts here", e.ContextMsg)
	}
	return x.WithFix("%s", syntaxAdvice(e.Message, runeAt(data, at)))
}

func syntaxAdvice(message string, at rune) string {
	switch {
	case strings.Contains(message, "mapping values are not allowed"):
		return "quote text that holds a colon and a space, and check the indentation"
	case strings.Contains(message, "cannot start any token"):
		return "quote text that starts with " + quoted(string(at))
	case strings.Contains(message, "incompatible YAML document"):
		return "leave the %YAML line out"
	case strings.Contains(message, "did not find expected key"):
		return "check the indentation"
	default:
		return ""
	}
}

// runeAt returns the character at a position, 0 where there is none.
func runeAt(data []byte, at diag.Position) rune {
	line, column := 1, 1
	for _, r := range string(data) {
		switch {
		case line == at.Line && column == at.Column:
			return r
		case r == '\n':
			line, column = line+1, 0
		}
		column++
	}
	return 0
}

const aliasAdvice = "write the value out, or share it through types or property_groups"

// refuse reports what the language does not have and the decoder therefore steps over: anchors, aliases, merge keys and tags
// other than those of YAML's core schema. Aliases are not followed, so the time is linear in the size of the file.
func (d *decoder) refuse(n *yaml.Node) {
	switch {
	case n.Kind == yaml.AliasNode:
		d.report(diag.New(d.at(n), "E015", "aliases are not allowed").WithFix("%s", aliasAdvice))
	case n.Anchor != "":
		d.report(diag.New(d.at(n), "E015", "anchors are not allowed").WithFix("%s", aliasAdvice))
	case isMerge(n):
		d.report(diag.New(d.at(n), "E015", "merge keys are not allowed").WithFix("%s", aliasAdvice))
	case n.Style&yaml.TaggedStyle != 0 && !coreTag(n.ShortTag()):
		d.report(diag.New(d.at(n), "E015", "the tag %s is not allowed", quoted(n.Tag)).WithFix("leave the tag out"))
	}
	for _, child := range n.Content {
		d.refuse(child)
	}
}

func isMerge(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!merge" }

func coreTag(tag string) bool {
	switch tag {
	case "!!str", "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq":
		return true
	default:
		return false
	}
}
