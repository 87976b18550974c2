// Package pgtest runs a PostgreSQL server of its own for the tests of a package.
//
// The server listens on a socket in a temporary folder and is gone when the tests end, in whatever way: a shell holds it whose
// standard input is a pipe from the test process.
package pgtest

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
)

// Server is a server that starts when it is first needed. A test package has one, and stops it in TestMain.
type Server struct {
	start  sync.Once
	err    error
	dir    string
	stdin  io.WriteCloser
	stdout *bufio.Reader
	done   chan struct{}
	mu     sync.Mutex
	serial int
}

// errMissing means that PostgreSQL is not installed.
var errMissing = errors.New("no initdb in /usr/lib/postgresql/*/bin or PATH: install PostgreSQL")

// Database returns the URL of a new, empty database. Where PostgreSQL is not installed it skips the test, but fails it if the
// environment variable CI is set: there, these tests must run.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	s.start.Do(func() { s.err = s.run() })
	if errors.Is(s.err, errMissing) && os.Getenv("CI") == "" {
		t.Skip(s.err)
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	name, err := s.create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s.url(name)
}

// Stop ends the server and waits for that. It does nothing if none was started, and may be called again.
func (s *Server) Stop() {
	if s.stdin == nil {
		return
	}
	_ = s.stdin.Close() // the shell ends then
	<-s.done
}

func (s *Server) create(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	name := "test" + strconv.Itoa(s.serial)
	db, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		return "", err
	}
	_, err = db.ExecContext(ctx, "CREATE DATABASE "+name)
	return name, errors.Join(err, db.Close())
}

func (s *Server) url(database string) string {
	q := url.Values{"host": {s.dir}, "user": {"postgres"}, "sslmode": {"disable"}}
	return "postgres:///" + database + "?" + q.Encode()
}

// Crash ends the server at once, as if somebody killed it, and keeps its databases. Start starts it again.
func (s *Server) Crash() error { return s.order("crash") }

// Start starts a server that crashed, which recovers what was committed.
func (s *Server) Start() error { return s.order("start") }

// order gives the shell an order and waits until it was carried out.
func (s *Server) order(order string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.WriteString(s.stdin, order+"\n"); err != nil {
		return fmt.Errorf("%s the server: %w", order, err)
	}
	return s.answer()
}

// answer waits until the shell says that the server is as it should be.
func (s *Server) answer() error {
	line, err := s.stdout.ReadString('\n')
	if err == nil && strings.TrimSpace(line) != "ready" {
		err = fmt.Errorf("the shell of the server says %q", line)
	}
	return err
}

// script starts a server in the folder $1 with the programs in $2, says so, obeys orders, and stops it when its input ends.
const script = `
set -e
PATH="$2:$PATH"
trap 'exit 1' INT TERM HUP
trap 'trap "" INT TERM HUP; pg_ctl -D "$1/data" -m immediate -w stop >/dev/null 2>&1 || true; rm -rf "$1" || { sleep 1; rm -rf "$1"; }' EXIT
cd "$1"
initdb -D data -A trust -U postgres -E UTF8 --locale=C --no-sync >initdb.log 2>&1 || { cat initdb.log >&2; exit 1; }
start() {
  pg_ctl -D data -w -l server.log -o "-k '$1' -c listen_addresses='' -c max_connections=200 $2" start >/dev/null || { cat server.log >&2; exit 1; }
}
start "$1" "$3"
echo ready
while read -r order; do
  case $order in
  crash) pg_ctl -D data -m immediate -w stop >/dev/null ;;
  start) start "$1" "$3" ;;
  esac
  echo ready
done
`

// run starts the server.
func (s *Server) run() error {
	bin, err := programs()
	if err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "pgtest"); err != nil {
		return err
	}
	command, err := s.command(bin)
	if err != nil {
		return err
	}
	var problems bytes.Buffer
	command.Stderr = &problems
	if s.stdin, err = command.StdinPipe(); err != nil {
		return err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	s.stdout = bufio.NewReader(out)
	err = s.answer()
	s.done = make(chan struct{})
	go func() {
		defer close(s.done)
		_ = command.Wait() // how the shell ended says nothing about the tests
	}()
	if err != nil {
		<-s.done
		return fmt.Errorf("PostgreSQL does not start: %s", problems.String())
	}
	return nil
}

// command returns the shell that holds the server; as another user if we are root, which PostgreSQL refuses to run as.
func (s *Server) command(bin string) (*exec.Cmd, error) {
	settings := "-c fsync=off"
	if os.Getenv("PGTEST_FSYNC") != "" {
		settings = ""
	}
	arguments := []string{"sh", "-c", script, "sh", s.dir, bin, settings}
	if os.Getuid() == 0 {
		if err := giveAway(s.dir); err != nil {
			return nil, err
		}
		arguments = append([]string{"runuser", "-u", "postgres", "--"}, arguments...)
	}
	return exec.Command(arguments[0], arguments[1:]...), nil //nolint:noctx // it ends with its input
}

func giveAway(dir string) error {
	u, err := user.Lookup("postgres")
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return err
	}
	return os.Chown(dir, uid, gid)
}

// programs returns the folder of the newest installed version.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return major(a) - major(b) })), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errMissing
	}
	return filepath.Dir(path), nil
}

func major(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // 0 for what is no number
	return n
}
