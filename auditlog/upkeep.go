package auditlog

import (
	"context"
	"time"

	"github.com/eventgen/eventgen/auditlog/internal/block"
)

// upkeep is what the store does now and then after a batch was committed. The batch is safe by then, so a failure is no failure
// of Send: it is tried again with the next batch, and Close returns what fails to the end.
type upkeep struct {
	recent     block.Recent
	checkpoint time.Time // when the last checkpoint was made
	unsigned   bool      // rows were written since
}

// keepUp does what is due. Both are tried again at the latest by Close, which has the error.
func (s *Store) keepUp(ctx context.Context, rows int) {
	s.upkeep.unsigned = s.upkeep.unsigned || rows > 0
	if s.upkeep.recent.Rows() >= block.Step {
		_ = s.upkeep.recent.Fold(ctx, s.db, block.Step)
	}
	_ = s.checkpointIfDue(ctx, s.options.CheckpointInterval)
}

// checkpointIfDue makes a checkpoint if there is a key and the last one is as old as the interval.
func (s *Store) checkpointIfDue(ctx context.Context, interval time.Duration) error {
	if s.options.Key == nil || !s.upkeep.unsigned || s.now().Sub(s.upkeep.checkpoint) < interval {
		return nil
	}
	c, err := s.checkpoint(ctx)
	if err != nil {
		return err
	}
	if s.options.OnCheckpoint != nil {
		s.options.OnCheckpoint(c)
	}
	return nil
}
