package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/eventgen/eventgen/redact"
)

// maxDepth bounds the nesting of a value without a declared shape; it also ends values that contain themselves.
const maxDepth = 64

// The reasons why a value without a declared shape cannot be written.
var (
	errDepth  = errors.New("nested too deeply")
	errUTF8   = errors.New("text is not UTF-8")
	errNumber = errors.New("not a finite number")
)

// Any writes the value that comes next, whose shape is not declared: whatever encoding/json can encode. It allocates. A
// strategy is applied to each scalar inside, and to the keys of its objects.
func (w *Writer) Any(value any) {
	v, key := w.next()
	tree, err := plain(value, maxDepth)
	if err != nil {
		w.violate(RuleUnencodable, err.Error())
		return
	}
	for i := range w.lanes {
		if !dropped(v, i) {
			e := treeEncoder{rule: v.rule(i), kinds: v.scanKinds & w.scanned, action: w.plan.scan.action, found: w.found[:0]}
			w.lanes[i].properties = e.append(w.begin(i, key), tree)
			w.unredactable += e.failures
			if w.found = e.found; i == 0 && len(e.found) > 0 {
				w.takeDown(w.place())
			}
		}
	}
	if w.unique > 0 {
		e := treeEncoder{}
		w.raw = e.append(w.beginRaw(key), tree)
	}
}

// plain returns a value as nil, bool, string, int64, float64, json.Number (an integer beyond int64), []any and
// map[string]any, copying what it has to.
func plain(value any, depth int) (any, error) {
	if depth == 0 {
		return nil, errDepth
	}
	switch v := value.(type) {
	case nil, bool, int64:
		return v, nil
	case int:
		return int64(v), nil
	case string:
		return checkedText(v)
	case float64:
		return checkedNumber(v)
	case json.Number:
		return plainNumber(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano), nil
	case []any:
		return plainSlice(v, depth-1)
	case map[string]any:
		return plainMap(v, depth-1)
	default:
		return plainOther(v, depth)
	}
}

func checkedText(s string) (any, error) {
	if !utf8.ValidString(s) {
		return nil, errUTF8
	}
	return s, nil
}

func checkedNumber(f float64) (any, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, errNumber
	}
	return f, nil
}

// plainNumber keeps integers exact and gives every other number the one form that a float64 has.
func plainNumber(n json.Number) (any, error) {
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		return i, nil
	}
	if isInteger(n.String()) {
		return n, nil
	}
	f, err := strconv.ParseFloat(n.String(), 64)
	if err != nil {
		return nil, errNumber
	}
	if f == math.Trunc(f) && math.Abs(f) <= MaxInteger {
		return int64(f), nil
	}
	return checkedNumber(f)
}

// isInteger reports whether a JSON number is spelled without a fraction and an exponent.
func isInteger(number string) bool {
	digits := strings.TrimPrefix(number, "-")
	return digits != "" && strings.Trim(digits, "0123456789") == "" && (digits[0] != '0' || digits == "0")
}

func plainSlice(items []any, depth int) (any, error) {
	out := make([]any, len(items))
	for i, item := range items {
		v, err := plain(item, depth)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func plainMap(members map[string]any, depth int) (any, error) {
	out := make(map[string]any, len(members))
	for key, member := range members {
		if !utf8.ValidString(key) {
			return nil, errUTF8
		}
		v, err := plain(member, depth)
		if err != nil {
			return nil, err
		}
		out[key] = v
	}
	return out, nil
}

// plainOther takes every other type through its JSON.
func plainOther(value any, depth int) (any, error) {
	data, err := marshal(value)
	if err != nil {
		return nil, err
	}
	var tree any
	if err := unmarshalNumbers(data, &tree); err != nil {
		return nil, err
	}
	return plain(tree, depth)
}

func unmarshalNumbers(data []byte, tree *any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode(tree)
}

// marshal is json.Marshal without its panics and without its error texts, both of which can hold the value.
func marshal(value any) (data []byte, err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%T panics when it is encoded", value)
		}
	}()
	if data, err = json.Marshal(value); err != nil {
		return nil, fmt.Errorf("%T has no JSON form", value)
	}
	return data, nil
}

// treeEncoder writes a plain tree, each scalar through a rule. A nil rule keeps, but for what scanning finds in texts and keys.
type treeEncoder struct {
	rule     *redact.Rule
	scratch  []byte
	failures uint64 // scalars that the rule could not handle; they become null

	kinds  redact.Kinds // what to look for; 0 where there is a rule
	action ScanAction
	found  []redact.Finding // in all texts and keys
}

