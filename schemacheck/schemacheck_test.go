package schemacheck_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/schemacheck"
)

func validator(t *testing.T) *schemacheck.Validator {
	t.Helper()
	v, err := schemacheck.New(events.Schemas())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEvents(t *testing.T) {
	t.Parallel()
	names := validator(t).Events()
	for _, name := range []string{"api_request", "payment_failed", schemacheck.Identify, schemacheck.GroupIdentify + ":organization"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is missing from %q", name, names)
		}
	}
	if len(names) != len(events.Registry().All()) {
		t.Errorf("%d schemas for %d events", len(names), len(events.Registry().All()))
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	v := validator(t)
	valid := map[string]any{
		"org_id": "org_1", "announcement_id": "0189d0f5-7b1e-7c3a-9f00-0123456789ab", "audience": "staff", "recipient_count": 3,
	}
	if err := v.Validate("announcement_published", valid); err != nil {
		t.Errorf("a valid payload: %v", err)
	}
	for name, test := range map[string]struct {
		event, payload string
		want           []string
	}{
		"missing":           {"trial_started", `{"org_id": "o"}`, []string{"plan: required", "trial_days: required"}},
		"undeclared":        {"$identify", `{"other": 1, "jo@secret.com": 2}`, []string{"undeclared", `undeclared ("other")`}},
		"format":            {"$identify", `{"email": "secret"}`, []string{"email: format"}},
		"enum":              {"$identify", `{"plan": "secret"}`, []string{"plan: enum"}},
		"nested":            {"agent_published", `{"org_id": "o", "agent_id": "0189d0f5-7b1e-7c3a-9f00-0123456789ab", "agent_version": 1, "tools": ["a", 5]}`, []string{"tools[1]: type"}},
		"not an object":     {"$identify", `["secret"]`, []string{"type"}},
		"undeclared event":  {"nowhere", `{}`, []string{"event: undeclaredEvent"}},
		"beyond 2^53":       {"$groupidentify:organization", `{"seats": 9007199254740993}`, []string{"seats: maximum"}},
		"integer as number": {"$groupidentify:organization", `{"seats": 5.0}`, nil},
	} {
		err := v.ValidateJSON(test.event, []byte(test.payload))
		if got := violations(err); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error holds a value: %v", name, err)
		}
	}
	for _, payload := range []string{"", "{", "{} {}", "secret"} {
		if err := v.ValidateJSON("$identify", []byte(payload)); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", payload, err)
		}
	}
}

func violations(err error) []string {
	var invalid *runtime.ValidationError
	if !errors.As(err, &invalid) {
		return nil
	}
	var texts []string
	for _, v := range invalid.Violations {
		texts = append(texts, v.String())
	}
	return texts
}

func TestValidatorIsSharedByGoroutines(t *testing.T) {
	t.Parallel()
	v := validator(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for _, name := range v.Events() {
				_ = v.ValidateJSON(name, []byte("{}"))
			}
		})
	}
	group.Wait()
}

func TestNewReportsBrokenSchemas(t *testing.T) {
	t.Parallel()
	if _, err := schemacheck.New(fstest.MapFS{"schemas/x.schema.json": {Data: []byte("{")}}); err == nil {
		t.Error("a file that is not JSON is accepted")
	}
	v, err := schemacheck.FromFiles(map[string][]byte{"schemas/x.schema.json": []byte(`{"title": "x", "type": "nonsense"}`)})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.ValidateJSON("x", []byte("{}")); err == nil {
		t.Error("a schema that is none passes a payload")
	}
}

func Example() {
	schemas, err := schemacheck.New(events.Schemas())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	client, err := runtime.New(events.Registry(), runtime.Config{}, runtime.WithSchemas(schemas))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	payload := map[string]any{"org_id": "org_1", "plan": "pro", "trial_days": 400}
	fmt.Println(client.TrackMap(context.Background(), "user_1", "trial_started", payload))
	// Output: runtime: invalid event "trial_started": trial_days: maximum
}
