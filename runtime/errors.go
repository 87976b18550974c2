package runtime

import (
	"errors"
	"strconv"
	"strings"
)

// The errors of tracking. They may be ignored safely: each is also counted in [Stats] and logged at a limited rate.
var (
	// ErrClosed means that the client was closed before the event was accepted.
	ErrClosed = errors.New("runtime: client is closed")
	// ErrNilClient means that the *Client given to a Track function is nil.
	ErrNilClient = errors.New("runtime: client is nil")
	// ErrQueueFull means that no sink has room for the event, or that the spool has none: its quota is used up, or the disk is
	// full. The spool's own error is wrapped beside it.
	ErrQueueFull = errors.New("runtime: queue is full")
	// ErrDisk means that the disk under the spool does not answer in time or has failed, so that the event could not be stored.
	// The spool's own error is wrapped beside it.
	ErrDisk = errors.New("runtime: disk does not store events")
	// ErrTooLarge means that the encoded event exceeds the limit, by default 256 KiB, or what the spool can hold.
	ErrTooLarge = errors.New("runtime: event is too large")
	// ErrDistinctID means that a distinct_id, alias or group key is empty, longer than 200 bytes, not UTF-8, or one that
	// PostHog treats as anonymous.
	ErrDistinctID = errors.New("runtime: distinct_id is not usable")
	// ErrNoValidator means that TrackMap was called on a client that has no validator; see WithSchemas.
	ErrNoValidator = errors.New("runtime: TrackMap needs a validator, see WithSchemas")
)

// Rule names the constraint that a value violates. The names are the keywords of JSON Schema where one exists.
type Rule string

// The rules.
const (
	RuleRequired        Rule = "required"
	RuleType            Rule = "type"
	RuleEnum            Rule = "enum"
	RuleFormat          Rule = "format"
	RulePattern         Rule = "pattern"
	RuleMinLength       Rule = "minLength"
	RuleMaxLength       Rule = "maxLength"
	RuleMinimum         Rule = "minimum"
	RuleMaximum         Rule = "maximum"
	RuleMinItems        Rule = "minItems"
	RuleMaxItems        Rule = "maxItems"
	RuleUniqueItems     Rule = "uniqueItems"
	RuleUTF8            Rule = "utf8"
	RuleUndeclared      Rule = "undeclared"
	RuleSchema          Rule = "schema"
	RuleUnencodable     Rule = "unencodable"
	RuleUndeclaredEvent Rule = "undeclaredEvent"
)

// Violation is one property that breaks one rule. It never holds the value.
type Violation struct {
	Path string // where in the payload: "lines[2].sku"; empty for the payload itself
	Rule Rule
	// Detail says what the rule asks for, for example "at most 200 characters"; empty when the rule says it all.
	Detail string
}

// String returns the violation in one line.
func (v Violation) String() string {
	s := string(v.Rule)
	if v.Path != "" {
		s = v.Path + ": " + s
	}
	if v.Detail != "" {
		s += " (" + v.Detail + ")"
	}
	return s
}

// ValidationError lists everything that is wrong with a payload. No value of a property is in it.
type ValidationError struct {
	Event      string
	Violations []Violation
	// More counts violations beyond those listed; the list is cut at 100.
	More int
}

// maxViolations bounds the memory that one bad payload can cost.
const maxViolations = 100

// Error lists the violations in one line.
func (e *ValidationError) Error() string {
	var b strings.Builder
	b.WriteString("runtime: invalid event ")
	b.WriteString(strconv.Quote(e.Event))
	for i, v := range e.Violations {
		b.WriteString([...]string{": ", "; "}[min(i, 1)])
		b.WriteString(v.String())
	}
	if e.More > 0 {
		b.WriteString("; and ")
		b.WriteString(strconv.Itoa(e.More))
		b.WriteString(" more")
	}
	return b.String()
}
