// Command auditlog answers questions about an audit log, shows that nobody changed it, and looks after it.
//
//	auditlog failures --since 1h     what failed, and how often with which status
//	auditlog top --by 5xx-rate       the routes that fail most
//	auditlog by user                 who asks how often; also org, route, status, role
//	auditlog tail --follow           the last rows, and what comes
//	auditlog export --format csv     all rows
//	auditlog verify                  whether all rows are there and as they were written
//	auditlog checkpoint, gc, erase, key
//
// The log is the SQLite file or PostgreSQL database named by --db or AUDIT_DB. Standard output is data, standard error is
// diagnostics. The exit code is 0 when all is well, 1 when verify found something, and 2 when the command could not run.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{out: os.Stdout, err: os.Stderr, env: os.LookupEnv, now: time.Now})
	stop()
	os.Exit(code) //nolint:forbidigo // the one place that ends the process
}
