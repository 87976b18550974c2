package main

import (
	"slices"
	"strings"
)

// projectKey is the key of a PostHog project, which exists on the stand-in only.
const projectKey = "phc_demo_0123456789"

// variables is an environment.
type variables map[string]string

// environment returns the environment of a service in production. The README has the table of all variables.
func environment(host string) variables {
	return variables{
		"APP_ENV":                  "production",
		"POSTHOG_API_KEY":          projectKey,
		"POSTHOG_HOST":             host,
		"EVENTS_REDACT_KEYS":       "demo:" + strings.Repeat("demo", 11), // a service takes one from `eventgen keys new`
		"EVENTS_BATCH_SIZE":        "5",
		"EVENTS_BATCH_INTERVAL_MS": "300",
		"LOG_BATCH_SIZE":           "10",
		"LOG_BATCH_INTERVAL_MS":    "300",
		"EVENTS_LOG":               "never",
	}
}

// lookup is what os.LookupEnv is for the process.
func (v variables) lookup(name string) (string, bool) {
	value, ok := v[name]
	return value, ok
}

// lines returns NAME=value, sorted, without the secrets.
func (v variables) lines() []string {
	var lines []string
	for name, value := range v {
		if strings.HasSuffix(name, "_KEY") || strings.HasSuffix(name, "_KEYS") {
			value = value[:5] + "…"
		}
		lines = append(lines, name+"="+value)
	}
	slices.Sort(lines)
	return lines
}
