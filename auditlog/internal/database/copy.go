package database

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
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
	data, err := c.encode()
	if err != nil {
		return "", nil, err
	}
	_, err = conn.PgConn().CopyFrom(ctx, bytes.NewReader(data),
		"COPY "+c.rows.Table+" ("+c.rows.Columns+") FROM STDIN BINARY")
	return "", nil, err
}

// encode writes rows in the binary format of COPY: a signature and two empty words; each row as the number of its fields, each
// field as its length, or -1 for NULL, and its value; at the end a -1.
func (c copier) encode() ([]byte, error) {
	out := append(make([]byte, 0, 32*len(c.rows.Values)), "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	for i, value := range c.rows.Values {
		if i%c.rows.Width == 0 {
			out = binary.BigEndian.AppendUint16(out, uint16(c.rows.Width))
		}
		var err error
		if out, err = appendField(out, value); err != nil {
			return nil, err
		}
	}
	return binary.BigEndian.AppendUint16(out, math.MaxUint16), nil
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
