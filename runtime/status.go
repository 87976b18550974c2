package runtime

import (
	"maps"
	"sync"
)

// status is what Stats tells about a sink beside the counts of events. The sender writes, anybody reads.
type status struct {
	mu        sync.Mutex
	failures  Counts
	paused    bool
	reason    string
	lastError string
}

func (s *status) failed(e *SendError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failures == nil {
		s.failures = Counts{}
	}
	s.failures.add(e.Reason, 1)
	s.lastError = errorText(e)
}

func (s *status) pause(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paused, s.reason = true, reason
}

// works notes that the sink took something, and reports whether it was paused before.
func (s *status) works() (resumed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	resumed = s.paused
	s.paused, s.reason, s.lastError = false, "", ""
	return resumed
}

func (s *status) describe(to *SinkStats) {
	s.mu.Lock()
	defer s.mu.Unlock()
	to.Paused, to.PauseReason, to.LastError = s.paused, s.reason, s.lastError
	to.Failures = maps.Clone(s.failures)
}
