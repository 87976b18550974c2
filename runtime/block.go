package runtime

import (
	"sync"
	"time"
)

// blockBytes and blockEvents are the room in one block of a memory queue: enough for some hundred usual events.
const (
	blockBytes  = 64 << 10
	blockEvents = 256
	// eventBytes is what a queued event takes beside its text, rounded up.
	eventBytes = 96
)

// queuedEvent is one event in a block. It does not change until it is resolved, which only the sender does.
type queuedEvent struct {
	name      string
	uuid      UUID
	timestamp int64
	queued    time.Duration // when, after the start of the intake
	text      []byte        // distinct_id, then properties
	idLength  int32
	resolved  bool
}

func (e *queuedEvent) distinctID() []byte { return e.text[:e.idLength] }
func (e *queuedEvent) properties() []byte { return e.text[e.idLength:len(e.text):len(e.text)] }
func (e *queuedEvent) size() int          { return len(e.text) + eventBytes }

// size is what the lane takes in a queue.
func (l *lane) size() int { return len(l.distinctID) + len(l.properties) + eventBytes }

// block is a run of events with room for their text. Neither slice ever grows beyond its capacity, so that pointers into
// them stay good.
type block struct {
	next   *block
	events []queuedEvent
	data   []byte
	seq    uint64 // sequence number of events[0]
	first  int    // the events before it are resolved
	done   int    // events that are resolved; the sender's
}

func newBlock() any {
	return &block{events: make([]queuedEvent, 0, blockEvents), data: make([]byte, 0, blockBytes)}
}

// newBlockPool returns a pool of empty blocks. After a burst, the garbage collector takes back what is not used again.
func newBlockPool() *sync.Pool { return &sync.Pool{New: newBlock} }

// takes reports whether an event with a text of the given size has room, and has the sequence number that comes next.
func (b *block) takes(size int, seq uint64) bool {
	return len(b.events) < cap(b.events) && b.seq+uint64(len(b.events)) == seq &&
		(size > blockBytes/8 || len(b.data)+size <= cap(b.data))
}

// text copies a lane's text into the block. A large one gets memory of its own: it would leave too much of a block unused.
func (b *block) text(l *lane) []byte {
	size := len(l.distinctID) + len(l.properties)
	if size > blockBytes/8 {
		return append(append(make([]byte, 0, size), l.distinctID...), l.properties...)
	}
	start := len(b.data)
	b.data = append(append(b.data, l.distinctID...), l.properties...)
	return b.data[start:]
}

// reset makes an emptied block usable again.
func (b *block) reset() {
	*b = block{events: b.events[:0], data: b.data[:0]}
}

// blockList is the memory of a queue: blocks with events, oldest first.
type blockList struct {
	head, tail *block
	pool       *sync.Pool
}

// add copies an event to the end.
func (s *blockList) add(r *record, l *lane, now time.Duration, seq uint64) {
	if s.tail == nil || !s.tail.takes(len(l.distinctID)+len(l.properties), seq) {
		s.extend(seq)
	}
	b := s.tail
	b.events = b.events[:len(b.events)+1]
	e := &b.events[len(b.events)-1]
	e.name = r.event
	e.uuid = r.uuid
	e.timestamp = r.timestamp
	e.queued = now
	e.text = b.text(l)
	e.idLength = int32(len(l.distinctID))
	e.resolved = false
}

// extend appends an empty block whose first event gets the given sequence number.
func (s *blockList) extend(seq uint64) {
	b := s.pool.Get().(*block)
	b.seq = seq
	if s.tail == nil {
		s.head = b
	} else {
		s.tail.next = b
	}
	s.tail = b
}

// oldest returns the oldest event, or nil.
func (s *blockList) oldest() *queuedEvent {
	if s.head == nil {
		return nil
	}
	return &s.head.events[s.head.first]
}

// oldestSeq returns the sequence number of the oldest event. There must be one.
func (s *blockList) oldestSeq() uint64 { return s.head.seq + uint64(s.head.first) }

// position is where an event is.
type position struct {
	block *block
	event *queuedEvent
}

// span is what a list held at one moment. Its events can be read without a lock: those who add events leave them alone.
type span struct {
	head, tail *block
	last       []queuedEvent // of the tail
}

// span returns what there is.
func (s *blockList) span() span {
	if s.tail == nil {
		return span{}
	}
	return span{head: s.head, tail: s.tail, last: s.tail.events}
}

// peek appends the positions of the oldest events, at most limit and at most maxBytes of them but at least one.
func (s span) peek(positions []position, limit, maxBytes int) []position {
	bytes := 0
	for b := s.head; b != nil; b = b.next {
		events := s.last
		if b != s.tail {
			events = b.events
		}
		for i := b.first; i < len(events); i++ {
			e := &events[i]
			if e.resolved {
				continue
			}
			bytes += e.size()
			if len(positions) == limit || (bytes > maxBytes && len(positions) > 0) {
				return positions
			}
			positions = append(positions, position{b, e})
		}
		if b == s.tail {
			break
		}
	}
	return positions
}

// forget marks an event as resolved and returns the size that it had.
func (p position) forget() int {
	size := p.event.size()
	p.event.resolved, p.event.text = true, nil
	p.block.done++
	return size
}

// trim takes out the blocks up to the last of those positions that have no event left, and finds the oldest event again. An
// event that waits for another attempt thus holds back its own block only.
func (s *blockList) trim(positions []position) {
	if len(positions) == 0 {
		return
	}
	last := positions[len(positions)-1].block
	var kept *block
	for b := s.head; b != nil; {
		next, done := b.next, b == last
		if b.done < len(b.events) {
			b.skip()
			kept = b
		} else {
			s.remove(b, kept)
		}
		if done {
			return
		}
		b = next
	}
}

// skip moves first past the events that are resolved. The block has one that is not.
func (b *block) skip() {
	for b.events[b.first].resolved {
		b.first++
	}
}

// remove takes an empty block out of the list. The block before it, if any, is given.
func (s *blockList) remove(b, before *block) {
	if before == nil {
		s.head = b.next
	} else {
		before.next = b.next
	}
	if s.tail == b {
		s.tail = before
	}
	b.reset()
	s.pool.Put(b)
}
