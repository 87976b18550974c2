package posthogsink_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

const redactKey = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"

// newRegistry returns a registry of one event, with an e-mail address that PostHog gets in one form, the audit in another
// and the log not at all.
func newRegistry(posthog redact.Strategy) (*runtime.Registry, *runtime.Event) {
	event := &runtime.Event{Name: "signed_up", Object: runtime.Object{Properties: []runtime.Property{
		{Name: "n", Required: true, Value: runtime.Value{Type: runtime.Integer}},
		{Name: "email", Required: true, Value: runtime.Value{Type: runtime.String, Category: "user.contact.email"}},
	}}}
	return &runtime.Registry{
		Package: "events",
		Policy: redact.Policy{{
			Category:   "user.contact.email",
			Strategies: redact.Strategies{PostHog: posthog, Audit: redact.Keep, Log: redact.Replace},
		}},
		Events: []*runtime.Event{event},
	}, event
}

// track does what a generated Track function does.
func track(ctx context.Context, c *runtime.Client, event *runtime.Event, n int) error {
	w := c.Begin(ctx, event, fmt.Sprintf("user_%d", n), nil)
	w.Integer(int64(n))
	w.String("jane@example.com")
	return w.Commit()
}

// journal is a log that keeps its records.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) logger() *slog.Logger { return slog.New(slog.NewJSONHandler(j, nil)) }

// lines returns the records with a message.
func (j *journal) lines(t *testing.T, message string) []map[string]any {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	var found []map[string]any
	for line := range strings.Lines(j.text.String()) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		if record["msg"] == message {
			found = append(found, record)
		}
	}
	return found
}

type env map[string]string

func (e env) lookup(name string) (string, bool) {
	value, ok := e[name]
	return value, ok
}

type opener func(func(string) (string, bool), *runtime.Registry, ...runtime.Option) (*runtime.Client, error)

func TestOpenSendsWhenItShould(t *testing.T) {
	t.Parallel()
	const (
		sending = "sending to HOST"
		noKey   = "not sending: POSTHOG_API_KEY is not set"
		noProd  = "not sending: APP_ENV is not production"
		never   = "not sending: EVENTS_SEND is never"
		logging = "; logging events"
	)
	product, audit := posthogsink.Open, posthogsink.OpenAudit
	tests := []struct {
		name string
		open opener
		env  env
		mode string
	}{
		{"nothing", product, env{}, noProd + logging},
		{"production without key", product, env{"APP_ENV": "production"}, noKey + logging},
		{"key without production", product, env{"POSTHOG_API_KEY": key}, noProd + logging},
		{"staging", product, env{"POSTHOG_API_KEY": key, "APP_ENV": "staging"}, noProd + logging},
		{"production", product, env{"POSTHOG_API_KEY": key, "APP_ENV": "production"}, sending},
		{"blank around", product, env{"POSTHOG_API_KEY": " " + key + "\n", "APP_ENV": " production "}, sending},
		{"other key", product, env{"POSTHOG_PROJECT_API_KEY": key, "APP_ENV": "production"}, sending},
		{"empty key and other key", product, env{
			"POSTHOG_API_KEY": "", "POSTHOG_PROJECT_API_KEY": key, "APP_ENV": "production",
		}, sending},
		{"explicit production", product, env{"POSTHOG_API_KEY": key, "EVENTS_SEND": "production"}, noProd + logging},
		{"always", product, env{"POSTHOG_API_KEY": key, "EVENTS_SEND": "always"}, sending},
		{"always without key", product, env{"EVENTS_SEND": "always"}, noKey + logging},
		{"never", product, env{
			"POSTHOG_API_KEY": key, "APP_ENV": "production", "EVENTS_SEND": "never",
		}, never + logging},
		{"never log", product, env{"EVENTS_LOG": "never"}, noProd},
		{"always log", product, env{
			"POSTHOG_API_KEY": key, "APP_ENV": "production", "EVENTS_LOG": "always",
		}, sending + logging},
		{"direct", product, env{
			"POSTHOG_API_KEY": key, "APP_ENV": "production", "POSTHOG_TRANSPORT": "direct",
		}, sending},
		{"audit without key", audit, env{"APP_ENV": "production"}, noKey + logging},
		{"audit", audit, env{"POSTHOG_API_KEY": key}, sending},
		{"audit, events never", audit, env{"POSTHOG_API_KEY": key, "EVENTS_SEND": "never"}, sending},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := eventstest.NewServer(t, eventstest.WithProjectKey(key))
			test.env["POSTHOG_HOST"] = server.URL() + "/"
			test.env["EVENTS_REDACT_KEYS"] = redactKey
			reg, event := newRegistry(redact.Hash)
			var log journal
			client, err := test.open(test.env.lookup, reg, runtime.WithLogger(log.logger()))
			if err != nil {
				t.Fatal(err)
			}
			for n := range 3 {
				if err := track(t.Context(), client, event, n); err != nil {
					t.Error(err)
				}
			}
			if err := client.Close(t.Context()); err != nil {
				t.Error(err)
			}
			mode := strings.ReplaceAll(test.mode, "HOST", server.URL())
			if got := client.Stats().Mode; got != mode {
				t.Errorf("mode %q, want %q", got, mode)
			}
			started := log.lines(t, "events: client started")
			if len(started) != 1 || started[0]["mode"] != mode || started[0]["level"] != "INFO" {
				t.Errorf("start lines %v, want one with the mode %q", started, mode)
			}
			if strings.Contains(log.text.String(), key) {
				t.Errorf("the log holds the key:\n%s", log.text.String())
			}
			checkArrivals(t, test.mode, server.Events(), log.lines(t, "event"))
		})
	}
}

