package diag

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// WriteGitHub prints the diagnostics as workflow commands, which GitHub Actions shows as annotations of the changed lines.
func WriteGitHub(w io.Writer, list []Diagnostic) error {
	var out bytes.Buffer
	for _, d := range list {
		lines := []string{d.Message}
		for _, r := range d.Related {
			lines = append(lines, r.Position.String()+": "+r.Message)
		}
		if d.Fix != "" {
			lines = append(lines, "fix: "+d.Fix)
		}
		fmt.Fprintf(&out, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", d.Severity,
			workflowProperty(slashed(d.File)), d.Line, d.Column, workflowProperty(d.Rule), workflowData(strings.Join(lines, "\n")))
	}
	_, err := out.WriteTo(w)
	return err
}

func workflowData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func workflowProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(workflowData(s))
}

// slashed returns a path as URLs and GitHub write it.
func slashed(path string) string { return strings.ReplaceAll(path, `\`, "/") }
