package redact

import (
	"fmt"
	"io"
	"log/slog"
)

// placeholder is what formatting and encoding show instead of a classified value.
const placeholder = "[redacted]"

// hidden makes the type that embeds it show [redacted] wherever Go formats or encodes values, and makes it impossible to
// compare with == or to use as a map key, both of which would look at the value behind its back.
//
// Methods do not help where a value sits in an unexported field, because reflection may not call them there. Types that
// embed hidden therefore also keep their value behind something that reflection prints as an address.
type hidden struct{ _ [0]func() }

// Format writes [redacted] for every verb, flag, width and precision.
func (hidden) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, placeholder) }

// String returns [redacted].
func (hidden) String() string { return placeholder }

// GoString returns [redacted].
func (hidden) GoString() string { return placeholder }

// LogValue returns [redacted].
func (hidden) LogValue() slog.Value { return slog.StringValue(placeholder) }

// MarshalJSON returns "[redacted]", a JSON string.
func (hidden) MarshalJSON() ([]byte, error) { return []byte(`"` + placeholder + `"`), nil }

// MarshalText returns [redacted]; encoding/xml uses it for elements and attributes.
func (hidden) MarshalText() ([]byte, error) { return []byte(placeholder), nil }

// GobEncode returns [redacted]. What gob has written cannot be decoded again.
func (hidden) GobEncode() ([]byte, error) { return []byte(placeholder), nil }