// checkArrivals checks who got the three events of the test, and in what form.
func checkArrivals(t *testing.T, mode string, sent []eventstest.Event, logged []map[string]any) {
	t.Helper()
	want := map[bool]int{true: 3, false: 0}
	sends, logs := strings.HasPrefix(mode, "sending"), strings.HasSuffix(mode, "logging events")
	if len(sent) != want[sends] || len(logged) != want[logs] {
		t.Errorf("%s: %d events sent, %d logged", mode, len(sent), len(logged))
	}
	for _, line := range logged {
		properties, _ := line["properties"].(map[string]any)
		email, _ := properties["email"].(string)
		if line["event"] != "signed_up" || email == "" || strings.Contains(email, "jane") {
			t.Errorf("log line %v", line)
		}
	}
}

// TestOpenRedactsForItsDestination tells the two clients apart by what they send.
func TestOpenRedactsForItsDestination(t *testing.T) {
	t.Parallel()
	for want, open := range map[string]opener{"[email]": posthogsink.Open, "jane@example.com": posthogsink.OpenAudit} {
		server := eventstest.NewServer(t)
		reg, event := newRegistry(redact.Replace)
		e := env{"POSTHOG_API_KEY": key, "APP_ENV": "production", "POSTHOG_HOST": server.URL()}
		client, err := open(e.lookup, reg, runtime.WithLogger(nil))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(track(t.Context(), client, event, 1), client.Close(t.Context())); err != nil {
			t.Fatal(err)
		}
		if got := server.Events()[0].Properties()["email"]; got != want {
			t.Errorf("email %q, want %q", got, want)
		}
	}
}

func TestOpenBatchesAsToldTo(t *testing.T) {
	t.Parallel()
	base := env{"POSTHOG_API_KEY": key, "EVENTS_SEND": "always", "EVENTS_BATCH_SIZE": "7", "LOG_BATCH_SIZE": "11"}
	for size, open := range map[int]opener{7: posthogsink.Open, 11: posthogsink.OpenAudit} {
		server := eventstest.NewServer(t)
		base["POSTHOG_HOST"] = server.URL()
		reg, event := newRegistry(redact.Replace)
		client, err := open(base.lookup, reg, runtime.WithLogger(nil))
		if err != nil {
			t.Fatal(err)
		}
		for n := range size {
			if err := track(t.Context(), client, event, n); err != nil {
				t.Fatal(err)
			}
		}
		if err := server.Wait(t.Context(), size); err != nil { // not the interval but the size makes it go
			t.Fatal(err)
		}
		if err := client.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if got := server.Counts().Requests; got != 1 {
			t.Errorf("%d requests for %d events", got, size)
		}
	}
}

