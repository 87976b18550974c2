package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/eventgen/eventgen/auditlog"
	"github.com/eventgen/eventgen/auditlog/query"
)

// audited serves HTTP while people use the service, and then stops in the order in which nothing gets lost: first the server,
// so that no handler is left that could track, then the client, which closes its sinks.
func (d *demo) audited(ctx context.Context) error {
	before, env := d.posthog.Counts(), environment(d.posthog.URL())
	env["AUDIT_SIGNING_KEY"], _ = auditlog.NewKey() // a service takes one from `auditlog key`
	if err := d.trail.open(ctx, env, d.folder, d.log.logger()); err != nil {
		return err
	}
	list := requests(visits)
	if err := errors.Join(d.traffic(ctx, list), d.trail.close()); err != nil {
		return err
	}
	rows, err := d.trail.rows(ctx)
	if err != nil {
		return err
	}
	arrived := d.posthog.Unique()[before.Unique:]
	d.showTrail(list, rows)
	d.pause()
	d.say("%d requests and a sign-up: %d rows in the table, %d events at PostHog.", len(list), len(rows), len(arrived))
	return errors.Join(
		checkSinks(d.trail.client.Stats()),
		checkTrail(list, rows, arrived),
		checkFolder(d.folder, unaudited),
		checkSecrets("the log", []byte(d.log.all()), slices.Concat(personal, unaudited)),
		checkSent(d.posthog.Requests()[before.Requests:], unaudited),
	)
}

// traffic serves the requests.
func (d *demo) traffic(ctx context.Context, list []request) error {
	s, err := serve(ctx, api{d.trail.client}.handler())
	if err != nil {
		return err
	}
	return errors.Join(ask(ctx, s.url, list), s.stop())
}

// showTrail prints what was asked beside what the table has of it.
func (d *demo) showTrail(list []request, rows []*query.Record) {
	d.heading("8. Every request audited")
	d.say("The service serves HTTP behind httpaudit.Middleware; a second client sends to PostHog and to a table in SQLite. A handler")
	d.say("panics, a client leaves, and %q is in every query, cookie and password. The policy keeps addresses for the audit", canary)
	d.say("trail, with a reason; the e-mail address of the sign-up is hashed.")
	d.pause()
	byID := map[string]*query.Record{}
	for _, row := range rows {
		byID[row.RequestID] = row
	}
	var table [][2]cell
	for i := 0; i < len(list); i += list[i].times {
		r := list[i]
		asked := fmt.Sprintf("%d × %s %s %s", r.times, r.method, shownPath(r.path), r.who.id)
		recorded := "(nothing)"
		if row, ok := byID[r.id]; ok {
			recorded = rowFacts(row).String()
		}
		table = append(table, [2]cell{{title: asked}, {title: recorded}})
	}
	writeTable(d.out, [2]string{"asked", "in the table audit_logs"}, table)
}

// shownPath shortens the ids in a path.
func shownPath(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = abridge(parts[i])
	}
	return strings.Join(parts, "/")
}
