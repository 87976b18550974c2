package posthogsink_test

import (
	"testing"

	"github.com/posthog/posthog-go"
)

// TestPosthogGoIsPinned fails when an upgrade, or the downgrade that "go get -u" does, changes posthog-go. Much of this
// package is about how exactly this version behaves: read its client loop, send, Flush, Enqueue and Capture.APIfy again first.
func TestPosthogGoIsPinned(t *testing.T) {
	t.Parallel()
	if posthog.Version != "1.27.0" {
		t.Errorf("posthog-go is %s", posthog.Version)
	}
}