func TestOpenReportsEveryMalformedVariable(t *testing.T) {
	t.Parallel()
	malformed := map[string][]string{
		"EVENTS_SEND":              {"sometimes", "Production", "s3cr3t"},
		"EVENTS_LOG":               {"yes", "s3cr3t"},
		"POSTHOG_HOST":             {"s3cr3t.example.com", "http://s3cr3t.example.com", "https://u:s3cr3t@host"},
		"POSTHOG_TRANSPORT":        {"SDK", "s3cr3t"},
		"EVENTS_BATCH_SIZE":        {"0", "-1", "1.5", "10001", "s3cr3t"},
		"EVENTS_BATCH_INTERVAL_MS": {"0", "10s", "86400001", "s3cr3t"},
		"LOG_BATCH_SIZE":           {"0", "s3cr3t"},
		"LOG_BATCH_INTERVAL_MS":    {"0", "99999999999999999999", "s3cr3t"},
		"EVENTS_QUEUE_SIZE":        {"0", "10000001", "s3cr3t"},
		"EVENTS_SPOOL_SYNC":        {"always", "s3cr3t"},
		"EVENTS_SPOOL_QUOTA_MB":    {"0", "1G", "s3cr3t"},
		"EVENTS_SPOOL_OVERFLOW":    {"drop", "s3cr3t"},
		"EVENTS_REDACT_KEYS":       {"s3cr3t", "k1:c2VjcmV0", "K1:" + redactKey[3:], redactKey + "," + redactKey},
	}
	reg, _ := newRegistry(redact.Hash)
	all := env{}
	for name, values := range malformed {
		for _, value := range values {
			all[name] = value
			for _, open := range []opener{posthogsink.Open, posthogsink.OpenAudit} {
				client, err := open(env{name: value}.lookup, reg)
				var problem *posthogsink.EnvError
				if client != nil || !errors.As(err, &problem) || problem.Variable != name {
					t.Errorf("%s=%s: %v, %v", name, value, client, err)
				} else if text := err.Error(); strings.Contains(text, "s3cr3t") || !strings.Contains(text, name) {
					t.Errorf("%s=%s: %v", name, value, err)
				}
			}
		}
	}
	_, err := posthogsink.Open(all.lookup, reg)
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("%v is not a list", err)
	}
	var named []string
	for _, one := range joined.Unwrap() {
		var problem *posthogsink.EnvError
		if errors.As(one, &problem) {
			named = append(named, problem.Variable)
		}
	}
	want := make([]string, 0, len(malformed))
	for name := range malformed {
		want = append(want, name)
	}
	slices.Sort(want)
	slices.Sort(named)
	if diff := cmp.Diff(want, named); diff != "" {
		t.Errorf("variables named at once (-want +got):\n%s", diff)
	}
}

