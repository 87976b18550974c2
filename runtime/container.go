package runtime

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/eventgen/eventgen/redact"
)

// Object opens the nested object that comes next. Its properties follow, then End.
func (w *Writer) Object() {
	v, key := w.next()
	w.open(key, '{')
	w.enter(frame{fields: v.object.fields})
}

// Array opens the array that comes next. Its n items follow, then End.
func (w *Writer) Array(n int) {
	v, key := w.next()
	v.checkCount(w, n)
	w.open(key, '[')
	if v.UniqueItems {
		w.unique++
		w.way = laneByLane
	}
	w.enter(frame{value: v, marks: len(w.marks)})
}

// Map opens the string-keyed map that comes next. A Key and a value follow for each entry, then End.
func (w *Writer) Map(n int) {
	v, key := w.next()
	v.checkCount(w, n)
	w.open(key, '{')
	w.enter(frame{value: v})
}

// Key names the entry of a map whose value comes next.
func (w *Writer) Key(key string) {
	f := &w.inner
	f.key, w.numbered = key, false
	if kinds := f.value.scanKinds & w.scanned; kinds != 0 {
		w.numbered = w.hidesKey(key, kinds)
	}
	if !utf8.ValidString(key) {
		f.count++
		w.violate(RuleUTF8, "key")
		f.count--
	}
}

// End closes the innermost container.
func (w *Writer) End() {
	f := w.inner
	closing := byte('}')
	if f.value != nil && f.value.Type == Array {
		closing = ']'
		w.endUnique(f)
	}
	around := len(w.outer) - 1
	w.inner = w.outer[around]
	w.outer[around] = frame{} // it may hold the key of a map
	w.outer = w.outer[:around]
	for i := range w.lanes {
		w.lanes[i].properties = append(w.lanes[i].properties, closing)
	}
	if w.unique > 0 {
		w.raw = append(w.raw, closing)
	}
}

// enter makes a container that was opened the innermost one.
func (w *Writer) enter(f frame) {
	w.outer = append(w.outer, w.inner)
	w.inner = f
}

// open writes the first character of a container in all lanes.
func (w *Writer) open(key []byte, opening byte) {
	for i := range w.lanes {
		w.lanes[i].properties = append(w.begin(i, key), opening)
	}
	if w.unique > 0 {
		w.raw = append(w.beginRaw(key), opening)
	}
}

// beginRaw does for the unredacted copy what begin does for a lane, and marks where an item of an array with unique items
// begins.
func (w *Writer) beginRaw(key []byte) []byte {
	if key != nil {
		return appendName(w.raw, key)
	}
	raw, f := separate(w.raw), &w.inner
	switch {
	case f.value == nil:
	case f.value.Type == Map:
		raw = appendKey(raw, f.key)
	case f.value.UniqueItems:
		w.marks = append(w.marks, len(raw))
	}
	return raw
}

// endUnique looks for equal items in an array that must not have any. Items are equal when their JSON is: members are
// written in one order and numbers in one form.
func (w *Writer) endUnique(f frame) {
	if !f.value.UniqueItems {
		return
	}
	items := make([][]byte, 0, f.count)
	end := len(w.raw)
	for i := len(w.marks) - 1; i >= f.marks; i-- {
		items = append(items, bytes.TrimSuffix(w.raw[w.marks[i]:end], []byte(",")))
		end = w.marks[i]
	}
	w.marks = w.marks[:f.marks]
	if w.unique--; w.unique == 0 {
		defer func() { clear(w.raw); w.raw = w.raw[:0] }()
		w.way = w.findWay()
	}
	slices.SortFunc(items, bytes.Compare)
	for i := 1; i < len(items); i++ {
		if bytes.Equal(items[i-1], items[i]) {
			w.violateContainer(RuleUniqueItems, "")
			return
		}
	}
}

// violateContainer records a violation of the container that is open, not of its last item.
func (w *Writer) violateContainer(rule Rule, detail string) {
	count := w.inner.count
	w.inner.count = 0
	w.violate(rule, detail)
	w.inner.count = count
}

// appendMapKey writes the key of a map's entry. Keys of classified values are treated as personal data too: a pseudonym
// stays one, and every other strategy leaves the entry's number, for two keys must not become one. Scanning hides a key that
// looks like personal data behind its number too.
func (w *Writer) appendMapKey(dst []byte, lane int) []byte {
	f := &w.inner
	if rule := f.value.keyRule(lane); rule != nil {
		w.keys = appendRedactedKey(w.keys[:0], rule, f.key, f.count)
		return append(appendString(dst, w.keys), ':')
	}
	if w.numbered {
		w.keys = appendHiddenKey(w.keys[:0], f.count)
		return append(appendString(dst, w.keys), ':')
	}
	return append(appendValid(dst, f.key), ':')
}

// keyRule returns what happens to the keys of a map, whose own category they have; nil keeps them.
func (v *valuePlan) keyRule(lane int) *redact.Rule {
	if rule := v.rule(lane); rule != nil {
		return rule
	}
	return v.items.rule(lane)
}

// personalKeys reports whether the keys of a map are personal data, whatever happens to them.
func (v *valuePlan) personalKeys() bool {
	return classified(v.Category) || classified(v.items.Category)
}

// appendRedactedKey appends what a rule leaves of the n-th key of a map.
func appendRedactedKey(dst []byte, rule *redact.Rule, key string, n int) []byte {
	if rule.Strategy() == redact.Hash {
		if out, outcome := rule.AppendString(dst, key); outcome == redact.Text {
			return out
		}
	}
	return strconv.AppendInt(append(dst, '#'), int64(n), 10)
}

// appendHiddenKey appends what stands for the n-th key of a map whose other keys stay: no key is likely to be spelt so.
func appendHiddenKey(dst []byte, n int) []byte {
	return strconv.AppendInt(append(dst, "[key] #"...), int64(n), 10)
}

// Keys returns the keys of a map in order, so that equal events have equal bytes. It exists for generated code and
// allocates.
func Keys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (v *valuePlan) checkCount(w *Writer, n int) {
	switch {
	case n < v.MinItems:
		w.violate(RuleMinItems, "at least "+strconv.Itoa(v.MinItems))
	case n > v.maxItems:
		w.violate(RuleMaxItems, "at most "+strconv.Itoa(v.maxItems))
	}
}
