package eventstest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
	"github.com/eventgen/eventgen/sink/posthogsink"
)

// ctx and t are those of a test in your code. Here, t prints what a test would fail with.
var (
	ctx            = context.Background()
	t   testing.TB = printer{}
)

type printer struct{ testing.TB }

func (printer) Helper()                           {}
func (printer) Cleanup(func())                    {}
func (printer) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (printer) Fatalf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

func Example() {
	client, rec := eventstest.New(t, events.Registry())

	// This would be in the code under test.
	_ = events.TrackUserSignedUp(ctx, client, "user_123", events.UserSignedUp{
		Method: events.UserSignedUpMethodGoogle,
		Email:  runtime.Some(redact.Raw("Ada@example.com")),
	})

	signedUp := eventstest.One[events.UserSignedUp](t, rec)
	fmt.Println(signedUp.Method, signedUp.Email.Value.Reveal(), signedUp.Email.Value)

	for _, m := range rec.Sent() {
		fmt.Println(m.Event, m.DistinctID, eventstest.Properties(t, m))
	}
	// Output:
	// google Ada@example.com [redacted]
	// user_signed_up user_123 map[$geoip_disable:true email:h1.test.ilg0L3yPIvSVT2UCsQiA8Q method:google]
}

func ExampleWant() {
	client, rec := eventstest.New(t, events.Registry())
	_ = events.TrackUserSignedUp(ctx, client, "user_123", events.UserSignedUp{
		Method: events.UserSignedUpMethodGoogle,
		Email:  runtime.Some(redact.Raw("ada@example.com")),
	})

	eventstest.Want(t, rec, events.UserSignedUp{
		Method:   events.UserSignedUpMethodSaml,
		Email:    runtime.Some(redact.Raw("ben@example.com")),
		Referrer: runtime.Some("newsletter"),
	})
	// Output:
	// eventstest: no events.UserSignedUp is the wanted one; the nearest of 1 differs in:
	//     Method    got google, want saml
	//     Email     got [redacted], want another
	//     Referrer  got unset, want "newsletter"
}

func ExampleOne() {
	client, rec := eventstest.New(t, events.Registry())
	payment := events.NewPaymentInitiated("0197c0de-0001-7000-8000-000000000001", 4900, events.CurrencyEUR, events.ProviderStripe)
	_ = events.TrackPaymentInitiated(ctx, client, "user_123", payment)

	eventstest.One[events.PaymentSucceeded](t, rec)
	// Output:
	// eventstest: want one events.PaymentSucceeded, got none; tracked were:
	//     1 × events.PaymentInitiated
	//     the nearest is events.PaymentInitiated{PaymentID: "0197c0de-0001-7000-8000-000000000001", Amount: 4900, Currency: EUR, Provider: stripe}, which has no ConfirmationMs
}

// A test of how code copes with an event that is refused.
func ExampleLenient() {
	client, rec := eventstest.New(t, events.Registry(), eventstest.Lenient())

	err := events.TrackUserSignedUp(ctx, client, "guest", events.UserSignedUp{Method: events.UserSignedUpMethodSaml})
	fmt.Println(err)
	fmt.Println(len(rec.Sent()), "sent,", len(rec.Calls()), "called")
	// Output:
	// runtime: distinct_id is not usable: PostHog treats it as anonymous
	// 0 sent, 1 called
}

// The whole way, from the environment to PostHog.
func ExampleNewServer() {
	posthog := eventstest.NewServer(t)
	env := map[string]string{
		"APP_ENV":            "production",
		"POSTHOG_API_KEY":    "phc_test",
		"POSTHOG_HOST":       posthog.URL(),
		"EVENTS_REDACT_KEYS": eventstest.RedactKeys,
	}
	lookup := func(name string) (string, bool) { value, ok := env[name]; return value, ok }
	client, err := posthogsink.Open(lookup, events.Registry(), runtime.WithLogger(nil))
	if err != nil {
		t.Fatalf("%v", err)
	}

	_ = events.TrackUserSignedUp(ctx, client, "user_123", events.UserSignedUp{
		Method: events.UserSignedUpMethodGoogle,
		Email:  runtime.Some(redact.Raw("Ada@example.com")),
	})
	if err := client.Close(ctx); err != nil {
		t.Errorf("%v", err)
	}

	for _, e := range posthog.Unique() {
		fmt.Println(e.Name, e.DistinctID, e.Properties()["email"])
	}
	// Output: user_signed_up user_123 h1.test.ilg0L3yPIvSVT2UCsQiA8Q
}
