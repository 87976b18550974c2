package database

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

// TestCopyReader holds that rows which come later follow those that were there, however little is read at a time, and that no row
// is lost when some of what comes is empty.
func TestCopyReader(t *testing.T) {
	t.Parallel()
	more := make(chan []any, 3)
	more <- []any{int64(3), "c"}
	more <- []any{}
	more <- []any{int64(4), nil, int64(5), []byte("e")}
	close(more)
	got, err := io.ReadAll(iotest.OneByteReader(newCopyReader(Rows{Width: 2, Values: []any{int64(1), "a", int64(2), 1.5}, More: more})))
	if err != nil {
		t.Fatal(err)
	}
	want, err := appendRows([]byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
		[]any{int64(1), "a", int64(2), 1.5, int64(3), "c", int64(4), nil, int64(5), []byte("e")}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want = binary.BigEndian.AppendUint16(want, 0xffff); !bytes.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestCopyReaderRefusesOtherTypes(t *testing.T) {
	t.Parallel()
	_, err := io.ReadAll(newCopyReader(Rows{Width: 1, Values: []any{struct{}{}}}))
	if err == nil || errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
}
