// Package jsonlsink writes events to a file or any other writer, one JSON object a line:
//
//	{"event":"…","distinct_id":"…","uuid":"…","timestamp":"…","properties":{…}}
//
// # Usage
//
// Give the sink to runtime.WithSink with the destination whose policy is right for the place where the lines end up.
//
// # Delivery guarantees
//
// A line counts as delivered once it is written; [Sink.Close] syncs a file to disk. After a write that failed half-way the
// lines that are complete stay, and the others are written again. A reader may thus find a broken line in what is not a
// regular file, and should merge lines of the same uuid.
package jsonlsink

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/eventgen/eventgen/runtime"
)

// The reasons of verdicts and errors.
const (
	reasonUnencodable = "unencodable"
	reasonWrite       = "write"
)

// Sink writes events as lines. It implements runtime.Sink. Each batch is one call of Write.
type Sink struct {
	to     io.Writer
	file   *os.File // the same as to, for Open; nil for New
	torn   bool     // whether the last line has no end
	buffer bytes.Buffer
	ends   []int // per message of the batch, where its line ends in the buffer; -1 where it has none
}

var _ runtime.Sink = (*Sink)(nil)

// New returns a sink that writes to w. The writer stays the caller's: Close does not close it.
func New(w io.Writer) *Sink { return &Sink{to: w} }

// Open returns a sink that appends to the file at path and creates it, readable by its owner alone, if it does not exist.
// If a crash left the file without an end of line, the first event starts a new one.
func Open(path string) (*Sink, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("jsonlsink: %w", err)
	}
	torn, err := isTorn(file)
	if err != nil {
		_ = file.Close() // the first error tells more
		return nil, fmt.Errorf("jsonlsink: %w", err)
	}
	return &Sink{to: file, file: file, torn: torn}, nil
}

// isTorn tells whether the file ends within a line.
func isTorn(file *os.File) (bool, error) {
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return false, err
	}
	var last [1]byte
	if _, err := file.ReadAt(last[:], info.Size()-1); err != nil {
		return false, err
	}
	return last[0] != '\n', nil
}

// Name returns "jsonl".
func (s *Sink) Name() string { return "jsonl" }

// Send writes a batch. An event that is no valid JSON is rejected.
func (s *Sink) Send(_ context.Context, batch runtime.Batch) ([]runtime.Verdict, error) {
	s.encode(batch.Messages)
	written, err := s.to.Write(s.buffer.Bytes())
	if err == nil && written < s.buffer.Len() {
		err = io.ErrShortWrite
	}
	verdicts := s.verdicts(written)
	if err != nil {
		s.mend(written)
		return verdicts, &runtime.SendError{Reason: reasonWrite, Err: err}
	}
	s.torn = false
	return verdicts, nil
}

// line is what a line holds.
type line struct {
	Event      string          `json:"event"`
	DistinctID string          `json:"distinct_id"`
	UUID       runtime.UUID    `json:"uuid"`
	Timestamp  time.Time       `json:"timestamp"`
	Properties json.RawMessage `json:"properties"`
}

// encode fills the buffer with the lines of a batch.
func (s *Sink) encode(messages []runtime.Message) {
	s.buffer.Reset()
	s.ends = s.ends[:0]
	if s.torn {
		s.buffer.WriteByte('\n')
	}
	encoder := json.NewEncoder(&s.buffer)
	encoder.SetEscapeHTML(false)
	for i := range messages {
		m := &messages[i]
		err := encoder.Encode(line{m.Event, m.DistinctID, m.UUID, m.Timestamp.UTC(), m.Properties})
		if err != nil {
			s.ends = append(s.ends, -1) // the encoder writes nothing in this case
			continue
		}
		s.ends = append(s.ends, s.buffer.Len())
	}
}

// verdicts tells which lines are within what was written.
func (s *Sink) verdicts(written int) []runtime.Verdict {
	verdicts := make([]runtime.Verdict, len(s.ends))
	for i, end := range s.ends {
		switch {
		case end < 0:
			verdicts[i] = runtime.Verdict{Outcome: runtime.Rejected, Reason: reasonUnencodable}
		case end <= written:
			verdicts[i].Outcome = runtime.Delivered
		}
	}
	return verdicts
}

// mend deals with the start of a line that a failed write left behind: it is cut off a file, and ended elsewhere.
func (s *Sink) mend(written int) {
	if written == 0 {
		return
	}
	partial := written - 1 - bytes.LastIndexByte(s.buffer.Bytes()[:written], '\n')
	s.torn = partial > 0 && !s.cut(partial)
}

// cut removes the last n bytes of a regular file and reports whether it did.
func (s *Sink) cut(n int) bool {
	if s.file == nil {
		return false
	}
	info, err := s.file.Stat()
	return err == nil && info.Mode().IsRegular() && s.file.Truncate(info.Size()-int64(n)) == nil
}

// Close syncs and closes the file that Open opened. For New it does nothing. A second Close returns an error.
func (s *Sink) Close(context.Context) error {
	if s.file == nil {
		return nil
	}
	err := s.file.Sync()
	if closed := s.file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("jsonlsink: %w", err)
	}
	return nil
}
