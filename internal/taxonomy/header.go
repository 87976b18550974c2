package taxonomy

import (
	"errors"
	"go/token"
	"regexp"
	regexpsyntax "regexp/syntax"
	"strings"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// header reads what the registry says once: package, owner, naming and identity.
func (b *builder) header(t *Taxonomy) {
	root := b.files[0]
	for _, key := range []string{"version", "package"} {
		if !root.Has(key) {
			b.report(diag.New(root.Pos(), "E005", "the registry has no %s", key))
		}
	}
	for _, f := range b.files {
		b.packageName(f, root)
	}
	t.Package, t.Owner = root.Package, root.Owner
	t.Purpose, t.Retention = string(root.Purpose), string(root.Retention)
	b.naming(t)
	b.identity(t)
	b.scan(t)
}

func (b *builder) packageName(f, root *syntax.File) {
	at := f.ValuePos("package")
	switch {
	case f.Package == "":
	case f.Package != root.Package:
		b.report(diag.New(at, "E010", "the root file says package %s", root.Package).
			WithRelated(root.ValuePos("package"), "said here"))
	case f != root:
	case !token.IsIdentifier(f.Package) || f.Package == "_":
		b.report(diag.New(at, "G102", "%q cannot be the name of a Go package", f.Package).
			WithFix("use a short word in lower case, such as events"))
	case f.Package == "main" || strings.HasSuffix(f.Package, "_test"):
		b.report(diag.New(at, "G103", "a package named %s cannot be imported", f.Package))
	}
}

func (b *builder) naming(t *Taxonomy) {
	var first *syntax.Naming
	for _, f := range b.files {
		switch {
		case f.Naming == nil:
			continue
		case first != nil:
			b.duplicate(f.Naming.Pos(), "naming", first.Pos())
			continue
		}
		first = f.Naming
		t.Naming = Naming{Events: first.Events, Properties: first.Properties}
		b.convention(first.ValuePos("events"), first.Events)
		b.convention(first.ValuePos("properties"), first.Properties)
	}
}

var conventions = []string{"snake_case", "camelCase", "words", "any"}

var plainWord = regexp.MustCompile(`^[A-Za-z_ -]*$`)

// convention checks a naming convention. A pattern without any operator would match a single name, so it is a misspelt word.
func (b *builder) convention(at diag.Position, c string) {
	for _, known := range conventions {
		if c == known || c == "" {
			return
		}
	}
	if plainWord.MatchString(c) {
		b.report(diag.New(at, "E013", "unknown naming convention %q", c).
			WithFix("%s", orElse(diag.DidYouMean(c, conventions), "use snake_case, camelCase, words, any or a regular expression")))
		return
	}
	b.compile(c, at)
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// maxPattern is the longest regular expression, in bytes.
const maxPattern = 1 << 10

// compile returns the regular expression, or nil after reporting why there is none.
func (b *builder) compile(pattern string, at diag.Position) *regexp.Regexp {
	if re, ok := b.patterns[pattern]; ok {
		return re
	}
	if len(pattern) > maxPattern {
		b.report(diag.New(at, "E008", "the pattern is %d bytes long, more than %d", len(pattern), maxPattern))
		return nil
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		b.report(diag.New(at, "E008", "%s", strings.TrimPrefix(err.Error(), "error parsing regexp: ")).
			WithFix("%s", patternAdvice(err)))
		return nil
	}
	b.patterns[pattern] = re
	return re
}

func patternAdvice(err error) string {
	var e *regexpsyntax.Error
	if errors.As(err, &e) && (e.Code == regexpsyntax.ErrInvalidPerlOp || e.Code == regexpsyntax.ErrInvalidEscape) {
		return "patterns are RE2, without lookaround and backreferences"
	}
	return ""
}

func (b *builder) identity(t *Taxonomy) {
	var first *syntax.Identity
	t.Identity = Identity{Category: string(syntax.None), Pos: b.files[0].Pos()}
	for _, f := range b.files {
		switch {
		case f.Identity == nil:
			continue
		case first != nil:
			b.duplicate(f.Identity.Pos(), "identity", first.Pos())
			continue
		}
		first = f.Identity
		if id := first.DistinctID; id != nil && id.PII != "" {
			t.Identity = Identity{Category: string(id.PII), Pos: id.ValuePos("pii")}
		}
	}
}
