package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/eventgen/eventgen/auditlog"
	"github.com/eventgen/eventgen/auditlog/internal/pgtest"
	"github.com/eventgen/eventgen/runtime"
)

var update = flag.Bool("update", false, "rewrite the files that scripts compare output with")

// postgres is the server of this package's tests.
var postgres pgtest.Server

// noon is what scripts take for now.
var noon = time.Date(2026, 7, 31, 12, 0, 0, 0, time.UTC)

// tests runs the tests of a package and stops the server.
type tests struct{ *testing.M }

func (t tests) Run() int {
	defer postgres.Stop()
	return t.M.Run()
}

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){
		"auditlog": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			code := run(ctx, os.Args[1:], streams{
				out: os.Stdout, err: os.Stderr, env: os.LookupEnv, now: func() time.Time { return noon },
			})
			stop()
			os.Exit(code)
		},
	})
}

// TestScripts runs each command as a user would, on an SQLite file.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, params("audit.db", nil))
}

// TestScriptsOnPostgres runs those scripts whose output does not name a file, on PostgreSQL.
func TestScriptsOnPostgres(t *testing.T) {
	t.Parallel()
	if postgres.Database(t); *update {
		t.Skip("the scripts are updated on SQLite")
	}
	files := make([]string, 0, 4)
	for _, name := range []string{"failures", "count", "tail", "export", "upkeep"} {
		files = append(files, filepath.Join("testdata", "script", name+".txtar"))
	}
	p := params("", files)
	p.Dir = ""
	p.Setup = func(env *testscript.Env) error {
		env.Setenv("AUDIT_DB", postgres.Database(env.T().(testing.TB)))
		return nil
	}
	testscript.Run(t, p)
}

func params(place string, files []string) testscript.Params {
	return testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		Files:               files,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("AUDIT_DB", filepath.Join(env.WorkDir, place))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitCode, "record": recordSome, "tamper": tamper, "follow": follow,
		},
	}
}

// exitCode is the script command `exitcode N PROGRAM ARG…`: the program must end with exactly that code.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N program [arg…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// recordSome is the script command `record`: two processes after each other write a log with requests of an afternoon, an event of
// a business, a gap, and what an attacker sends.
func recordSome(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: record")
	}
	ctx := context.Background()
	messages := someMessages()
	for part := range 2 {
		store, err := auditlog.Open(ctx, ts.Getenv("AUDIT_DB"), auditlog.Options{})
		ts.Check(err)
		half := messages[part*len(messages)/2 : (part+1)*len(messages)/2]
		_, err = store.Send(ctx, runtime.Batch{Messages: half, Attempt: 1})
		ts.Check(err)
		if part == 1 {
			ts.Check(store.RecordGap(ctx, "queue_full", 3))
		}
		ts.Check(store.Close(ctx))
	}
}

func someMessages() []runtime.Message {
	var messages []runtime.Message
	add := func(at time.Time, event string, properties map[string]any) {
		n := len(messages)
		id := runtime.UUID{1, 0x90, 6: 0x70, 8: 0x80, 14: byte(n >> 8), 15: byte(n)}
		text, err := json.Marshal(properties)
		if err != nil {
			text = nil
		}
		messages = append(messages, runtime.Message{
			UUID: id, Event: event, DistinctID: fmt.Sprint(properties["userId"]), Timestamp: at, Properties: text,
		})
	}
	for i := range 120 {
		status := []int{200, 200, 200, 201, 200, 304, 200, 404, 200, 200, 500, 200, 200, 403, 200, 503}[i%16]
		result, weight, code := "success", 10.0, ""
		if status >= 400 {
			result, weight, code = "failure", 1, map[int]string{404: "not_found", 403: "forbidden", 500: "panic", 503: "overloaded"}[status]
		}
		add(noon.Add(-time.Duration(120-i)*time.Minute), "api_request", map[string]any{
			"requestId": fmt.Sprintf("req-%03d", i), "userId": fmt.Sprintf("user_%d", i%4), "userRole": []string{"member", "admin"}[i%2],
			"orgId": fmt.Sprintf("org_%d", i%3), "method": []string{"GET", "GET", "POST"}[i%3],
			"route": []string{"/orders/{id}", "/users", "/orders", "/login", "/reports/{id}"}[i%5], "statusCode": status,
			"result": result, "errorCode": code, "duration_ms": 1.5 * float64(i%20), "ip": "203.0.113.7", "userAgent": "test",
			"sample_weight": weight,
		})
	}
	add(noon.Add(-30*time.Minute), "agent_published", map[string]any{"userId": "user_1", "org_id": "org_1"})
	add(noon.Add(-3*time.Minute), "api_request", map[string]any{ // from the internet
		"requestId": "req-evil", "userId": "=HYPERLINK(\"http://evil\")", "method": "GET\x1b[2J", "route": "/a\u202egnp.exe\nforged line\u009b31m",
		"statusCode": 500, "result": "failure", "errorCode": "@SUM(1)", "duration_ms": 7.0, "userAgent": "\x1b]0;owned\x07",
	})
	return messages
}

// tamper is the script command `tamper SQL…`: somebody who owns the file changes it, past the triggers.
func tamper(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: tamper SQL…")
	}
	db, err := sql.Open("sqlite", ts.Getenv("AUDIT_DB"))
	ts.Check(err)
	defer db.Close()
	for _, statement := range append([]string{
		"DROP TRIGGER IF EXISTS audit_logs_update", "DROP TRIGGER IF EXISTS audit_logs_delete",
	}, args...) {
		_, err := db.Exec(statement)
		ts.Check(err)
	}
}

// follow is the script command `follow`: tail --follow prints what is written after it began, and ends with its context.
func follow(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: follow")
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	lines := make(chan string, 100)
	done := make(chan int, 1)
	out := writer(func(p []byte) { lines <- string(p) })
	go func() {
		done <- run(ctx, []string{"--db", ts.Getenv("AUDIT_DB"), "tail", "-n1", "--follow", "--interval", "5ms", "--event", "api_request"},
			streams{out: out, err: out, env: os.LookupEnv, now: time.Now})
	}()
	ts.Logf("first: %s", <-lines) // the last row, so that tail has begun
	store, err := auditlog.Open(ctx, ts.Getenv("AUDIT_DB"), auditlog.Options{})
	ts.Check(err)
	_, err = store.Send(ctx, runtime.Batch{Attempt: 1, Messages: []runtime.Message{{
		UUID: runtime.UUID{9}, Event: "api_request", DistinctID: "new", Timestamp: noon,
		Properties: []byte(`{"userId":"newcomer","method":"PUT","route":"/new","statusCode":202,"result":"success"}`),
	}}})
	ts.Check(err)
	want := "2026-07-31 12:00:00Z  api_request   newcomer          PUT        202  /new\n"
	if got := <-lines; got != want {
		ts.Fatalf("tail printed %q, want %q", got, want)
	}
	cancel()
	if code := <-done; code != exitFine {
		ts.Fatalf("tail ended with %d", code)
	}
	ts.Check(store.Close(context.Background()))
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}
