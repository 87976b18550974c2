package runtime

import (
	"context"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/eventgen/eventgen/redact"
)

// Writer takes the properties of one event from generated code, in the order of the event's descriptor, and validates,
// redacts and encodes each as it comes: one pass, no intermediate form, no allocation on the success path. It exists for
// generated code, which gets it from [Client.Begin] or [Event.Check] and gives it back with [Writer.Commit].
//
// A Writer encodes once per lane, that is once for each distinct policy among the destinations in use. Nothing raw
// outlives Commit: what is queued was redacted before.
type Writer struct {
	current
	options  eventOptions
	optioned bool // options is not zero

	lanes    []lane
	raw      []byte           // unredacted items while some array must have unique ones
	marks    []int            // where in raw the items of the open arrays begin
	inner    frame            // the innermost open object, array or map
	outer    []frame          // those around it
	scratch  []byte           // redacted text before it is escaped
	keys     []byte           // redacted keys of maps
	found    []redact.Finding // in the text that was looked at last
	findings []finding
}

// current is what a Writer knows of the event at hand, beside what has memory that is worth keeping.
type current struct {
	client  *Client // nil in a Writer that only checks
	ctx     context.Context
	now     int64         // when the event began, by the client's clock, in microseconds since 1970
	begun   time.Duration // the same by the real one, after the start of the intake
	plan    *plan
	err     error  // why the event cannot be accepted whatever its properties are
	subject string // the distinct_id, or the key of a group
	uuid    UUID
	stamped record
	unique  int // how many arrays that must have unique items are open

	violations []Violation
	more       int

	unredactable uint64 // values that were left out because their strategy could not handle them

	scanned  redact.Kinds // what is looked for in the texts of this event; 0 where it is not scanned
	way      way          // what becomes of values that are right
	numbered bool         // a number stands for the key of the map at hand

	value any // the typed event, where a recorder wants it
}

// frame is one open container.
type frame struct {
	fields []fieldPlan // of an object; nil for an array or map
	value  *valuePlan  // of the array or map itself; nil for an object
	count  int         // members or items begun
	key    string      // of a map: the current key
	marks  int         // of an array with unique items: its first mark
}

// writers recycles Writers with their buffers across all clients.
var writers = sync.Pool{New: func() any { return new(Writer) }}

// keepCapacity is the size of buffer that is worth keeping for the next event.
const keepCapacity = 64 << 10

func newWriter(p *plan) *Writer {
	w := writers.Get().(*Writer)
	w.plan = p
	w.inner = frame{fields: p.root.fields}
	return w
}

// release clears what could hold personal data or keep memory alive and gives w back.
func (w *Writer) release() {
	clear(w.raw)
	for i := range w.lanes {
		w.lanes[i].reset()
	}
	clear(w.outer) // those that were not closed
	w.inner = frame{}
	w.current = current{}
	if w.optioned { // they are large, and rare
		w.options, w.optioned = eventOptions{}, false
	}
	w.lanes, w.marks, w.outer, w.found, w.findings = w.lanes[:0], w.marks[:0], w.outer[:0], w.found[:0], w.findings[:0]
	w.raw, w.scratch, w.keys = reuse(w.raw), reuse(w.scratch), reuse(w.keys)
	writers.Put(w)
}

// reuse empties a buffer for the next event, or lets go of one that a rare event made large.
func reuse(buffer []byte) []byte {
	if cap(buffer) > keepCapacity {
		return nil
	}
	return buffer[:0]
}

// next returns the plan of the value that comes next and, for a member of an object, its key.
func (w *Writer) next() (*valuePlan, []byte) {
	position := w.inner.count
	w.inner.count++
	if w.inner.fields == nil {
		return w.inner.value.items, nil
	}
	field := &w.inner.fields[position]
	return &field.value, field.key
}

// begin prepares a lane's buffer for a value of the current container.
func (w *Writer) begin(lane int, key []byte) []byte {
	if key != nil {
		return appendName(w.lanes[lane].properties, key)
	}
	return w.beginItem(lane)
}

// beginItem prepares a lane's buffer for an item of an array, or for the value of a map's entry after its key.
func (w *Writer) beginItem(lane int) []byte {
	dst := separate(w.lanes[lane].properties)
	if f := &w.inner; f.value != nil && f.value.Type == Map {
		return w.appendMapKey(dst, lane)
	}
	return dst
}

// Opt handles an optional value before it is written: it reports whether a value follows. Where none does, it writes null
// or leaves the property out, and reports what is missing.
func (w *Writer) Opt(s State) bool {
	if s != IsSome {
		w.without(s)
		return false
	}
	return true
}

// without writes or reports an optional value that there is not.
func (w *Writer) without(s State) {
	f := &w.inner
	if f.fields == nil {
		_, _ = w.next()
		w.violate(RuleType, "null is not allowed")
		return
	}
	field := &f.fields[f.count]
	f.count++
	switch {
	case s == Unset && field.required:
		w.violate(RuleRequired, "")
	case s == IsNull && !field.nullable:
		w.violate(RuleType, "null is not allowed")
	case s == IsNull:
		w.null(field)
	}
}

// null writes a null. It says that there is no value, which no strategy needs to hide but Drop.
func (w *Writer) null(field *fieldPlan) {
	for i := range w.lanes {
		if !dropped(&field.value, i) {
			w.lanes[i].properties = append(w.begin(i, field.key), "null"...)
		}
	}
	if w.unique > 0 {
		w.raw = append(appendName(w.raw, field.key), "null"...)
	}
}

// violate records that the value at hand breaks a rule.
func (w *Writer) violate(rule Rule, detail string) {
	if len(w.violations) >= maxViolations {
		w.more++
		return
	}
	w.violations = append(w.violations, Violation{Path: w.path(), Rule: rule, Detail: detail})
}

// path spells where the value at hand stands. Keys that are personal data, or look like it, are not spelled.
func (w *Writer) path() string {
	var path []byte
	for _, f := range append(w.outer, w.inner) {
		switch {
		case f.count == 0:
		case f.fields != nil:
			if len(path) > 0 {
				path = append(path, '.')
			}
			path = append(path, f.fields[f.count-1].name...)
		case f.value.Type == Array:
			path = append(strconv.AppendInt(append(path, '['), int64(f.count-1), 10), ']')
		case !f.value.personalKeys() && utf8.ValidString(f.key) && len(redact.Scan(f.key)) == 0:
			path = append(strconv.AppendQuote(append(path, '['), f.key), ']')
		default:
			path = append(path, "[*]"...)
		}
	}
	return string(path)
}
