package redact_test

import (
	"testing"

	"github.com/eventgen/eventgen/redact"
)

func TestReplace(t *testing.T) {
	t.Parallel()
	for category, want := range map[string]string{
		email: "[email]", "user": "[user]", "user.health_and_medical.record_id": "[record_id]",
	} {
		testStrings(t, rule(t, category, redact.Replace), []stringCase{{"jane", want}, {"", want}, {"\xff", want}})
	}
}
