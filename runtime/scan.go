package runtime

import (
	"context"
	"encoding/binary"
	"log/slog"
	"maps"
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/eventgen/eventgen/redact"
)

// Scanning is the scan section of events.yaml: a net under texts that are declared to be no personal data, in case one holds
// some all the same. It looks at strings, items and keys of maps and at what is inside values of type any, also in person
// and group properties; package redact says what it finds and what it cannot find. What to look for follows from the declared
// format or, without one, from the last word of the name (url, path, user_agent and the like); constants, enums, UUIDs,
// dates and addresses are not looked at. In numbers, only those of cards are looked for. Classified values have their
// strategies and are not scanned.
//
// The zero value looks at one event in a hundred and reports, so that a leak is noticed and no payload is changed: this costs
// a few nanoseconds an event. Findings are counted in Stats, and logged once a minute for each property and kind, without the
// text.
type Scanning struct {
	Mode   ScanMode
	Action ScanAction
	Rate   float64 // share of the events that ScanSampled looks at; 0 means DefaultScanRate
}

// DefaultScanRate is the share of the events that ScanSampled looks at.
const DefaultScanRate = 0.01

// ScanMode says which events are scanned.
type ScanMode uint8

// The modes.
const (
	ScanSampled ScanMode = iota // a share, chosen by the event's uuid, so that a resend is treated alike
	ScanFull
	ScanOff
)

// ScanAction says what happens to a text with findings, on its way to every destination alike.
//
// A distinct_id, alias or group key whose category is none is only ever reported: people whose ids were masked would become
// one.
type ScanAction uint8

// The actions.
const (
	ScanReport ScanAction = iota // it passes
	ScanMask                     // each finding is replaced by its kind, such as [email]; a number is left out
	ScanDrop                     // the property or item is left out; inside a value of type any it becomes null
)

// idKinds are looked for in ids. Card and account numbers are not: any long number can look like one.
var idKinds = redact.KindsOf(redact.KindEmail, redact.KindPhone, redact.KindIPv4, redact.KindIPv6, redact.KindJWT,
	redact.KindPrivateKey, redact.KindURLCredentials, redact.KindSecret)

// scanPlan is a Scanning prepared for one event.
type scanPlan struct {
	below  uint64 // events whose uuid spreads to a number below it are scanned
	all    bool
	action ScanAction
	ids    bool // ids are declared to be none
}

func newScanPlan(reg *Registry) scanPlan {
	p := scanPlan{action: reg.Scan.Action, all: reg.Scan.Mode == ScanFull, ids: !classified(reg.Identity)}
	if reg.Scan.Mode == ScanSampled {
		p.all = reg.Scan.Rate >= 1
		p.below = uint64(scanRate(reg.Scan.Rate) * math.MaxInt64 * 2)
	}
	return p
}

// scanRate returns a share below 1; one that is 1 or more is not asked for.
func scanRate(rate float64) float64 {
	if rate > 0 && rate < 1 {
		return rate
	}
	return DefaultScanRate
}

// due returns what may be looked for in the event that has the uuid: nothing, or what each value leaves room for.
func (p *scanPlan) due(u *UUID) redact.Kinds {
	if p.all || p.below > 0 && mix(binary.BigEndian.Uint64(u[8:])) < p.below {
		return redact.AllKinds
	}
	return 0
}

// scanKinds returns what to look for in the texts of a value, or in the keys of a map. name is that of the property.
func scanKinds(name string, v *Value) redact.Kinds {
	switch {
	case v.Unscanned || classified(v.Category) || v.Enum != nil || v.Const != "":
		return 0
	case v.Type == Map && !classified(v.Values.Category), v.Type == Any:
		return redact.AllKinds
	case v.Type == Integer, v.Type == Number:
		return numberKinds
	case v.Type != String:
		return 0
	case v.Format != NoFormat:
		return redact.KindsFor(v.Format.String())
	default:
		return redact.KindsFor(formatOf(name))
	}
}

// numberKinds are looked for in numbers: cards alone tell themselves from other digits.
var numberKinds = redact.KindsOf(redact.KindCard)

// leastScanned is the least number with as many digits as a card has that is found by its digits alone. Smaller ones, which is
// nearly all, cost no more than this comparison.
const leastScanned = 1e14

// integral returns a number without a fraction, and 0 for one with a fraction or beyond what an integer may be.
func integral(f float64) int64 {
	if n := int64(f); f <= MaxInteger && float64(n) == f {
		return n
	}
	return 0
}

// hidesNumber looks into a large number and reports whether it is left out: there is no other number that could stand for it.
func (w *Writer) hidesNumber(v *valuePlan, n int64) bool {
	kinds := v.scanKinds & w.scanned
	if kinds == 0 || n < leastScanned {
		return false
	}
	var digits [20]byte
	return w.finds(string(strconv.AppendInt(digits[:0], n, 10)), kinds) && w.plan.scan.action != ScanReport
}

