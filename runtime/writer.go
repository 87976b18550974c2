package runtime

import (
	"context"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"
)

// Writer takes the properties of one event from generated code, in the order of the event's descriptor, and validates,
// redacts and encodes each as it comes: one pass, no intermediate form, no allocation on the success path. It exists for
// generated code, which gets it from [Client.Begin] or [Event.Check] and gives it back with [Writer.Commit].
//
// A Writer encodes once per lane, that is once for each distinct policy among the destinations in use. Nothing raw
// outlives Commit: what is queued was redacted before.
type Writer struct {
	client  *Client // nil in a Writer that only checks
	ctx     context.Context
	now     time.Time // when the event began; read once, for a clock costs as much as a property
	plan    *plan
	err     error // why the event cannot be accepted whatever its properties are
	options eventOptions
	subject string // the distinct_id, or the key of a group
	uuid    UUID

	lanes   []lane
	stamped record
	raw     []byte  // unredacted items while some array must have unique ones
	unique  int     // how many such arrays are open
	marks   []int   // where in raw the items of the open arrays begin
	frames  []frame // open objects, arrays and maps
	scratch []byte  // redacted text before it is escaped
	keys    []byte  // redacted keys of maps

	violations []Violation
	more       int

	unredactable uint64 // values that were left out because their strategy could not handle them

	value any // the typed event, where a recorder wants it
}

// frame is one open container.
type frame struct {
	object *objectPlan // of an object
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
	w.frames = append(w.frames[:0], frame{object: p.root})
	return w
}

// release clears what could hold personal data or keep memory alive and gives w back.
func (w *Writer) release() {
	clear(w.raw)
	for i := range w.lanes {
		w.lanes[i] = w.lanes[i].reset()
	}
	clear(w.frames[:cap(w.frames)])
	*w = Writer{
		lanes: w.lanes[:0], raw: reuse(w.raw), marks: w.marks[:0], frames: w.frames[:0],
		scratch: reuse(w.scratch), keys: reuse(w.keys),
	}
	writers.Put(w)
}

// reuse empties a buffer for the next event, or lets go of one that a rare event made large.
func reuse(buffer []byte) []byte {
	if cap(buffer) > keepCapacity {
		return nil
	}
	return buffer[:0]
}

// top returns the open container.
func (w *Writer) top() *frame { return &w.frames[len(w.frames)-1] }

// next returns the plan of the value that comes next and, for a member of an object, its key.
func (w *Writer) next() (*valuePlan, []byte) {
	f := w.top()
	f.count++
	if f.object == nil {
		return f.value.items, nil
	}
	field := &f.object.fields[f.count-1]
	return &field.value, field.key
}

// begin prepares a lane's buffer for a value of the current container.
func (w *Writer) begin(lane int, key []byte) []byte {
	dst := separate(w.lanes[lane].properties)
	if key != nil {
		return append(dst, key...)
	}
	if f := w.top(); f.value != nil && f.value.Type == Map {
		return w.appendMapKey(dst, lane)
	}
	return dst
}

// Opt handles an optional value before it is written: it reports whether a value follows. Where none does, it writes null
// or leaves the property out, and reports what is missing.
func (w *Writer) Opt(s State) bool {
	if s == IsSome {
		return true
	}
	f := w.top()
	if f.object == nil {
		_, _ = w.next()
		w.violate(RuleType, "null is not allowed")
		return false
	}
	field := &f.object.fields[f.count]
	f.count++
	switch {
	case s == Unset && field.required:
		w.violate(RuleRequired, "")
	case s == IsNull && !field.nullable:
		w.violate(RuleType, "null is not allowed")
	case s == IsNull:
		w.null(field)
	}
	return false
}

// null writes a null. It says that there is no value, which no strategy needs to hide but Drop.
func (w *Writer) null(field *fieldPlan) {
	for i := range w.lanes {
		if !dropped(&field.value, i) {
			w.lanes[i].properties = append(w.begin(i, field.key), "null"...)
		}
	}
	if w.unique > 0 {
		w.raw = append(append(separate(w.raw), field.key...), "null"...)
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

// path spells where the value at hand stands. Keys of a classified map are personal data and are not spelled.
func (w *Writer) path() string {
	var path []byte
	for i := range w.frames {
		switch f := &w.frames[i]; {
		case f.count == 0:
		case f.object != nil:
			if len(path) > 0 {
				path = append(path, '.')
			}
			path = append(path, f.object.fields[f.count-1].name...)
		case f.value.Type == Array:
			path = append(strconv.AppendInt(append(path, '['), int64(f.count-1), 10), ']')
		case !f.value.personalKeys() && utf8.ValidString(f.key):
			path = append(strconv.AppendQuote(append(path, '['), f.key), ']')
		default:
			path = append(path, "[*]"...)
		}
	}
	return string(path)
}
