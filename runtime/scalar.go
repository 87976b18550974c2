package runtime

import (
	"strconv"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// String writes the string that comes next.
func (w *Writer) String(s string) {
	v, key := w.next()
	plain := isPlain(s)
	if !(plain && v.takesPlain(s)) && !v.checkString(w, s, plain) {
		return
	}
	if l := w.straight(v); l != nil && plain {
		l.properties = appendPlain(appendName(l.properties, key), s)
		return
	}
	if w.way != nowhere {
		w.writeString(v, key, s)
	}
}

func (w *Writer) writeString(v *valuePlan, key []byte, s string) {
	lanes := w.lanes
	if kinds := v.scanKinds & w.scanned; kinds != 0 && w.writeScanned(key, s, kinds) {
		lanes = nil
	}
	for i := range lanes {
		if rule := v.rule(i); rule != nil {
			text, outcome := rule.AppendString(w.scratch[:0], s)
			w.redacted(i, key, text, outcome)
			continue
		}
		w.lanes[i].properties = appendString(w.begin(i, key), s)
	}
	if w.unique > 0 {
		w.raw = appendString(w.beginRaw(key), s)
	}
}

// Integer writes the integer that comes next.
func (w *Writer) Integer(n int64) {
	v, key := w.next()
	if !v.takesInteger(n) && !v.checkInteger(w, n) {
		return
	}
	if l := w.straight(v); l != nil {
		l.properties = appendInteger(appendName(l.properties, key), n)
		return
	}
	if w.way != nowhere {
		w.writeInteger(v, key, n)
	}
}

func (w *Writer) writeInteger(v *valuePlan, key []byte, n int64) {
	lanes := w.lanes
	if n >= leastScanned && w.hidesNumber(v, n) {
		lanes = nil
	}
	for i := range lanes {
		if rule := v.rule(i); rule != nil {
			text, outcome := rule.AppendInteger(w.scratch[:0], n)
			w.redacted(i, key, text, outcome)
			continue
		}
		w.lanes[i].properties = appendInteger(w.begin(i, key), n)
	}
	if w.unique > 0 {
		w.raw = appendInteger(w.beginRaw(key), n)
	}
}

// Number writes the number that comes next.
func (w *Writer) Number(f float64) {
	v, key := w.next()
	if !v.takesNumber(f) && !v.checkNumber(w, f) {
		return
	}
	if l := w.straight(v); l != nil {
		l.properties = appendNumber(appendName(l.properties, key), f)
		return
	}
	if w.way != nowhere {
		w.writeNumber(v, key, f)
	}
}

func (w *Writer) writeNumber(v *valuePlan, key []byte, f float64) {
	lanes := w.lanes
	if f >= leastScanned && w.hidesNumber(v, integral(f)) {
		lanes = nil
	}
	for i := range lanes {
		if rule := v.rule(i); rule != nil {
			text, outcome := rule.AppendNumber(w.scratch[:0], f)
			w.redacted(i, key, text, outcome)
			continue
		}
		w.lanes[i].properties = appendNumber(w.begin(i, key), f)
	}
	if w.unique > 0 {
		w.raw = appendNumber(w.beginRaw(key), f)
	}
}

// Boolean writes the boolean that comes next.
func (w *Writer) Boolean(b bool) {
	v, key := w.next()
	for i := range w.lanes {
		if rule := v.rule(i); rule != nil {
			text, outcome := rule.AppendBoolean(w.scratch[:0], b)
			w.redacted(i, key, text, outcome)
			continue
		}
		w.lanes[i].properties = strconv.AppendBool(w.begin(i, key), b)
	}
	if w.unique > 0 {
		w.raw = strconv.AppendBool(w.beginRaw(key), b)
	}
}

// Time writes the date-time that comes next, in UTC.
func (w *Writer) Time(t time.Time) {
	v, key := w.next()
	if !v.checkTime(w, t) {
		return
	}
	for i := range w.lanes {
		if rule := v.rule(i); rule != nil {
			text, outcome := rule.AppendTime(w.scratch[:0], t)
			w.redacted(i, key, text, outcome)
			continue
		}
		w.lanes[i].properties = appendTime(w.begin(i, key), t)
	}
	if w.unique > 0 {
		w.raw = appendTime(w.beginRaw(key), t)
	}
}

// Enum writes the enum value that comes next, given by its position in the enum, counted from 1.
func (w *Writer) Enum(position uint16) {
	v, key := w.next()
	if position == 0 || int(position) > len(v.literals) {
		v.violateEnum(w, position)
		return
	}
	if l := w.straight(v); l != nil {
		l.properties = append(appendName(l.properties, key), v.literals[position-1]...)
		return
	}
	if w.way != nowhere {
		w.writeEnum(v, key, position)
	}
}

func (w *Writer) writeEnum(v *valuePlan, key []byte, position uint16) {
	literal := v.literals[position-1]
	for i := range w.lanes {
		if rule := v.rule(i); rule != nil {
			text, outcome := rule.AppendString(w.scratch[:0], v.Enum.String(position))
			w.redacted(i, key, text, outcome)
			continue
		}
		w.lanes[i].properties = append(w.begin(i, key), literal...)
	}
	if w.unique > 0 {
		w.raw = append(w.beginRaw(key), literal...)
	}
}

// Const writes the constant that comes next.
func (w *Writer) Const() {
	v, key := w.next()
	for i := range w.lanes {
		if !dropped(v, i) {
			w.lanes[i].properties = append(w.begin(i, key), v.Const...)
		}
	}
	if w.unique > 0 {
		w.raw = append(w.beginRaw(key), v.Const...)
	}
}

// OptString writes an optional string.
func (w *Writer) OptString(o Opt[string]) {
	if w.Opt(o.State) {
		w.String(o.Value)
	}
}

// OptInteger writes an optional integer.
func (w *Writer) OptInteger(o Opt[int64]) {
	if w.Opt(o.State) {
		w.Integer(o.Value)
	}
}

// OptNumber writes an optional number.
func (w *Writer) OptNumber(o Opt[float64]) {
	if w.Opt(o.State) {
		w.Number(o.Value)
	}
}

// OptBoolean writes an optional boolean.
func (w *Writer) OptBoolean(o Opt[bool]) {
	if w.Opt(o.State) {
		w.Boolean(o.Value)
	}
}

// OptTime writes an optional date-time.
func (w *Writer) OptTime(o Opt[time.Time]) {
	if w.Opt(o.State) {
		w.Time(o.Value)
	}
}

// OptEnum writes an optional enum value; see [Writer.Enum]. It takes the two fields of an [Opt], of which each enum has a
// type of its own.
func (w *Writer) OptEnum(s State, position uint16) {
	if w.Opt(s) {
		w.Enum(position)
	}
}

// way is what becomes of values that are right.
type way uint8

const (
	nowhere    way = iota // the Writer only checks
	straightOn            // into the one lane, as nothing else is to be done: the usual case, in a third less time
	laneByLane
)

// findWay tells the way of the values that come next, outside arrays that must have unique items.
func (w *Writer) findWay() way {
	switch {
	case len(w.lanes) == 0:
		return nowhere
	case len(w.lanes) == 1 && w.scanned == 0:
		return straightOn
	default:
		return laneByLane
	}
}

// straight returns the lane that gets the value at hand as it is, or nil where that is not all there is to do.
func (w *Writer) straight(v *valuePlan) *lane {
	if w.way == straightOn && v.straight {
		return &w.lanes[0]
	}
	return nil
}

// rule returns the rule of a lane, or nil when the lane takes the value as it is.
func (v *valuePlan) rule(lane int) *redact.Rule {
	if v.rules == nil {
		return nil
	}
	return v.rules[lane]
}

// dropped reports whether a lane leaves the value out whatever it is.
func dropped(v *valuePlan, lane int) bool {
	rule := v.rule(lane)
	return rule != nil && rule.Strategy() == redact.Drop
}

// redacted writes what a rule made of a value. text has used the Writer's scratch buffer.
func (w *Writer) redacted(lane int, key, text []byte, outcome redact.Outcome) {
	w.scratch = text
	switch outcome {
	case redact.Text:
		w.lanes[lane].properties = appendString(w.begin(lane, key), text)
	case redact.Literal:
		w.lanes[lane].properties = append(w.begin(lane, key), text...)
	default:
		w.countFailure(lane)
	}
}

// countFailure counts a value that its strategy could not handle; one that the policy drops is as it should be.
func (w *Writer) countFailure(lane int) {
	f := &w.inner
	v := f.value
	if f.fields != nil {
		v = &f.fields[f.count-1].value
	} else {
		v = v.items
	}
	if v.rules[lane].Strategy() != redact.Drop {
		w.unredactable++
	}
}