// telling are the last words of names that say what a string without a declared format holds, and the formats of
// redact.KindsFor.
var telling = [...]struct{ word, format string }{
	{"useragent", "user_agent"},
	{"user_agent", "user_agent"},
	{"user-agent", "user_agent"},
	{"user agent", "user_agent"},
	{"url", "url"},
	{"uri", "url"},
	{"href", "url"},
	{"referrer", "url"},
	{"referer", "url"},
	{"path", "path"},
	{"route", "path"},
	{"endpoint", "path"},
}

// formatOf returns the format that a name suggests, or "".
func formatOf(name string) string {
	name = strings.TrimSuffix(name, "s")
	for _, t := range telling {
		if endsInWord(name, t.word) {
			return t.format
		}
	}
	return ""
}

// endsInWord reports whether the last word of a name in snake_case, camelCase or separate words is word.
func endsInWord(name, word string) bool {
	start := len(name) - len(word)
	if start < 0 || !strings.EqualFold(name[start:], word) {
		return false
	}
	if start == 0 {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(name[:start])
	first, _ := utf8.DecodeRuneInString(name[start:])
	return !unicode.IsLetter(before) || unicode.IsUpper(first) && !unicode.IsUpper(before)
}

// finding counts what was found in one place of an event. It never holds what was found.
type finding struct {
	property string
	kind     redact.Kind
	count    uint64
}

// writeScanned looks into a text and writes what may be seen of it. It reports false, and writes nothing, where the text passes
// as it is.
func (w *Writer) writeScanned(key []byte, text string, kinds redact.Kinds) bool {
	if !w.finds(text, kinds) {
		return false
	}
	switch w.plan.scan.action {
	case ScanMask:
		w.scratch = redact.AppendClean(w.scratch[:0], text, kinds)
		for i := range w.lanes {
			w.lanes[i].properties = appendString(w.begin(i, key), w.scratch)
		}
		return true
	case ScanDrop:
		return true
	default:
		return false
	}
}

// hidesKey looks into the key of a map and reports whether a number has to stand for it.
func (w *Writer) hidesKey(key string, kinds redact.Kinds) bool {
	return w.finds(key, kinds) && w.plan.scan.action != ScanReport
}

// finds looks into a text of the value at hand and takes down what it finds.
func (w *Writer) finds(text string, kinds redact.Kinds) bool {
	w.found = redact.AppendFindings(w.found[:0], text, kinds)
	if len(w.found) == 0 {
		return false
	}
	w.takeDown(w.place())
	return true
}

// findsInID looks into an id, which stands in no property.
func (w *Writer) findsInID(name, id string) {
	if w.scanned == 0 || !w.plan.scan.ids {
		return
	}
	if w.found = redact.AppendFindings(w.found[:0], id, idKinds); len(w.found) > 0 {
		w.takeDown(name)
	}
}

// takeDown adds what was found last to the findings of the event.
func (w *Writer) takeDown(property string) {
	for _, f := range w.found {
		w.count(property, f.Kind)
	}
}

func (w *Writer) count(property string, kind redact.Kind) {
	for i := range w.findings {
		if f := &w.findings[i]; f.kind == kind && f.property == property {
			f.count++
			return
		}
	}
	w.findings = append(w.findings, finding{property, kind, 1})
}

// place spells where the value at hand stands as path does, but without positions and keys: the registry alone decides how
// many places there are.
func (w *Writer) place() string {
	var place []byte
	for i, f := range append(w.outer, w.inner) {
		switch {
		case f.fields == nil && f.value.Type == Array:
			place = append(place, "[]"...)
		case f.fields == nil:
			place = append(place, "[*]"...)
		case f.count > 0:
			if i > 0 {
				place = append(place, '.')
			}
			place = append(place, f.fields[f.count-1].name...)
		}
	}
	return string(place)
}

// findingCounts are the findings of a client by kind. The zero value is ready for use.
type findingCounts struct {
	mu     sync.Mutex
	byKind Counts
}

func (c *findingCounts) add(kind string, n uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKind == nil {
		c.byKind = Counts{}
	}
	c.byKind.add(kind, n)
}

func (c *findingCounts) snapshot() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.byKind)
}

// reportFindings counts and logs what was found in an event that is accepted.
func (w *Writer) reportFindings() {
	for _, f := range w.findings {
		w.client.findings.add(string(f.kind), f.count)
		w.client.reportFinding(w.plan.event.Name, f)
	}
}

func (c *Client) reportFinding(event string, f finding) {
	if !c.logger.Enabled(context.Background(), slog.LevelWarn) {
		return
	}
	c.problems.report(slog.LevelWarn, problem{"events: a text declared none looks personal", event, f.property + " " + string(f.kind)},
		slog.String("event", event), slog.String("property", f.property), slog.String("kind", string(f.kind)))
}
