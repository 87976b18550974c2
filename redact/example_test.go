package redact_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"

	"github.com/eventgen/eventgen/redact"
)

func Example() {
	policy := redact.Policy{
		{Category: "user", Strategies: redact.Strategies{PostHog: redact.Replace, Log: redact.Replace}},
		{Category: "user.contact.email", Strategies: redact.Strategies{PostHog: redact.Hash, Log: redact.EmailDomain}},
	}
	keys, err := redact.ParseKeys("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=") // from a secret store, not from code
	if err != nil {
		fmt.Println(err)
		return
	}
	engine, err := redact.NewEngine(policy, keys)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range []redact.Destination{redact.PostHog, redact.Log, redact.Audit} {
		for _, category := range []string{"user.contact.email", "user.name"} {
			rule := engine.Rule(category, d, redact.Drop, false)
			text, outcome := rule.AppendString(nil, "Jane@Example.com")
			if outcome == redact.Dropped {
				text = []byte("(left out)")
			}
			fmt.Printf("%s to %s: %s\n", category, d, text)
		}
	}
	// Output:
	// user.contact.email to posthog: h1.k1.AiBpnaCQyJgsGmSDYxBZVA
	// user.name to posthog: [name]
	// user.contact.email to log: example.com
	// user.name to log: [name]
	// user.contact.email to audit: (left out)
	// user.name to audit: (left out)
}

func ExampleString() {
	user := struct {
		Name  string
		Email redact.String
	}{"Jane", redact.Raw("jane@example.com")}

	fmt.Printf("%v %+v\n", user.Email, user)
	encoded, err := json.Marshal(user)
	fmt.Println(string(encoded), err)
	fmt.Println(user.Email.Reveal())
	// Output:
	// [redacted] {Name:Jane Email:[redacted]}
	// {"Name":"Jane","Email":"[redacted]"} <nil>
	// jane@example.com
}

func ExampleValue() {
	age := redact.Wrap(int64(41))
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	logger.Info("signed up", "age", age)
	fmt.Println(age.Reveal() + 1)
	// Output:
	// level=INFO msg="signed up" age=[redacted]
	// 42
}

// Pseudonyms find what was sent about a person, also under keys that are no longer active.
func ExampleEngine_Pseudonyms() {
	keys, err := redact.ParseKeys("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=," +
		"k0:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj9AQUJDREVGRw")
	if err != nil {
		fmt.Println(err)
		return
	}
	engine, err := redact.NewEngine(nil, keys)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, pseudonym := range engine.Pseudonyms("user.contact.email", "jane@example.com") {
		fmt.Println(pseudonym)
	}
	// Output:
	// h1.k1.AiBpnaCQyJgsGmSDYxBZVA
	// h1.k0.qOFbdaXWoUQWbAtYemiPLA
}