func (e *treeEncoder) append(dst []byte, tree any) []byte {
	switch v := tree.(type) {
	case nil:
		return append(dst, "null"...)
	case []any:
		return e.appendSlice(dst, v)
	case map[string]any:
		return e.appendMap(dst, v)
	default:
		out, ok := e.appendScalar(dst, v)
		if !ok {
			return append(dst, "null"...)
		}
		return out
	}
}

func (e *treeEncoder) appendSlice(dst []byte, items []any) []byte {
	dst = append(dst, '[')
	for _, item := range items {
		dst = e.append(separate(dst), item)
	}
	return append(dst, ']')
}

func (e *treeEncoder) appendMap(dst []byte, members map[string]any) []byte {
	dst = append(dst, '{')
	for i, key := range Keys(members) {
		dst = e.append(append(e.appendKey(separate(dst), key, i+1), ':'), members[key])
	}
	return append(dst, '}')
}

// appendKey writes the n-th key of an object as appendMapKey does.
func (e *treeEncoder) appendKey(dst []byte, key string, n int) []byte {
	switch {
	case e.rule == nil && e.finds(key) && e.action != ScanReport:
		e.scratch = appendHiddenKey(e.scratch[:0], n)
		return appendString(dst, e.scratch)
	case e.rule == nil:
		return appendString(dst, key)
	}
	e.scratch = appendRedactedKey(e.scratch[:0], e.rule, key, n)
	return appendString(dst, e.scratch)
}

// appendScalar reports false, and appends nothing, where the rule leaves nothing of the value.
func (e *treeEncoder) appendScalar(dst []byte, scalar any) ([]byte, bool) {
	if e.rule == nil {
		return e.appendUnclassified(dst, scalar)
	}
	var outcome redact.Outcome
	switch v := scalar.(type) {
	case string:
		e.scratch, outcome = e.rule.AppendString(e.scratch[:0], v)
	case int64:
		e.scratch, outcome = e.rule.AppendInteger(e.scratch[:0], v)
	case float64:
		e.scratch, outcome = e.rule.AppendNumber(e.scratch[:0], v)
	case json.Number:
		e.scratch, outcome = e.rule.AppendString(e.scratch[:0], v.String())
	case bool:
		e.scratch, outcome = e.rule.AppendBoolean(e.scratch[:0], v)
	}
	switch outcome {
	case redact.Text:
		return appendString(dst, e.scratch), true
	case redact.Literal:
		return append(dst, e.scratch...), true
	default:
		e.failures++
		return dst, false
	}
}

// finds looks into a text or key and takes down what it finds.
func (e *treeEncoder) finds(text string) bool {
	before := len(e.found)
	if e.kinds != 0 {
		e.found = redact.AppendFindings(e.found, text, e.kinds)
	}
	return len(e.found) > before
}

// findsInNumber is finds for a number that is large enough to be a card's.
func (e *treeEncoder) findsInNumber(scalar any) bool {
	n, ok := scalar.(int64)
	if f, isFloat := scalar.(float64); isFloat && f >= leastScanned {
		n, ok = integral(f), true
	}
	if !ok || n < leastScanned {
		return false
	}
	before := len(e.found)
	e.found = redact.AppendFindings(e.found, strconv.FormatInt(n, 10), e.kinds&numberKinds)
	return len(e.found) > before
}

// appendUnclassified does what appendScalar does without a rule.
func (e *treeEncoder) appendUnclassified(dst []byte, scalar any) ([]byte, bool) {
	text, isText := scalar.(string)
	switch {
	case !isText && !e.findsInNumber(scalar), isText && !e.finds(text), e.action == ScanReport:
		return appendPlainScalar(dst, scalar), true
	case e.action == ScanDrop || !isText:
		return dst, false
	default:
		e.scratch = redact.AppendClean(e.scratch[:0], text, e.kinds)
		return appendString(dst, e.scratch), true
	}
}

func appendPlainScalar(dst []byte, scalar any) []byte {
	switch v := scalar.(type) {
	case string:
		return appendString(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		return appendNumber(dst, v)
	case json.Number:
		return append(dst, v...)
	case bool:
		return strconv.AppendBool(dst, v)
	default:
		return append(dst, "null"...)
	}
}
