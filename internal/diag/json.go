package diag

import (
	"encoding/json"
	"io"
)

type jsonDiagnostic struct {
	jsonPlace
	Rule     string      `json:"rule"`
	Severity string      `json:"severity"`
	Related  []jsonPlace `json:"related,omitempty"`
	Fix      string      `json:"fix,omitempty"`
}

type jsonPlace struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// WriteJSON prints the diagnostics as one JSON array of objects with file, line, column, message, rule, severity, and where
// there are any related and fix.
func WriteJSON(w io.Writer, list []Diagnostic) error {
	out := make([]jsonDiagnostic, len(list))
	for i, d := range list {
		out[i] = jsonDiagnostic{
			jsonPlace: placeOf(d.Position, d.Message),
			Rule:      d.Rule,
			Severity:  d.Severity.String(),
			Fix:       d.Fix,
		}
		for _, r := range d.Related {
			out[i].Related = append(out[i].Related, placeOf(r.Position, r.Message))
		}
	}
	return encode(w, out)
}

func placeOf(p Position, message string) jsonPlace {
	return jsonPlace{File: p.File, Line: p.Line, Column: p.Column, Message: message}
}

func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