func TestOpenAcceptsEveryGoodValue(t *testing.T) {
	t.Parallel()
	good := map[string][]string{
		"APP_ENV":                  {"", "anything"},
		"EVENTS_SEND":              {"", "production", "always", "never"},
		"EVENTS_LOG":               {"", "unsent", "always", "never"},
		"POSTHOG_HOST":             {"", "https://us.i.posthog.com/", "http://localhost:1"},
		"POSTHOG_TRANSPORT":        {"", "sdk", "direct"},
		"EVENTS_BATCH_SIZE":        {"", "1", " 10000 "},
		"EVENTS_BATCH_INTERVAL_MS": {"", "1", "86400000"},
		"EVENTS_QUEUE_SIZE":        {"", "1", "10000000"},
		"EVENTS_SPOOL_DIR":         {"", " ", "/nowhere"}, // nothing is sent, and nothing stored
		"EVENTS_SPOOL_SYNC":        {"", "interval", "sync"},
		"EVENTS_SPOOL_QUOTA_MB":    {"", "1"},
		"EVENTS_SPOOL_OVERFLOW":    {"", "refuse", "block", "drop_oldest"},
		"EVENTS_REDACT_KEYS":       {"", redactKey},
	}
	reg, _ := newRegistry(redact.Hash)
	for name, values := range good {
		for _, value := range values {
			client, err := posthogsink.Open(env{name: value, "POSTHOG_API_KEY": key}.lookup, reg, runtime.WithLogger(nil))
			if err != nil {
				t.Errorf("%s=%q: %v", name, value, err)
			}
			if err := client.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestOpenWantsAKeyForHashes(t *testing.T) {
	t.Parallel()
	hashing, _ := newRegistry(redact.Hash)
	plain, _ := newRegistry(redact.Replace)
	tests := []struct {
		name   string
		reg    *runtime.Registry
		env    env
		random bool
		fails  bool
	}{
		{"production with API key", hashing, env{"APP_ENV": "production", "POSTHOG_API_KEY": key}, false, true},
		{"the same with a key", hashing, env{
			"APP_ENV": "production", "POSTHOG_API_KEY": key, "EVENTS_REDACT_KEYS": redactKey,
		}, false, false},
		{"nothing to hash", plain, env{"APP_ENV": "production", "POSTHOG_API_KEY": key}, false, false},
		{"production without API key", hashing, env{"APP_ENV": "production"}, true, false},
		{"elsewhere", hashing, env{"POSTHOG_API_KEY": key, "EVENTS_SEND": "always"}, true, false},
	}
	for _, test := range tests {
		for _, open := range []opener{posthogsink.Open, posthogsink.OpenAudit} {
			var log journal
			client, err := open(test.env.lookup, test.reg, runtime.WithLogger(log.logger()))
			var problem *posthogsink.EnvError
			if test.fails {
				named := errors.As(err, &problem) && problem.Variable == "EVENTS_REDACT_KEYS"
				if client != nil || !named || !errors.Is(err, redact.ErrNoKey) {
					t.Errorf("%s: %v", test.name, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
				continue
			}
			if got := client.Stats().RandomKey; got != test.random {
				t.Errorf("%s: random key %v", test.name, got)
			}
			if _, said := log.lines(t, "events: client started")[0]["hash_key"]; said != test.random {
				t.Errorf("%s: start line %s", test.name, log.text.String())
			}
			if err := client.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestOpenWithoutSense(t *testing.T) {
	t.Parallel()
	reg, _ := newRegistry(redact.Replace)
	if _, err := posthogsink.Open(nil, reg); err == nil {
		t.Error("no error without a lookup")
	}
	e := env{"POSTHOG_API_KEY": key, "EVENTS_SEND": "always"}
	if _, err := posthogsink.Open(e.lookup, nil, runtime.WithLogger(nil)); err == nil {
		t.Error("no error without a registry")
	}
}

func ExampleOpen() {
	environment := map[string]string{} // os.LookupEnv in a service
	lookup := func(name string) (string, bool) { value, ok := environment[name]; return value, ok }
	registry := &runtime.Registry{Package: "events"} // events.Registry() in a service

	client, err := posthogsink.Open(lookup, registry, runtime.WithLogger(nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(client.Stats().Mode)
	fmt.Println(client.Close(context.Background()))

	environment["POSTHOG_HOST"] = "http://user:password@posthog.internal"
	environment["EVENTS_BATCH_SIZE"] = "many"
	_, err = posthogsink.Open(lookup, registry)
	fmt.Println(err)
	// Output:
	// not sending: APP_ENV is not production; logging events
	// <nil>
	// posthogsink: POSTHOG_HOST must not contain a user name or password
	// posthogsink: EVENTS_BATCH_SIZE must be a whole number from 1 to 10000
}
