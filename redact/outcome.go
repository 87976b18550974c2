package redact

// Outcome tells what a method of [Rule] did to the buffer.
type Outcome uint8

// The outcomes. The zero value is the safe one.
const (
	Dropped Outcome = iota // nothing was appended: leave the property out
	Text                   // the buffer grew by unescaped text, which must be quoted
	Literal                // the buffer grew by a JSON number or boolean
)
