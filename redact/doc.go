// Package redact decides what of a classified value may leave the process, and holds such values until then.
//
// A [Policy] names a [Strategy] for each category of personal data and each [Destination]. An [Engine] is a policy with
// its [Keys]; it hands out one [Rule] a property, and the rule appends the redacted form of a value to a buffer. A value
// that no rule covers, or that its strategy cannot handle, is left out: nothing falls back to the raw value.
//
// [String] and [Value] carry classified values through a program without showing them in logs, errors or encodings.
//
// [Scan] is a net under free text that is not classified: it finds what looks like personal data or a credential. What it
// cannot find, such as names and postal addresses, stands there.
//
// # Concurrency
//
// Everything here is immutable once made and safe for concurrent use. The methods of Rule, AppendFindings and
// AppendClean allocate nothing but what the buffer needs to grow.
package redact
