package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/eventgen/eventgen/internal/privacy"
)

// personReport is what `keys person` prints.
type personReport struct {
	Pseudonyms []privacy.Pseudonym `json:"pseudonyms"`
	PostHog    struct {
		Delete []privacy.Deletion `json:"delete"` // bodies for persons/bulk_delete
		Query  string             `json:"query"`  // HogQL
	} `json:"posthog"`
	Audit struct {
		Erase  []string `json:"erase"` // arguments of `auditlog erase`
		Select string   `json:"select"`
	} `json:"audit"`
	Spool *spoolReport `json:"spool,omitempty"`
}

func newPersonReport(t privacy.Traces) *personReport {
	r := &personReport{Pseudonyms: t.Pseudonyms}
	r.PostHog.Delete, r.PostHog.Query = t.Deletions(), t.Access()
	r.Audit.Erase, r.Audit.Select = t.Values["audit"], t.AuditSelect()
	return r
}

func (r *personReport) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

func (r *personReport) writeText(out io.Writer) error {
	var b strings.Builder
	r.pseudonyms(&b)
	if err := errors.Join(r.deletion(&b), r.access(&b)); err != nil {
		return err
	}
	r.audit(&b)
	if r.Spool != nil {
		r.Spool.write(&b)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func (r *personReport) pseudonyms(b *strings.Builder) {
	b.WriteString("# Pseudonyms, the active key first\n")
	if len(r.Pseudonyms) == 0 {
		b.WriteString("none: the registry hashes nothing\n")
		return
	}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, p := range r.Pseudonyms {
		for _, value := range p.Values {
			fmt.Fprintf(w, "%q\t%s\t%s\t%s\n", p.Of, p.Category, value, strings.Join(p.Destinations, ","))
		}
	}
	_ = w.Flush() // a strings.Builder never fails
}

// heredoc hands JSON to curl so that nothing in it means something to the shell: it is one line and not the word JSON.
func heredoc(b *strings.Builder, path string, body any) error {
	fmt.Fprintf(b, `curl --fail-with-body -X POST "$POSTHOG_APP_HOST%s" \
  -H "Authorization: Bearer $POSTHOG_PERSONAL_API_KEY" -H 'Content-Type: application/json' --data @- <<'JSON'
`, path)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	err := e.Encode(body)
	b.WriteString("JSON\n")
	return err
}

func (r *personReport) deletion(b *strings.Builder) error {
	b.WriteString(`
# PostHog: delete the person with all events
# POSTHOG_APP_HOST is https://eu.posthog.com, https://us.posthog.com or your own, not the ingestion host. The key is a personal
# API key with the scope person:write. Persons go at once, events with PostHog's next clean-up, which can take a week or more.
# Deleted distinct_ids are not for use again. $unset would not remove what past events hold.
`)
	if len(r.PostHog.Delete) == 0 {
		b.WriteString("# nothing to delete: the policy lets no distinct_id through to PostHog\n")
	}
	for _, d := range r.PostHog.Delete {
		if err := heredoc(b, "/api/environments/$POSTHOG_PROJECT_ID/persons/bulk_delete/", d); err != nil {
			return err
		}
	}
	return nil
}

func (r *personReport) access(b *strings.Builder) error {
	b.WriteString(`
# PostHog: everything about the person, also where others' events mention them. The key needs the scope query:read. Before a
# deletion, look here for distinct_ids that the request above does not name.
`)
	if r.PostHog.Query == "" {
		b.WriteString("# nothing to look for: the policy lets no id through to PostHog\n")
		return nil
	}
	return heredoc(b, "/api/projects/$POSTHOG_PROJECT_ID/query/", map[string]any{
		"query": map[string]string{"kind": "HogQLQuery", "query": r.PostHog.Query},
	})
}

func (r *personReport) audit(b *strings.Builder) {
	b.WriteString("\n# Audit table: find the rows, then erase them\n")
	if len(r.Audit.Erase) == 0 {
		b.WriteString("# nothing to look for: the policy lets no id through to the audit sinks\n")
		return
	}
	b.WriteString(r.Audit.Select + "\n\nauditlog erase --")
	for _, value := range r.Audit.Erase {
		b.WriteString(" " + shellQuote(value))
	}
	b.WriteByte('\n')
}

// shellQuote returns a word of the POSIX shell.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
