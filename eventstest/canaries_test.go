package eventstest_test

import (
	"testing"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/generated/events"
)

func TestCanariesOfTheReferenceRegistry(t *testing.T) {
	t.Parallel()
	eventstest.Canaries(t, events.Registry())
}
