package block

import (
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// errDamaged means that bytes are no column of a block.
var errDamaged = errors.New("damaged")

func orNaN(f sql.NullFloat64) float64 {
	if f.Valid {
		return f.Float64
	}
	return math.NaN()
}

// columns are what a block keeps of each row, in the order in which they are stored.
var columns = []Column{Time, Duration, Weight, Status, Result, Event, Route, Role, Org, User}

// encode returns a column as bytes, always the same for the same rows. Numbers have eight bytes, little end first. A dictionary
// begins with the number of its values; text has its length before it. Codes have two bytes, one where there are at most 256
// values, and are left out where there is a single one.
func (b *Block) encode(c Column) []byte {
	if dimension, ok := summed(c); ok {
		return encodeSums(b.sumsBy(dimension))
	}
	switch c {
	case Time:
		return encodeNumbers(nil, b.Times, func(t int64) uint64 { return uint64(t) })
	case Duration:
		return encodeNumbers(nil, b.Durations, math.Float64bits)
	case Weight:
		out := encodeNumbers(encodeLength(b.Weights.Values), b.Weights.Values, math.Float64bits)
		return encodeCodes(out, &b.Weights)
	case Status:
		out := encodeNumbers(encodeLength(b.Statuses.Values), b.Statuses.Values, func(s int64) uint64 { return uint64(s) })
		return encodeCodes(out, &b.Statuses)
	default:
		return encodeText(b.text(c))
	}
}

// decode fills a column from bytes. It reuses what the column holds.
func (b *Block) decode(c Column, data []byte) error {
	d := decoder{data: data}
	_, sums := summed(c)
	if sums {
		b.Sums = d.sums(b.Sums)
	} else if err := b.decodeRows(c, &d); err != nil {
		return err
	}
	if d.failed || len(d.data) > 0 {
		return fmt.Errorf("column %q: %w", c, errDamaged)
	}
	return nil
}

func (b *Block) decodeRows(c Column, d *decoder) error {
	switch c {
	case Time:
		b.Times = decodeNumbers(d, b.Times, b.Rows, func(u uint64) int64 { return int64(u) })
	case Duration:
		b.Durations = decodeNumbers(d, b.Durations, b.Rows, math.Float64frombits)
	case Weight:
		b.Weights.Values = decodeNumbers(d, b.Weights.Values, d.length(), math.Float64frombits)
		decodeCodes(d, b.Rows, &b.Weights)
	case Status:
		b.Statuses.Values = decodeNumbers(d, b.Statuses.Values, d.length(), func(u uint64) int64 { return int64(u) })
		decodeCodes(d, b.Rows, &b.Statuses)
	default:
		text := b.text(c)
		if text == nil {
			return fmt.Errorf("column %q: unknown", c)
		}
		text.Values = d.texts(text.Values)
		decodeCodes(d, b.Rows, text)
	}
	return nil
}

// text returns the column of texts with a name, nil for none.
func (b *Block) text(c Column) *Coded[string] {
	switch c {
	case Result:
		return &b.Results
	case Event:
		return &b.Events
	case Route:
		return &b.Routes
	case Role:
		return &b.Roles
	case Org:
		return &b.Orgs
	case User:
		return &b.Users
	default:
		return nil
	}
}

func encodeLength[T any](values []T) []byte { return binary.AppendUvarint(nil, uint64(len(values))) }

func encodeNumbers[T any](to []byte, values []T, bits func(T) uint64) []byte {
	if to == nil {
		to = []byte{} // which is not NULL
	}
	to = slices.Grow(to, 8*len(values))
	for _, v := range values {
		to = binary.LittleEndian.AppendUint64(to, bits(v))
	}
	return to
}

func encodeText(c *Coded[string]) []byte {
	out := encodeLength(c.Values)
	for _, s := range c.Values {
		out = appendText(out, s)
	}
	return encodeCodes(out, c)
}

// narrow is how many values codes of one byte can tell apart.
const narrow = 1 << 8

func encodeCodes[T comparable](to []byte, c *Coded[T]) []byte {
	if len(c.Values) == 1 {
		return to
	}
	to = slices.Grow(to, 2*len(c.Codes))
	if len(c.Values) <= narrow {
		for _, code := range c.Codes {
			to = append(to, byte(code))
		}
		return to
	}
	for _, code := range c.Codes {
		to = binary.LittleEndian.AppendUint16(to, code)
	}
	return to
}

// decoder reads bytes from the front. After a failure it yields nothing.
type decoder struct {
	data   []byte
	failed bool
}

// take returns the next n bytes.
func (d *decoder) take(n int) []byte {
	if d.failed || n < 0 || n > len(d.data) {
		d.failed = true
		return nil
	}
	head := d.data[:n]
	d.data = d.data[n:]
	return head
}

// length reads a number of things of which each has at least one byte.
func (d *decoder) length() int {
	n, size := binary.Uvarint(d.data)
	if d.failed || size <= 0 || n > uint64(len(d.data)-size) {
		d.failed = true
		return 0
	}
	d.data = d.data[size:]
	return int(n)
}

// uvarint reads a number of varying length.
func (d *decoder) uvarint() uint64 {
	n, size := binary.Uvarint(d.data)
	if d.failed || size <= 0 {
		d.failed = true
		return 0
	}
	d.data = d.data[size:]
	return n
}

// varint reads a number that may be negative.
func (d *decoder) varint() int64 {
	n, size := binary.Varint(d.data)
	if d.failed || size <= 0 {
		d.failed = true
		return 0
	}
	d.data = d.data[size:]
	return n
}

// text reads a text with its length before it, as a part of a copy of all bytes.
func (d *decoder) text(all string) string {
	size := d.length()
	start := len(all) - len(d.data)
	if d.take(size); d.failed {
		return ""
	}
	return all[start : start+size]
}

// texts reads the values of a dictionary. They share one copy of the bytes.
func (d *decoder) texts(to []string) []string {
	n := d.length()
	all := string(d.data)
	values := slices.Grow(to[:0], n)
	for range n {
		values = append(values, d.text(all))
	}
	if d.failed {
		return nil
	}
	return values
}

func decodeNumbers[T any](d *decoder, to []T, n int, from func(uint64) T) []T {
	if n > len(d.data)/8 {
		d.failed = true
	}
	data := d.take(8 * n)
	to = slices.Grow(to[:0], len(data)/8)
	for ; len(data) > 0; data = data[8:] {
		to = append(to, from(binary.LittleEndian.Uint64(data)))
	}
	return to
}

func decodeCodes[T comparable](d *decoder, rows int, to *Coded[T]) {
	to.Codes = slices.Grow(to.Codes[:0], rows)[:rows]
	if len(to.Values) == 1 {
		clear(to.Codes)
		return
	}
	width := 2
	if len(to.Values) <= narrow {
		width = 1
	}
	data := d.take(width * rows)
	if d.failed {
		return
	}
	highest := uint16(0)
	if width == 1 {
		for i, code := range data {
			to.Codes[i] = uint16(code)
			highest = max(highest, uint16(code))
		}
	} else {
		for i := range to.Codes {
			code := binary.LittleEndian.Uint16(data[2*i:])
			to.Codes[i] = code
			highest = max(highest, code)
		}
	}
	d.failed = rows > 0 && int(highest) >= len(to.Values)
}
