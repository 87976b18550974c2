package runtime

import (
	"hash/fnv"
	"io"
	"time"

	"github.com/eventgen/eventgen/redact"
)

// PostHog's own property names, as far as the Writer writes them.
const (
	propertySet       = `"$set":{`
	propertyGroupType = `"$group_type":`
	propertyGroupKey  = `,"$group_key":`
	propertyGroupSet  = `,"$group_set":{`
)

// openLanes gives the Writer one buffer for each lane and starts the properties.
func (w *Writer) openLanes(e *Event) {
	if w.scanned = w.plan.scan.due(&w.uuid); w.scanned != 0 {
		w.scanSubject(e)
	}
	for i := range w.plan.lanes {
		w.addLane()
		l := &w.lanes[i]
		l.destinations = w.plan.lanes[i].destinations
		l.distinctID = w.appendID(l.distinctID, i, w.subject)
		l.properties = append(l.properties, '{')
		switch e.Kind {
		case KindIdentify:
			l.properties = append(l.properties, propertySet...)
		case KindGroup:
			w.openGroup(l, e.Group)
		default:
		}
	}
	w.way = w.findWay()
}

// scanSubject looks for personal data in whom the event is about.
func (w *Writer) scanSubject(e *Event) {
	if e.Kind == KindGroup {
		w.findsInID("$group_key", w.subject)
	} else {
		w.findsInID("distinct_id", w.subject)
	}
}

// addLane extends lanes by one, with the buffers that an earlier event left behind.
func (w *Writer) addLane() {
	if n := len(w.lanes); n < cap(w.lanes) {
		w.lanes = w.lanes[:n+1]
		return
	}
	w.lanes = append(w.lanes, lane{})
}

// appendID appends a distinct_id, alias or group key as a lane may see it: nothing where it may not see any.
func (w *Writer) appendID(dst []byte, lane int, id string) []byte {
	rule := w.plan.lanes[lane].identity
	if rule == nil || id == "" { // nobody has no pseudonym, which all events of nobody would share
		return append(dst, id...)
	}
	dst, _ = rule.AppendString(dst, id)
	return dst
}

// openGroup starts the properties of a group. Its distinct_id is derived from its key, the way PostHog's libraries do.
func (w *Writer) openGroup(l *lane, group string) {
	key := string(l.distinctID)
	l.distinctID = append(append(append(append(l.distinctID[:0], '$'), group...), '_'), key...)
	l.properties = appendString(append(l.properties, propertyGroupType...), group)
	l.properties = appendString(append(l.properties, propertyGroupKey...), key)
	l.properties = append(l.properties, propertyGroupSet...)
}

// closeLanes ends the properties with what is PostHog's own.
func (w *Writer) closeLanes() {
	if w.optioned {
		w.checkSession()
	}
	for i := range w.lanes {
		l := &w.lanes[i]
		if w.plan.event.Kind == KindIdentify || w.plan.event.Kind == KindGroup {
			l.properties = append(l.properties, '}')
		}
		personless := w.options.personless
		if len(l.distinctID) == 0 {
			l.distinctID = w.uuid.append(l.distinctID)
			personless = true
		}
		w.closeProperties(i, personless)
	}
}

func (w *Writer) closeProperties(i int, personless bool) {
	dst := w.lanes[i].properties
	if w.optioned {
		dst = w.appendGroups(dst, i)
		if w.options.session != "" {
			dst = appendValid(appendKey(dst, "$session_id"), w.options.session)
		}
	}
	if personless {
		dst = append(separate(dst), `"$process_person_profile":false`...)
	}
	if !w.client.geoIP {
		dst = append(separate(dst), `"$geoip_disable":true`...)
	}
	w.lanes[i].properties = append(dst, '}')
}

func (w *Writer) appendGroups(dst []byte, lane int) []byte {
	groups := w.options.groups()
	if len(groups) == 0 {
		return dst
	}
	dst = append(separate(dst), `"$groups":{`...)
	for _, g := range groups {
		if lane == 0 {
			w.findsInID("$groups", g.key)
		}
		w.keys = w.appendID(w.keys[:0], lane, g.key)
		dst = appendString(appendKey(dst, g.kind), w.keys)
	}
	return append(dst, '}')
}

// checkSize refuses an event whose largest encoding is over the limit.
func (w *Writer) checkSize() error {
	for i := range w.lanes {
		if len(w.lanes[i].properties)+envelopeBytes > w.client.maxEventBytes {
			return ErrTooLarge
		}
	}
	return nil
}

// record stamps the event and returns it for the queues.
func (w *Writer) record() *record {
	r := &w.stamped
	r.event, r.uuid, r.begun, r.lanes = w.plan.event.Name, w.uuid, w.begun, w.lanes
	r.timestamp = w.timestamp()
	return r
}

// timestamp is the time that the caller gave, or a time stamp that no other event of the client has.
func (w *Writer) timestamp() int64 {
	if !w.options.timestamp.IsZero() {
		return w.options.timestamp.UnixMicro()
	}
	return w.client.stamps.next(w.now)
}

// sampledOut decides by the distinct_id, so that all events of a person are kept or none.
func (w *Writer) sampledOut() bool {
	rate := w.plan.event.Sampling
	if rate <= 0 || rate >= 1 {
		return false
	}
	h := fnv.New64a()
	if w.subject != "" {
		_, _ = io.WriteString(h, w.subject)
	} else {
		_, _ = h.Write(w.uuid[:])
	}
	return float64(mix(h.Sum64())>>11)/(1<<53) >= rate
}

// mix spreads the bits of an FNV hash, whose upper ones hardly move for short texts (the finaliser of MurmurHash3).
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// recorded describes the event for the recorder.
func (w *Writer) recorded(err error) Recorded {
	r := Recorded{Event: w.plan.event.Name, Value: w.value, DistinctID: w.subject, Err: err}
	if err != nil || w.stamped.event == "" {
		return r
	}
	r.Messages = map[redact.Destination]Message{}
	for i := range w.stamped.lanes {
		l := &w.stamped.lanes[i]
		for _, d := range l.destinations.list() {
			r.Messages[d] = Message{
				Event:      w.stamped.event,
				DistinctID: string(l.distinctID),
				UUID:       w.stamped.uuid,
				Timestamp:  time.UnixMicro(w.stamped.timestamp).UTC(),
				Properties: append([]byte(nil), l.properties...),
			}
		}
	}
	return r
}
