package diag

import (
	"bytes"
	"fmt"
	"io"
)

// Text prints diagnostics for people: position, rule and message on one line, a code frame, related places, advice.
type Text struct {
	Source Source // nil for no frames
	Color  bool   // ANSI colours; the caller knows whether w is a terminal
}

// Write prints the diagnostics in the order given. See [Sort].
func (t Text) Write(w io.Writer, list []Diagnostic) error {
	files := newSources(t.Source)
	var out bytes.Buffer
	for _, d := range list {
		t.append(&out, files, d)
	}
	_, err := out.WriteTo(w)
	return err
}

func (t Text) append(out *bytes.Buffer, files *sources, d Diagnostic) {
	color := red
	if d.Severity == Warning {
		color = yellow
	}
	label := t.paint(color, fmt.Sprintf("%s[%s]:", d.Severity, d.Rule))
	fmt.Fprintf(out, "%s %s %s\n", t.paint(bold, printable(d.Position.String())+":"), label, printable(d.Message))
	out.WriteString(files.frame(d.Position))
	for _, r := range d.Related {
		fmt.Fprintf(out, "  %s %s\n", t.paint(bold, printable(r.Position.String())+":"), printable(r.Message))
		out.WriteString(files.frame(r.Position))
	}
	if d.Fix != "" {
		fmt.Fprintf(out, "  %s %s\n", t.paint(green, "fix:"), printable(d.Fix))
	}
}

// The codes of ANSI select graphic rendition.
const (
	bold   = "1"
	red    = "1;31"
	yellow = "1;33"
	green  = "1;32"
)

func (t Text) paint(code, s string) string {
	if !t.Color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
