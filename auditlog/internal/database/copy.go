package database

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/jackc/pgx/v5"
)

// copier copies rows into a table of PostgreSQL, which takes it half of the work that INSERT does: no plan, one pass over each page
// and one record in its log for it. As an argument of a statement it gets hold of the connection, which database/sql
// shows to nobody while a transaction has it; what is left to execute is an empty statement.
type copier struct{ rows Rows }

var _ pgx.QueryRewriter = copier{}

// RewriteQuery does the copying.
func (c copier) RewriteQuery(ctx context.Context, conn *pgx.Conn, _ string, _ []any) (string, []any, error) {
	_, err := conn.PgConn().CopyFrom(ctx, newCopyReader(c.rows),
		"COPY "+c.rows.Table+" ("+c.rows.Columns+") FROM STDIN BINARY")
	return "", nil, err
}

// copyReader is rows in the binary format of COPY: a signature and two empty words; each row as the number of its fields, each
// field as its length, or -1 for NULL, and its value; at the end a -1. It gives what it has before it waits for more, so that the
// server works on the first rows while the last ones are made.
type copyReader struct {
	rows  Rows
	ready []byte
	ended bool
}

func newCopyReader(rows Rows) *copyReader {
	return &copyReader{rows: rows, ready: []byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00")}
}

// Read returns the next bytes.
func (r *copyReader) Read(to []byte) (int, error) {
	for len(r.ready) == 0 {
		if r.ended {
			return 0, io.EOF
		}
		if err := r.more(); err != nil {
			return 0, err
		}
	}
	n := copy(to, r.ready)
	r.ready = r.ready[n:]
	return n, nil
}

// more encodes the values that come next, or the end.
func (r *copyReader) more() error {
	values := r.rows.Values
	r.rows.Values = nil
	if len(values) == 0 && r.rows.More != nil {
		values = <-r.rows.More
	}
	if values == nil {
		r.ended = true
		r.ready = binary.BigEndian.AppendUint16(nil, math.MaxUint16)
		return nil
	}
	var err error
	r.ready, err = appendRows(make([]byte, 0, 32*len(values)), values, r.rows.Width)
	return err
}

func appendRows(to []byte, values []any, width int) ([]byte, error) {
	for i, value := range values {
		if i%width == 0 {
			to = binary.BigEndian.AppendUint16(to, uint16(width))
		}
		var err error
		if to, err = appendField(to, value); err != nil {
			return nil, err
		}
	}
	return to, nil
}

func appendField(to []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return binary.BigEndian.AppendUint32(to, math.MaxUint32), nil
	case int64:
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(to, 8), uint64(v)), nil
	case float64:
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(to, 8), math.Float64bits(v)), nil
	case string:
		return append(binary.BigEndian.AppendUint32(to, uint32(len(v))), v...), nil
	case []byte:
		if v == nil {
			return appendField(to, nil)
		}
		return append(binary.BigEndian.AppendUint32(to, uint32(len(v))), v...), nil
	default:
		return nil, fmt.Errorf("a value of type %T is not plain", v)
	}
}
