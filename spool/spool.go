package spool

import (
	"io"
	"sync"
	"time"
)

// Spool is an open log. It is safe for concurrent use. Make one with Open, and Close it.
//
// Two locks of different kinds guard it. mu guards memory and is never held during I/O. The turn (acquire, release) is the right to
// write to the newest segment: a direct caller, the writer or, for a moment, the syncer has it. Fields marked "turn" are written
// by who has both, and read by who has either.
type Spool struct {
	opts   Options
	folder folder
	root   string // given to Open
	path   string
	lock   io.Closer

	mu      sync.Mutex
	done    sync.Cond // a batch is finished, a sync ended, there is room, or the spool stalls or closes
	idle    sync.Cond // the turn is free, or a sync ended
	busy    bool      // somebody has the turn
	wanted  int       // so many wait for it
	closing bool

	segments []*segment // oldest first; the tail's is the last
	doomed   []*segment // that could not be deleted yet
	lastID   uint64
	tail     tail   // turn
	begun    bool   // turn: this process has made a segment
	next     uint64 // turn: sequence number of the next record
	readers  []*Reader

	pending  *batch // gathers what the writer takes next
	inflight *batch // is being written
	spare    *batch
	direct   batch // turn: what a caller writes itself

	synced    uint64   // everything before is on disk
	unsynced  unsynced // turn: what waits for its sync, in mode Interval
	held      unsynced // what is being synced
	frames    [][]byte // memory for the next ones
	syncing   bool
	syncSince time.Time
	slow      bool // the sync takes so long that the disk may have stopped answering
	slowWatch *time.Timer
	retired   []*retired // older segments that wait for their sync, oldest first
	passes    uint64     // how often the syncer was through
	rescue    error      // why a segment whose sync failed could not be written again
	dirty     bool       // the syncer knows that there is something to sync

	noRoom  error     // why there is no room; nil when there may be some
	retryAt time.Time // when to look again
	freed   uint64    // how often room was made
	stalled bool
	watched time.Time // since when the oldest batch waits for the disk; zero without one
	watch   *time.Timer

	damage  map[string]span // known holes, by the name of their quarantine file
	counted counters

	work     chan struct{} // to the writer: there is something to write
	unclean  chan struct{} // to the syncer: there is something to sync
	hurry    chan struct{} // to the syncer: do it now
	stop     chan struct{} // closed when Close begins
	routines sync.WaitGroup
	closed   chan struct{} // closed when Close has ended
	closeErr error
}

// tail is the segment that is written to. Without one, seg is nil.
type tail struct {
	seg    *segment
	file   file
	named  bool  // its name is on disk
	zeroed int64 // up to here, zeros have been written ahead, in mode Sync
	broken bool  // it takes no more: something went wrong
	cut    bool  // what must not count has been cut off
}

// takes reports whether the tail has room for size bytes.
func (t *tail) takes(size int) bool {
	return t.seg != nil && !t.broken && t.seg.end+int64(size) <= t.seg.size
}

// newSpool returns a spool without content that does not run yet.
func newSpool(f folder, opts Options) *Spool {
	s := &Spool{
		opts:    opts,
		folder:  f,
		next:    1,
		frames:  make([][]byte, 0, 4),
		damage:  map[string]span{},
		work:    make(chan struct{}, 1),
		unclean: make(chan struct{}, 1),
		hurry:   make(chan struct{}, 1),
		stop:    make(chan struct{}),
		closed:  make(chan struct{}),
	}
	s.done.L, s.idle.L = &s.mu, &s.mu
	return s
}

// start recovers what is in the folder and starts the goroutines.
func start(f folder, opts Options) (*Spool, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	s := newSpool(f, opts)
	if err := s.recover(); err != nil {
		return nil, err
	}
	s.watch = time.AfterFunc(s.opts.Patience, s.giveUp)
	s.watch.Stop()
	s.slowWatch = time.AfterFunc(s.opts.Patience, s.noteSlow)
	s.slowWatch.Stop()
	s.routines.Go(s.writeLoop)
	s.routines.Go(s.syncLoop)
	return s, nil
}

// Path returns the folder in use: the one given to Open, or one inside it when another process has that.
func (s *Spool) Path() string { return s.path }

// Next returns the sequence number that the next record will get.
func (s *Spool) Next() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.next
}

// acquire takes the turn. The lock is held.
func (s *Spool) acquire() {
	s.wanted++
	for s.busy {
		s.idle.Wait()
	}
	s.wanted--
	s.busy = true
}

// acquireUnless takes the turn unless a condition holds before it is free. It reports whether it did. The lock is held. What
// makes the condition true has to wake those who wait for the turn.
func (s *Spool) acquireUnless(condition func() bool) bool {
	s.wanted++
	for s.busy && !condition() {
		s.idle.Wait()
	}
	s.wanted--
	if condition() {
		s.idle.Broadcast() // to yield
		return false
	}
	s.busy = true
	return true
}

// yield lets those go first who wait for the turn. Otherwise the writer, as long as there is more to write, would keep it. The
// lock and the turn are held.
func (s *Spool) yield() {
	if s.wanted == 0 {
		return
	}
	s.release()
	for s.busy || s.wanted > 0 {
		s.idle.Wait()
	}
	s.busy = true
}

// release ends the turn. The lock is held. Whatever was stuck is not any more.
func (s *Spool) release() {
	s.busy, s.stalled = false, false
	s.idle.Broadcast()
}

// signal sends to a channel that has room for one signal: one that was not received yet will do.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
