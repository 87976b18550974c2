// Package diag holds the diagnostics that eventgen reports about a registry and prints them as text, JSON, SARIF or
// GitHub workflow commands.
//
// A mistake of the user is a [Diagnostic] with a position and a stable rule id. A mistake of ours is an ordinary error and
// never ends up here.
package diag

import "fmt"

// Severity tells whether a diagnostic fails the run.
type Severity uint8

// The severities. The zero value is Error, so that a forgotten severity fails rather than passes.
const (
	Error Severity = iota
	Warning
)

// String returns the word printed in diagnostics.
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// Position is a place in a file. Lines and columns count from 1; columns count characters, not bytes.
type Position struct {
	File   string
	Line   int
	Column int
}

// String returns file:line:col.
func (p Position) String() string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }

// Related points at a second place that explains the first, such as the earlier of two equal names.
type Related struct {
	Position
	Message string
}

// Diagnostic is one finding about a registry.
type Diagnostic struct {
	Position
	// Rule is the stable id, for example "E002"; see [Rules].
	Rule     string
	Severity Severity
	// Message is one lower-case clause without a full stop. It never holds the value of a classified property.
	Message string
	Related []Related
	// Fix says what to write instead, for example `did you mean "required"?`; empty when nothing helpful is known.
	Fix string
}

// String returns the first line of what [Text] prints, without making it safe for a terminal.
func (d Diagnostic) String() string {
	return fmt.Sprintf("%s: %s[%s]: %s", d.Position, d.Severity, d.Rule, d.Message)
}

// New returns a diagnostic of the rule at a place, with the rule's own severity.
func New(at Position, rule, format string, args ...any) Diagnostic {
	d := Diagnostic{Position: at, Rule: rule, Message: fmt.Sprintf(format, args...)}
	if r, ok := FindRule(rule); ok {
		d.Severity = r.Severity
	}
	return d
}

// WithFix returns d with advice on what to write instead. An empty advice changes nothing.
func (d Diagnostic) WithFix(format string, args ...any) Diagnostic {
	if fix := fmt.Sprintf(format, args...); fix != "" {
		d.Fix = fix
	}
	return d
}

// WithRelated returns d with a further place.
func (d Diagnostic) WithRelated(at Position, format string, args ...any) Diagnostic {
	related := make([]Related, len(d.Related), len(d.Related)+1)
	copy(related, d.Related)
	d.Related = append(related, Related{Position: at, Message: fmt.Sprintf(format, args...)})
	return d
}
