package taxonomy

import (
	"fmt"
	"go/token"
	"strings"
	"unicode"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy/syntax"
)

// property builds one property, or returns nil when its type is not known.
func (b *builder) property(e syntax.Entry[*syntax.Property], in scope) *Property {
	spec := e.Value
	b.wireName(e.Name, e.Pos)
	b.reservedProperty(e.Name, e.Pos, in)
	p := &Property{
		Name:        e.Name,
		GoName:      b.goName(&spec.Mapping, spec.GoName),
		Description: spec.Description,
		Deprecated:  spec.Deprecated.Sentence(),
		Stability:   string(spec.Stability),
		Formerly:    spec.Formerly,
		Tags:        spec.Tags,
		Owner:       spec.Owner,
		NoLint:      b.noLint(&spec.Mapping, spec.NoLint),
		Unit:        spec.Unit,
		Purpose:     string(spec.Purpose),
		Retention:   string(spec.Retention),
		Required:    spec.Required,
		Nullable:    spec.Nullable,
		Value:       b.value(&spec.Mapping, &spec.Value, in),
		Pos:         e.Pos,
	}
	if p.Value == nil {
		return p
	}
	if def := b.types[string(spec.Type)]; def != nil {
		p.Unit = orElse(p.Unit, def.spec.Unit)
		p.Deprecated = orElse(p.Deprecated, def.spec.Deprecated.Sentence())
		p.Description = orElse(p.Description, p.Value.Description)
	}
	b.nonEmpty(p, spec)
	if p.Nullable && p.Value.Const != nil {
		b.report(diag.New(spec.KeyPos("nullable"), "E010", "a constant cannot be null"))
	}
	b.annotations(&spec.Mapping, &spec.Value, fit{value: p.Value, nullable: p.Nullable})
	return p
}

// nonEmpty makes a required string one of at least one character, unless it says minLength: 0, or an enum, constant or format
// decides whether it may be empty; no format lets the empty string pass.
func (b *builder) nonEmpty(p *Property, spec *syntax.Property) {
	v := p.Value
	if !p.Required || v.Type != String || v.MinLength != nil || v.Enum != nil || v.Const != nil || v.Format != "" {
		return
	}
	one := 1
	v.MinLength = &one
	if v.MaxLength != nil && *v.MaxLength == 0 {
		b.report(diag.New(spec.KeyPos("required"), "E010", "a required string is not empty, and maxLength is 0").
			WithFix("write minLength: 0 if it may be empty"))
	}
}

// The longest names that PostHog keeps, in bytes.
const (
	maxEventName = 200
	maxName      = 400
)

// wireName reports a name that cannot be sent or would be unreadable.
func (b *builder) wireName(name string, at diag.Position) {
	switch {
	case name == "":
		b.report(diag.New(at, "G108", "the name is empty"))
	case strings.ContainsFunc(name, unicode.IsControl):
		b.report(diag.New(at, "G108", "the name %s has a control character", quote(name)))
	case len(name) > maxName:
		b.report(diag.New(at, "G108", "the name is %d bytes long, more than %d", len(name), maxName))
	}
}

// reservedNames have a meaning in PostHog's protocol. The values advise what to do instead.
var reservedNames = map[string]string{
	"api_key":     "say whose key it is, such as partner_api_key",
	"distinct_id": "it is a parameter of every Track function; call another person's id recipient_id, for example",
	"timestamp":   "use runtime.WithTimestamp, or a name such as occurred_at",
	"token":       "say what the token is for, such as invite_token",
	"uuid":        "use runtime.WithUUID, or a name such as document_uuid",
}

// reservedProperty reports names of PostHog's protocol. Within objects only the prefix $ is reserved.
func (b *builder) reservedProperty(name string, at diag.Position, in scope) {
	if _, reserved := reservedNames[name]; strings.HasPrefix(name, "$") || in.topLevel && reserved {
		b.reserved("property", name, at)
	}
}

func (b *builder) reserved(what, name string, at diag.Position) {
	advice, ok := reservedNames[name]
	if !ok {
		advice = "remove the $"
	}
	b.report(diag.New(at, "G104", "the %s name %s is reserved for PostHog", what, quote(name)).WithFix("%s", advice))
}

// goName returns a valid go_name, and "" when there is none or it cannot be used.
func (b *builder) goName(at *syntax.Mapping, name string) string {
	if !at.HasText("go_name") {
		return ""
	}
	if token.IsIdentifier(name) && token.IsExported(name) {
		return name
	}
	b.report(diag.New(at.ValuePos("go_name"), "G102", "%s is not an exported Go identifier", quote(name)).
		WithFix("%s", goNameAdvice(name)))
	return ""
}

func goNameAdvice(name string) string {
	if id := identifier(name); id != "" {
		return fmt.Sprintf("did you mean %s?", id)
	}
	return ""
}

// noLint returns the rules that are switched off for something, without those that cannot be.
func (b *builder) noLint(at *syntax.Mapping, ids []string) []string {
	var out []string
	for i, id := range ids {
		rule, ok := diag.FindRule(id)
		if ok && rule.Severity == diag.Warning {
			out = append(out, id)
			continue
		}
		d := diag.New(at.ItemPos("no_lint", i), "L510", "there is no rule %s", quote(id))
		if ok {
			d.Message = fmt.Sprintf("%s (%s) is an error and cannot be switched off", id, rule.Name)
		}
		b.report(d.WithFix("%s", diag.DidYouMean(id, warningIDs())))
	}
	return out
}

func warningIDs() []string {
	var ids []string
	for _, r := range diag.Rules() {
		if r.Severity == diag.Warning {
			ids = append(ids, r.ID)
		}
	}
	return ids
}
