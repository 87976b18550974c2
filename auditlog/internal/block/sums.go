package block

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strconv"
)

// Sums are what the requests of a block with one event add up to, by the values of a dimension.
type Sums struct {
	Event  string
	Values []Sum // ordered by value
}

// Sum is what the requests with one value add up to.
type Sum struct {
	Value string
	Tally
}

// sumsOf names the column that keeps the sums by another column.
func sumsOf(c Column) Column {
	if c == "" {
		return ""
	}
	return "by " + c
}

// dimensions are the columns that sums are kept by.
var dimensions = []Column{Status, Route, Role, Org, User}

// stored are all columns of a block in the database: those of the rows, then the sums.
var stored = func() []Column {
	all := slices.Clone(columns)
	for _, d := range dimensions {
		all = append(all, sumsOf(d))
	}
	return all
}()

// summed returns the dimension of a column of sums, and whether it is one.
func summed(c Column) (Column, bool) {
	for _, d := range dimensions {
		if c == sumsOf(d) {
			return d, true
		}
	}
	return "", false
}

// By returns the codes of the rows in a dimension, and the values that they stand for.
func (b *Block) By(dimension Column) (codes []uint16, values []string) {
	if dimension != Status {
		text := b.text(dimension)
		return text.Codes, text.Values
	}
	values = make([]string, len(b.Statuses.Values))
	for i, status := range b.Statuses.Values {
		values[i] = strconv.FormatInt(status, 10)
	}
	return b.Statuses.Codes, values
}

// sumsBy adds up the rows, in their order, so that the same rows always give the same sums to the last bit.
func (b *Block) sumsBy(dimension Column) []Sums {
	codes, values := b.By(dimension)
	failed, errored := b.Outcomes()
	at := make([]int, len(values)) // one more than the place in the present table, 0 for none
	all := make([]Sums, 0, len(b.Events.Values))
	for event, rows := range b.rowsByEvent() {
		var table []Sum
		for _, row := range rows {
			code := codes[row]
			if at[code] == 0 {
				table = append(table, Sum{values[code], NewTally()})
				at[code] = len(table)
			}
			t := &table[at[code]-1].Tally
			t.Add(b.Weights.At(row), failed[b.Results.Codes[row]], errored[b.Statuses.Codes[row]])
			t.See(b.Times[row])
		}
		for _, row := range rows {
			at[codes[row]] = 0
		}
		slices.SortFunc(table, func(x, y Sum) int { return cmp.Compare(x.Value, y.Value) })
		all = append(all, Sums{b.Events.Values[event], table})
	}
	return all
}

// rowsByEvent returns the rows of each event, in their order.
func (b *Block) rowsByEvent() [][]int {
	rows := make([][]int, len(b.Events.Values))
	for row, event := range b.Events.Codes {
		rows[event] = append(rows[event], row)
	}
	return rows
}

// encodeSums returns sums as bytes: the number of events; of each its name, its first time and the number of its values; of each
// of those its name, three sums, and the microseconds from the first time to its own first one and from there to its last.
func encodeSums(all []Sums) []byte {
	out := encodeLength(all)
	for _, s := range all {
		base := int64(0)
		if len(s.Values) > 0 {
			base = slices.MinFunc(s.Values, func(x, y Sum) int { return cmp.Compare(x.First, y.First) }).First
		}
		out = binary.AppendVarint(appendText(out, s.Event), base)
		out = binary.AppendUvarint(out, uint64(len(s.Values)))
		for i := range s.Values {
			v := &s.Values[i]
			out = appendText(out, v.Value)
			for _, sum := range [...]float64{v.Requests.sum, v.Failures.sum, v.Errors.sum} {
				out = binary.AppendUvarint(out, bits.ReverseBytes64(math.Float64bits(sum))) // whole numbers end in zeros
			}
			out = binary.AppendUvarint(out, uint64(v.First-base))
			out = binary.AppendUvarint(out, uint64(v.Last-v.First))
		}
	}
	return out
}

func appendText(to []byte, s string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(s))), s...)
}

// sumSize is how many bytes a sum has at least.
const sumSize = 6

// sums reads what encodeSums wrote. The names share one copy of the bytes.
func (d *decoder) sums(to []Sums) []Sums {
	all := string(d.data)
	n := d.length()
	to = slices.Grow(to[:0], n)
	for i := range n {
		if to = to[:i+1]; d.failed {
			return nil
		}
		s := &to[i]
		s.Event = d.text(all)
		base := d.varint()
		values := d.length()
		d.failed = d.failed || values > len(d.data)/sumSize
		if d.failed {
			return nil
		}
		s.Values = slices.Grow(s.Values[:0], values)
		for range values {
			s.Values = append(s.Values, d.sum(all, base))
		}
	}
	return to
}

func (d *decoder) sum(all string, base int64) (s Sum) {
	s.Value = d.text(all)
	for _, total := range [...]*Total{&s.Requests, &s.Failures, &s.Errors} {
		total.sum = math.Float64frombits(bits.ReverseBytes64(d.uvarint()))
	}
	s.First = base + int64(d.uvarint())
	s.Last = s.First + int64(d.uvarint())
	return s
}
