package runtime

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestAsSendError(t *testing.T) {
	t.Parallel()
	var typedNil *SendError
	for name, test := range map[string]struct {
		err     error
		failure Failure
		reason  string
	}{
		"plain":             {errors.New("x"), Temporary, "error"},
		"typed nil":         {typedNil, Temporary, "error"},
		"wrapped":           {fmt.Errorf("x: %w", &SendError{Failure: Paused, Reason: "quota_limited"}), Paused, "quota_limited"},
		"status":            {&SendError{Failure: Poisoned, Status: 400}, Poisoned, "http_400"},
		"bare temporary":    {&SendError{}, Temporary, "temporary"},
		"bare paused":       {&SendError{Failure: Paused}, Paused, "paused"},
		"bare too large":    {&SendError{Failure: TooLarge}, TooLarge, "too_large"},
		"bare poisoned":     {&SendError{Failure: Poisoned}, Poisoned, "poisoned"},
		"undefined failure": {&SendError{Failure: 200, Status: 500}, 200, "http_500"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := asSendError(test.err)
			if got.Failure != test.failure || got.Reason != test.reason {
				t.Errorf("%v, reason %s", got.Failure, got.Reason)
			}
		})
	}
}

func TestSendErrorIsNotChanged(t *testing.T) {
	t.Parallel()
	shared := &SendError{Status: 503}
	if asSendError(shared).Reason == "" || shared.Reason != "" {
		t.Errorf("the sink's own error became %+v", shared)
	}
}

func TestPanicErrorsHoldNoValues(t *testing.T) {
	t.Parallel()
	for _, value := range []any{"jane@example.com", errors.New("jane@example.com"), struct{ Email string }{"jane@example.com"}} {
		if text := newPanicError(value).Error(); strings.Contains(text, "jane") {
			t.Errorf("%T: %s", value, text)
		}
	}
}
