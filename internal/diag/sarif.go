package diag

import (
	"io"
	"net/url"
)

const sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool       sarifTool     `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name  string      `json:"name"`
	Rules []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID      string        `json:"id"`
	Name    string        `json:"name"`
	Short   sarifText     `json:"shortDescription"`
	Default sarifSeverity `json:"defaultConfiguration"`
}

type sarifSeverity struct {
	Level string `json:"level"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations"`
	Related   []sarifLocation `json:"relatedLocations,omitempty"`
}

type sarifLocation struct {
	ID       int           `json:"id,omitempty"`
	Physical sarifPhysical `json:"physicalLocation"`
	Message  *sarifText    `json:"message,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   sarifRegion   `json:"region"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
}

// WriteSARIF prints the diagnostics as a SARIF 2.1.0 log with one run. It describes the rules that occur, in the order in
// which they do.
func WriteSARIF(w io.Writer, list []Diagnostic) error {
	driver := sarifDriver{Name: "eventgen", Rules: []sarifRule{}}
	results := make([]sarifResult, len(list))
	index := map[string]int{}
	for i, d := range list {
		if _, ok := index[d.Rule]; !ok {
			index[d.Rule] = len(driver.Rules)
			driver.Rules = append(driver.Rules, sarifRuleOf(d))
		}
		results[i] = sarifResultOf(d, index[d.Rule])
	}
	return encode(w, sarifLog{
		Schema:  sarifSchema,
		Version: "2.1.0",
		Runs:    []sarifRun{{Tool: sarifTool{driver}, ColumnKind: "unicodeCodePoints", Results: results}},
	})
}

func sarifRuleOf(d Diagnostic) sarifRule {
	rule, ok := FindRule(d.Rule)
	if !ok {
		rule = Rule{ID: d.Rule, Name: d.Rule, Severity: d.Severity}
	}
	return sarifRule{
		ID:      rule.ID,
		Name:    rule.Name,
		Short:   sarifText{rule.Purpose},
		Default: sarifSeverity{rule.Severity.String()},
	}
}

func sarifResultOf(d Diagnostic, rule int) sarifResult {
	text := d.Message
	if d.Fix != "" {
		text += "; fix: " + d.Fix
	}
	r := sarifResult{
		RuleID:    d.Rule,
		RuleIndex: rule,
		Level:     d.Severity.String(),
		Message:   sarifText{text},
		Locations: []sarifLocation{{Physical: sarifPlace(d.Position)}},
	}
	for i, related := range d.Related {
		r.Related = append(r.Related, sarifLocation{
			ID: i + 1, Physical: sarifPlace(related.Position), Message: &sarifText{related.Message},
		})
	}
	return r
}

func sarifPlace(p Position) sarifPhysical {
	uri := url.URL{Path: slashed(p.File)}
	return sarifPhysical{
		Artifact: sarifArtifact{uri.String()},
		Region:   sarifRegion{StartLine: max(1, p.Line), StartColumn: max(1, p.Column)},
	}
}
