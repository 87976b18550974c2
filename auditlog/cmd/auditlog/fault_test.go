package main

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/auditlog"
	"github.com/eventgen/eventgen/auditlog/internal/pgtest"
	"github.com/eventgen/eventgen/runtime"
)

// password stands in URLs of tests.
const password = "Pa55word"

// fails runs a command that cannot do its work: it exits with 2, prints no data, and says in one line what is wrong.
func fails(t *testing.T, ctx context.Context, want, place string, args ...string) {
	t.Helper()
	var out, diagnostics bytes.Buffer
	code := run(ctx, append([]string{"--db", place}, args...), streams{
		out: &out, err: &diagnostics, env: func(string) (string, bool) { return "", false }, now: time.Now,
	})
	text := diagnostics.String()
	line, rest, _ := strings.Cut(text, "\n")
	switch {
	case code != exitFailed || rest != "" || out.Len() > 0:
		t.Errorf("%s: code %d, %q, and data %q", args[0], code, text, out.String())
	case !strings.HasPrefix(line, "auditlog: ") || strings.HasPrefix(line, "auditlog: auditlog: ") || !strings.Contains(line, want) || strings.Contains(line, password):
		t.Errorf("%s: %q, want %q", args[0], line, want)
	}
}

// verbs are all that work on a log, and those that only read it.
func verbs() (all, reading [][]string) {
	reading = [][]string{{"failures"}, {"top"}, {"by", "user"}, {"tail"}, {"export"}, {"verify"}, {"checkpoint", "--latest"}}
	return append(slices.Clone(reading), []string{"checkpoint"}, []string{"gc", "--older-than", "0s"}, []string{"erase", "somebody"}), reading
}

// recorded makes a log.
func recorded(t *testing.T, place string) string {
	t.Helper()
	store, err := auditlog.Open(t.Context(), place, auditlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Send(t.Context(), runtime.Batch{Messages: someMessages(), Attempt: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return place
}

func TestFilesThatAreNoLog(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	whole := recorded(t, filepath.Join(dir, "audit.db"))
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	all, _ := verbs()
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"text.db":  {bytes.Repeat([]byte("no database\n"), 1000), "text.db: file is not a database (26)"},
		"empty.db": {nil, "empty.db: there is no audit log"},
		"start.db": {data[:100], "start.db: database disk image is malformed (11)"},
		"half.db":  {data[:len(data)/2], "half.db: database disk image is malformed (11)"},
	} {
		place := filepath.Join(dir, name)
		if err := os.WriteFile(place, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range all {
			fails(t, t.Context(), c.want, place, args...)
		}
	}
	for _, args := range all {
		fails(t, t.Context(), "", dir, args...)
	}
}

func TestANewerSchema(t *testing.T) {
	t.Parallel()
	place := recorded(t, filepath.Join(t.TempDir(), "audit.db"))
	db, err := sql.Open("sqlite", place)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "UPDATE audit_schema SET version = 99"); err != nil {
		t.Fatal(err)
	}
	all, _ := verbs()
	for _, args := range all {
		fails(t, t.Context(), "schema version 99 is newer than this program's", place, args...)
	}
}

// TestALockedLog: what changes the log waits, and stops waiting when it is interrupted.
func TestALockedLog(t *testing.T) {
	t.Parallel()
	place := recorded(t, filepath.Join(t.TempDir(), "audit.db"))
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(place)+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	_, reading := verbs()
	for _, args := range reading {
		var out bytes.Buffer
		if code := run(t.Context(), append([]string{"--db", place}, args...), streams{out: &out, err: &out, env: os.LookupEnv, now: time.Now}); code != exitFine {
			t.Errorf("%s: code %d: %s", args[0], code, out.String())
		}
	}
	for _, args := range [][]string{{"checkpoint"}, {"gc", "--older-than", "0s"}, {"erase", "user_1"}} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		fails(t, ctx, "", place, args...)
		cancel()
	}
}

// TestAServerThatIsGone: the URL has a password, which nobody may see.
func TestAServerThatIsGone(t *testing.T) {
	t.Parallel()
	var server pgtest.Server
	place := recorded(t, server.Database(t))
	t.Cleanup(server.Stop)
	proxy := pgtest.NewProxy(t, place)
	all, _ := verbs()
	for _, args := range all {
		proxy.Handle(func(_ byte, body string) pgtest.Fate {
			if strings.Contains(body, "FROM audit_") {
				return pgtest.Cut
			}
			return pgtest.Pass
		})
		fails(t, t.Context(), "", proxy.URL("postgres", password), args...)
	}
	fails(t, t.Context(), `role "nobody" does not exist (SQLSTATE 28000)`, proxy.URL("nobody", password), "verify")
	if err := server.Crash(); err != nil {
		t.Fatal(err)
	}
	for _, args := range all {
		fails(t, t.Context(), "auditlog: open: failed to connect to", proxy.URL("postgres", password), args...)
	}
}

// TestAnInterruptedCommand: the server does not answer, and somebody loses patience.
func TestAnInterruptedCommand(t *testing.T) {
	t.Parallel()
	place := recorded(t, postgres.Database(t))
	proxy := pgtest.NewProxy(t, place)
	for _, args := range [][]string{{"gc", "--older-than", "0s"}, {"erase", "user_1"}} {
		ctx, interrupt := context.WithCancel(t.Context())
		proxy.Handle(func(_ byte, body string) pgtest.Fate {
			if !strings.Contains(body, "audit_permits") {
				return pgtest.Pass
			}
			interrupt()
			return pgtest.Hang
		})
		fails(t, ctx, "context canceled", proxy.URL("postgres", password)+"&idle_in_transaction_session_timeout=300", args...)
	}
	var out bytes.Buffer
	if code := run(t.Context(), []string{"--db", place, "verify"}, streams{out: &out, err: &out, env: os.LookupEnv, now: time.Now}); code != exitFine {
		t.Errorf("code %d: %s", code, out.String())
	}
}
