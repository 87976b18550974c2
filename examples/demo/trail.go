package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/eventgen/eventgen/auditlog"
	"github.com/eventgen/eventgen/auditlog/query"
	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

// trail is the audit trail of the service: a client of its own, which sends to PostHog and to a table.
type trail struct {
	client *runtime.Client
	table  string              // path of the SQLite file
	key    ed25519.PublicKey   // of who signs checkpoints
	last   auditlog.Checkpoint // a service exports it to where nobody who can write to the table reaches it
}

// open opens the table and the client.
func (t *trail) open(ctx context.Context, env variables, folder string, log *slog.Logger) error {
	key, err := auditlog.SigningKey(env.lookup)
	if err != nil {
		return err
	}
	t.table, t.key = filepath.Join(folder, "audit.db"), auditlog.PublicKey(key)
	store, err := auditlog.Open(ctx, t.table, auditlog.Options{Key: key, OnCheckpoint: func(c auditlog.Checkpoint) { t.last = c }})
	if err != nil {
		return err
	}
	t.client, err = posthogsink.OpenAudit(env.lookup, events.Registry(),
		runtime.WithSink(redact.Audit, store), runtime.WithLogger(log))
	if err != nil {
		return errors.Join(err, store.Close(ctx))
	}
	store.Watch(t.client.Stats)
	return nil
}

// close closes the client, which closes the table.
func (t *trail) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return t.client.Close(ctx)
}

// read opens the table for reading and hands it to a function.
func (t *trail) read(ctx context.Context, do func(*query.Log) error) (err error) {
	table, err := query.Open(ctx, t.table)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	return do(table)
}

// rows returns the events in the table, the oldest first. It leaves out the table's own records.
func (t *trail) rows(ctx context.Context) (rows []*query.Record, err error) {
	err = t.read(ctx, func(table *query.Log) error {
		return table.Records(ctx, query.Filter{}, func(r *query.Record) error {
			if r.Kind == "event" {
				rows = append(rows, r)
			}
			return nil
		})
	})
	return rows, err
}

// verify does what the command verify does.
func (t *trail) verify(ctx context.Context) (report auditlog.Report, err error) {
	store, err := auditlog.Open(ctx, t.table, auditlog.Options{ReadOnly: true})
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, store.Close(ctx)) }()
	return store.Verify(ctx, auditlog.VerifyOptions{Checkpoint: &t.last, PublicKey: t.key})
}
