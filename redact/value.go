package redact

import (
	"encoding/json"
	"errors"
	"reflect"
)

// errDecode stands for every error of decoding a classified value: the cause may quote the value.
var errDecode = errors.New("redact: cannot decode classified value")

// Value is a classified value of any type but string, for which there is [String]. Printing, logging and encoding it show
// [redacted]; inside an unexported field they show at most an address. It cannot be compared with == and cannot be a map
// key. The zero value holds the zero T.
//
// A Value may be copied and used by several goroutines, unless T itself refers to memory that changes.
type Value[T any] struct {
	hidden

	// A closure, because it is the one thing that no reflective printer looks into.
	reveal func() T
}

// Wrap returns v as a classified value. It allocates once, for the copy of v.
func Wrap[T any](v T) Value[T] { return Value[T]{reveal: func() T { return v }} }

// Reveal returns the value. Call it only where the raw value is needed; whatever holds the result can leak it.
func (v Value[T]) Reveal() T {
	if v.reveal == nil {
		var zero T
		return zero
	}
	return v.reveal()
}

// Equal reports whether v and other hold equal values: by their Equal method when T has one, such as [time.Time], else by
// [reflect.DeepEqual].
func (v Value[T]) Equal(other Value[T]) bool {
	a, b := v.Reveal(), other.Reveal()
	if e, ok := any(a).(interface{ Equal(T) bool }); ok {
		return e.Equal(b)
	}
	return reflect.DeepEqual(a, b)
}

// UnmarshalJSON decodes a T, so that a request body can be decoded straight into a classified field. Null changes nothing, as
// is the convention. Errors never quote the input, and [redacted] is one: what an encoder has hidden cannot be read back.
func (v *Value[T]) UnmarshalJSON(data []byte) error {
	switch string(data) {
	case "null":
		return nil
	case `"` + placeholder + `"`:
		return errDecode
	}
	var decoded T
	if err := json.Unmarshal(data, &decoded); err != nil {
		return errDecode
	}
	*v = Wrap(decoded)
	return nil
}
