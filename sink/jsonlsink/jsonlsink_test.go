package jsonlsink_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/jsonlsink"
)

func message(n int) runtime.Message {
	return runtime.Message{
		Event: "signed_up", DistinctID: fmt.Sprintf("user_%d", n), UUID: runtime.UUID{15: byte(n)},
		Timestamp:  time.Date(2025, 3, 1, 11, 0, 0, n*1000, time.FixedZone("", 3600)),
		Properties: fmt.Appendf(nil, `{"n":%d}`, n),
	}
}

func line(n int) string {
	return fmt.Sprintf(`{"event":"signed_up","distinct_id":"user_%d","uuid":"00000000-0000-0000-0000-0000000000%02x",`+
		`"timestamp":"2025-03-01T10:00:00.%06dZ","properties":{"n":%d}}`+"\n", n, n, n, n)
}

func send(sink *jsonlsink.Sink, all ...runtime.Message) ([]runtime.Verdict, error) {
	return sink.Send(context.Background(), runtime.Batch{Messages: all})
}

func TestSendWritesLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	sink := jsonlsink.New(&out)
	hard := message(3)
	hard.Event, hard.Properties = "a\n\"b\" <é>", []byte("{\n \"x\" : [1.0,\"<\"]\n}")
	bad := message(4)
	bad.Properties = []byte(`{"n":`)
	var verdicts []runtime.Verdict
	for _, batch := range [][]runtime.Message{{message(1), message(2)}, {bad, hard}} {
		got, err := send(sink, batch...)
		if err != nil {
			t.Fatal(err)
		}
		verdicts = append(verdicts, got...)
	}
	ok := runtime.Verdict{Outcome: runtime.Delivered}
	if diff := cmp.Diff([]runtime.Verdict{ok, ok, {Outcome: runtime.Rejected, Reason: "unencodable"}, ok}, verdicts); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	want := line(1) + line(2) +
		strings.NewReplacer("signed_up", `a\n\"b\" <é>`, `{"n":3}`, `{"x":[1.0,"<"]}`).Replace(line(3))
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if err := sink.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// narrow takes so many bytes and fails then, once.
type narrow struct {
	bytes.Buffer
	left int
}

func (w *narrow) Write(p []byte) (int, error) {
	if w.left < 0 || len(p) <= w.left {
		return w.Buffer.Write(p)
	}
	n, _ := w.Buffer.Write(p[:w.left])
	w.left = -1
	return n, errors.New("disk full")
}

// TestSendResumesAfterAPartialWrite cuts a write off at every byte and sends again what was not delivered, as a sender
// does. All whole lines must be there, in order; one that lacked nothing but its end may be there twice.
func TestSendResumesAfterAPartialWrite(t *testing.T) {
	t.Parallel()
	whole := line(1) + line(2) + line(3)
	for cut := range len(whole) {
		out := &narrow{left: cut}
		sink := jsonlsink.New(out)
		left := []runtime.Message{message(1), message(2), message(3)}
		verdicts, err := send(sink, left...)
		var failure *runtime.SendError
		if !errors.As(err, &failure) || failure.Failure != runtime.Temporary || failure.Reason != "write" {
			t.Fatalf("cut %d: error %v", cut, err)
		}
		for len(verdicts) > 0 && verdicts[0].Outcome == runtime.Delivered {
			left, verdicts = left[1:], verdicts[1:]
		}
		if _, err := send(sink, left...); err != nil {
			t.Fatalf("cut %d: %v", cut, err)
		}
		if got := wholeLines(out.String()); got != whole {
			t.Fatalf("cut %d: lines\n%s\nwant\n%s", cut, out.String(), whole)
		}
	}
}

// wholeLines returns the lines of text that are JSON, without repetitions.
func wholeLines(text string) string {
	var whole []string
	for line := range strings.Lines(text) {
		if json.Valid([]byte(line)) {
			whole = append(whole, line)
		}
	}
	return strings.Join(slices.Compact(whole), "")
}

func TestOpenAppends(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "events.jsonl")
	for _, torn := range []string{"", "", `{"event":"to`} {
		file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		_, err = file.WriteString(torn)
		if err := errors.Join(err, file.Close()); err != nil {
			t.Fatal(err)
		}
		sink, err := jsonlsink.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for n := 1; n <= 2; n++ {
			if _, err := send(sink, message(n)); err != nil {
				t.Fatal(err)
			}
		}
		if err := sink.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := send(sink, message(9)); err == nil {
			t.Error("Send after Close succeeded")
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Repeat(line(1)+line(2), 2) + `{"event":"to` + "\n" + line(1) + line(2)
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
}

func TestOpenKeepsTheFileToItsOwner(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "events.jsonl")
	sink, err := jsonlsink.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err := errors.Join(err, sink.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("mode %v", mode)
	}
	if _, err := jsonlsink.Open(t.TempDir()); err == nil {
		t.Error("a folder was opened")
	}
}

func ExampleNew() {
	sink := jsonlsink.New(os.Stdout)
	_, err := sink.Send(context.Background(), runtime.Batch{Messages: []runtime.Message{{
		Event: "signed_up", DistinctID: "user_1", Timestamp: time.Unix(0, 0), Properties: []byte(`{"plan":"pro"}`),
	}}})
	fmt.Println(err)
	// Output:
	// {"event":"signed_up","distinct_id":"user_1","uuid":"00000000-0000-0000-0000-000000000000","timestamp":"1970-01-01T00:00:00Z","properties":{"plan":"pro"}}
	// <nil>
}
