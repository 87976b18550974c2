package runtime

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
//
// It has few methods on purpose, and pointer receivers where generated code calls them: the compiler makes a copy of each
// for each type that is optional somewhere, and with seven by value a registry of 1,000 events that have an optional enum
// each took 1,155 MB to compile instead of 827 MB.
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
func (o *Opt[T]) State() State { return o.state }

// Value returns what o holds, or the zero value of T.
func (o *Opt[T]) Value() T { return o.value }

// Get returns what o holds and whether it holds anything.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == IsSome }

// IsZero reports whether o is unset.
func (o Opt[T]) IsZero() bool { return o.state == Unset }

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
