// Package auditlog keeps the audit_logs table: a second sink for audit events, in SQLite or PostgreSQL, that can show whether
// somebody changed it.
//
// # Usage
//
// The store is a sink of the audit client, beside PostHog or alone:
//
//	key, err := auditlog.SigningKey(os.LookupEnv)
//	store, err := auditlog.Open(ctx, "audit.db", auditlog.Options{Key: key}) // or "postgres://…"
//	client, err := posthogsink.OpenAudit(os.LookupEnv, events.Registry(), runtime.WithSink(redact.Audit, store))
//	store.Watch(client.Stats)
//	…
//	err = client.Close(stop) // closes the store, too
//
// Any event may be sent; [Columns] says which properties fill which columns, and the column properties has the others. The client
// sends up to 2,000 events at a time where so many wait, as each then costs less. What is stored was redacted for the destination
// "audit" before. An SQLite file is for the processes of one host, and belongs to its owner alone.
//
// # Guarantees
//
// When Send returns without an error, the batch is in the database, in one transaction and synced. An event that is delivered
// twice is stored once, by its uuid. A process that is killed leaves whole batches.
//
// Each row holds the hash of the row before it, so that a change, a removal, an insertion or another order shows; Verify names
// the first row that is wrong. Each open store writes a chain of its own, so that processes need not wait for each other; a
// chain begins with a record that names the end of the chain before it, and ends with a record written by Close. Events that
// are missing leave a gap record: see [Store.Watch] and [Store.RecordGap].
//
// The database refuses UPDATE and DELETE (and TRUNCATE in PostgreSQL, REPLACE in SQLite) on the log. Erase and GC are the two
// exceptions: each leaves a record in the chain, and the rest verifies as before.
//
// The hash of a row covers its facts (what happened, when, on which route, with what result) and a digest of its personal part
// (who, from where, the properties), which has a random salt. Erase empties the personal part and the salt: what stays tells
// nobody whether a guess of the content is right.
//
// # What can be forged
//
// The hashes are no secret. Whoever can write to the database around the triggers, as its owner can, is able to
//
//   - add rows at the end of a chain that has no end yet;
//   - write the end of a chain anew, from any row on, or cut it off, where no later chain names it;
//   - remove the last chains, or put an older copy of the database in place;
//   - write records of gaps, erasure and retention.
//
// A [Checkpoint] that was exported to where they cannot reach it shows all of that for the rows which it covers. With the public
// key, Verify also asks that records of erasure and retention behind the checkpoint are signed. What is not covered by a
// checkpoint yet, at most the last [Options].CheckpointInterval, can be rewritten without a trace.
//
// Whoever has the signing key as well can sign a checkpoint of a rewritten log. Only checkpoints exported earlier contradict
// them, so keep all of these, and keep the key away from those who administer the database. The store signs nothing that does not
// continue the last checkpoint in the database ([ErrRewritten]). Whoever controls the process that writes can make it write
// anything, and nothing here tells.
//
// # Concurrency
//
// A [Store] is safe for concurrent use and has no goroutine. Any number of processes may write to one database; Verify reads one
// state of it and keeps nobody waiting.
//
// # Errors
//
// Send tells the sender of the client how to go on. After each of these, a batch that is sent again is stored once, and the chain goes on:
//
//   - Temporary, reason "database": the database is down, restarting, locked, full or out of time. Tried again with backoff.
//   - Paused, "database_denied": a missing right or table, a read-only file or server, a file that was moved or replaced while it was
//     open. Somebody has to act; the sender probes now and then, and goes on without a restart.
//   - Paused, "database_damaged": the file is not a database, or parts of it are damaged.
//   - Poisoned, "constraint": a message that the database will never take, because of a constraint or trigger that somebody added. The
//     sender finds it, and it becomes a dead letter, alone.
//
// Send gives up after two minutes. In SQLite, what writes waits ten seconds for other processes, or until its context ends. PostgreSQL ends
// a transaction of a writer that it has not heard of for a minute, unless the URL has an idle_in_transaction_session_timeout of its
// own. A full disk keeps nobody from opening the log, from reading it and from verifying it. A log at rest can be read where nothing may be
// written, such as on a medium for evidence; one that a killed process has left cannot, as its -wal file must be read into it first.
//
// The -wal file holds what is not in the database file yet: without it, these rows are lost, which a checkpoint shows and nothing else.
//
// Error texts are one line, and hold no values of events and no password.
//
// # Shutdown
//
// The client closes the store. Close records what is missing, ends the chain and makes a last checkpoint. A chain without an end
// is listed in [Report].Open: its process runs or was killed.
//
// # Testing
//
// Open a store on a file in t.TempDir(). Stores for PostgreSQL behave alike: one suite runs on both.
package auditlog
