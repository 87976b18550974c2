package runtime

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// State tells the three states of an optional value apart; they are different on the wire.
type State uint8

// The states. The zero value is Unset.
const (
	Unset  State = iota // the property is left out
	IsNull              // the property is null
	IsSome              // the property has a value
)

// Opt is a value that may be left out or null. The zero value is unset. It is copied, never shared, and costs no
// allocation.
type Opt[T any] struct {
	value T
	state State
}

// Some returns an Opt that holds v.
func Some[T any](v T) Opt[T] { return Opt[T]{value: v, state: IsSome} }

// Null returns an Opt that is null on the wire.
func Null[T any]() Opt[T] { return Opt[T]{state: IsNull} }

// Int returns an optional integer; it spares the conversion to int64.
func Int[T ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32](v T) Opt[int64] {
	return Some(int64(v))
}

// Float returns an optional number; it spares the conversion to float64.
func Float[T ~float32 | ~float64 | ~int | ~int32 | ~int64](v T) Opt[float64] { return Some(float64(v)) }

// State tells whether o is unset, null or holds a value.
func (o Opt[T]) State() State { return o.state }

// Value returns what o holds, or the zero value of T.
func (o Opt[T]) Value() T { return o.value }

// Get returns what o holds and whether it holds anything.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == IsSome }

// IsZero reports whether o is unset, for the omitzero option of encoding/json.
func (o Opt[T]) IsZero() bool { return o.state == Unset }

// String returns the value as fmt prints it, "null" or "unset".
func (o Opt[T]) String() string {
	switch o.state {
	case IsSome:
		return fmt.Sprint(o.value)
	case IsNull:
		return "null"
	default:
		return "unset"
	}
}

// MarshalJSON returns the value's JSON, or null. Use omitzero to leave out what is unset.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if o.state != IsSome {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON reads null or a value.
func (o *Opt[T]) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		*o = Null[T]()
		return nil
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*o = Some(v)
	return nil
}

// Reveal returns an optional classified value for the Writer, which redacts it. It exists for generated code.
func Reveal[T any, R interface{ Reveal() T }](o Opt[R]) Opt[T] {
	if o.state != IsSome {
		return Opt[T]{state: o.state}
	}
	return Some(o.value.Reveal())
}

// Index returns the position of an optional enum value for the Writer. It exists for generated code.
func Index[E ~uint8 | ~uint16](o Opt[E]) Opt[uint16] {
	return Opt[uint16]{value: uint16(o.value), state: o.state}
}
