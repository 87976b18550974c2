package database

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/jackc/pgx/v5/pgconn"
)

// copyTo copies rows into a table of PostgreSQL, which takes it half of the work that INSERT does: no plan, one pass over each page
// and one record in its log for it.
func (r *Rows) copyTo(ctx context.Context, conn *pgconn.PgConn) error {
	_, err := conn.CopyFrom(ctx, &copyReader{rows: r}, "COPY "+r.Table+" ("+r.Columns+") FROM STDIN BINARY")
	return err
}

// copyReader reads rows in the binary format of COPY: a signature and two empty words; each row as the number of its fields, each
// field as its length, or -1 for NULL, and its value; at the end a -1. The server works on what has been read while more rows are
// made.
type copyReader struct {
	rows    *Rows
	began   bool
	ended   bool
	encoded []byte // to be read
	buffer  []byte
}

// Read implements io.Reader.
func (c *copyReader) Read(to []byte) (int, error) {
	for len(c.encoded) == 0 {
		if c.ended {
			return 0, io.EOF
		}
		if err := c.encode(); err != nil {
			return 0, err
		}
	}
	n := copy(to, c.encoded)
	c.encoded = c.encoded[n:]
	return n, nil
}

// encode encodes the next rows.
func (c *copyReader) encode() (err error) {
	out := c.buffer[:0]
	values := c.rows.Values
	if c.began {
		more, ok := <-c.rows.More
		values, c.ended = more, !ok
	} else {
		out = append(out, "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
		c.began, c.ended = true, c.rows.More == nil
	}
	for i, value := range values {
		if i%c.rows.Width == 0 {
			out = binary.BigEndian.AppendUint16(out, uint16(c.rows.Width))
		}
		if out, err = appendField(out, value); err != nil {
			return err
		}
	}
	if c.ended {
		out = binary.BigEndian.AppendUint16(out, math.MaxUint16)
	}
	c.encoded, c.buffer = out, out
	return nil
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
