package auditlog

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The variables that make the test binary a child which writes until it is killed.
const (
	childPlace = "AUDITLOG_TEST_CHILD"
	childFirst = "AUDITLOG_TEST_FIRST"
)

// writeUntilKilled sends batch after batch and prints the number of each that was delivered.
func writeUntilKilled(place string) {
	ctx := context.Background()
	s, err := Open(ctx, place, Options{})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	first, _ := strconv.Atoi(os.Getenv(childFirst))
	for n := first; ; n++ {
		if _, err := s.Send(ctx, requests(1+n*10, 10)); err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println(n)
	}
}

func TestKillWhileWriting(t *testing.T) {
	onBoth(t, func(t *testing.T, place string) {
		rounds := 20
		if os.Getenv("EVENTGEN_FAULT") != "" {
			rounds = 200
		}
		if testing.Short() {
			rounds = 5
		}
		next := 0
		for round := range rounds {
			last := killOne(t, place, next, time.Duration(round%7)*3*time.Millisecond)
			s := open(t, place, Options{ReadOnly: true})
			r := verified(t, s, VerifyOptions{})
			if got := number64(t, s, "SELECT count(*) FROM audit_logs WHERE kind = 'event'"); got < int64(last)*10 || got%10 != 0 {
				t.Fatalf("round %d: %d rows, though %d batches were delivered", round, got, last)
			}
			for n := next; n < last; n++ {
				uuid := request(1 + n*10).UUID
				if number64(t, s, "SELECT count(*) FROM audit_logs WHERE uuid = $1", uuid[:]) != 1 {
					t.Fatalf("round %d: batch %d is not there", round, n)
				}
			}
			if len(r.Open) != round+1 {
				t.Fatalf("round %d: open chains: %v", round, r.Open)
			}
			if err := s.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			next = last
		}
	})
}

// killOne lets a child write from a batch on, kills it some time after its third batch, and returns the number of the first batch
// that it did not report as delivered. That batch may be there nevertheless.
func killOne(t *testing.T, place string, first int, after time.Duration) int {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), childPlace+"="+place, childFirst+"="+strconv.Itoa(first))
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var alarm *time.Timer
	last := first
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "error") {
			_ = command.Process.Kill()
			t.Fatal(lines.Text())
		}
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			break // cut off by the kill
		}
		if last = n + 1; n == first+2 {
			alarm = time.AfterFunc(after, func() { _ = command.Process.Kill() })
		}
	}
	_ = command.Wait() // it was killed
	if alarm == nil {
		t.Fatal("the child ended early")
	}
	return last
}
