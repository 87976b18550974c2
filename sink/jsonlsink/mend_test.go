package jsonlsink

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eventgen/eventgen/runtime"
)

// full is a file on a disk that gets full after some bytes, once.
type full struct {
	*os.File
	left int
}

func (f *full) Write(p []byte) (int, error) {
	if f.left < 0 || len(p) <= f.left {
		return f.File.Write(p)
	}
	n, err := f.File.Write(p[:f.left])
	f.left = -1
	return n, errors.Join(errors.New("no space left"), err)
}

// TestSendCutsATornLineOffAFile fills the disk at every byte of a batch: no broken line may stay in the file.
func TestSendCutsATornLineOffAFile(t *testing.T) {
	t.Parallel()
	batch := runtime.Batch{Messages: []runtime.Message{
		{Event: "a", DistinctID: "u", Timestamp: time.Unix(1, 0), Properties: []byte(`{}`)},
		{Event: "b", DistinctID: "u", Timestamp: time.Unix(2, 0), Properties: []byte(`{}`)},
	}}
	for cut := range 200 {
		path := filepath.Join(t.TempDir(), "events.jsonl")
		sink, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		sink.to = &full{File: sink.file, left: cut}
		verdicts, err := sink.Send(t.Context(), batch)
		if err == nil {
			t.Fatalf("cut %d: no error", cut)
		}
		delivered := 0
		for _, v := range verdicts {
			if v.Outcome == runtime.Delivered {
				delivered++
			}
		}
		if err := sink.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(text); strings.Count(got, "\n") != delivered || got != "" && !strings.HasSuffix(got, "}\n") {
			t.Fatalf("cut %d: %d delivered, file %q", cut, delivered, got)
		}
	}
}
