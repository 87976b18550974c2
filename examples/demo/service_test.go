package main

import (
	"testing"

	"github.com/eventgen/eventgen/eventstest"
	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// The tests in this file are those of any service: they ask what it tracked.

func TestSignUp(t *testing.T) {
	t.Parallel()
	client, rec := eventstest.New(t, events.Registry())
	service{events: client}.signUp(t.Context(), ada)

	eventstest.Want(t, rec, events.UserSignedUp{
		Method:   events.UserSignedUpMethodGoogle,
		Email:    runtime.Some(redact.Raw("ada@example.com")),
		Referrer: runtime.Some("spring-campaign"),
	})
	if person := eventstest.One[events.Person](t, rec); person.Plan != runtime.Some(events.PersonPlanFree) {
		t.Errorf("the plan is %v, want free", person.Plan)
	}
}

func TestFailedPayment(t *testing.T) {
	t.Parallel()
	client, rec := eventstest.New(t, events.Registry())
	service{events: client}.failPayment(t.Context(), ben, first, "expired_card")

	if failed := eventstest.One[events.PaymentFailed](t, rec); failed.FailureCode != "expired_card" {
		t.Errorf("the failure code is %q", failed.FailureCode)
	}
	eventstest.None[events.PaymentSucceeded](t, rec)
}

// TestRequest judges what leaves: nothing that tells a person.
func TestRequest(t *testing.T) {
	t.Parallel()
	client, rec := eventstest.New(t, events.Registry())
	service{events: client}.request(t.Context(), ada, events.APIRequest{
		RequestID: "req-1", Method: "GET", Path: "/", StatusCode: 200, Result: events.APIRequestResultSuccess,
	})
	sent := rec.Sent()[0]
	properties := eventstest.Properties(t, sent)
	if properties["ip"] != "203.0.113.0" || properties["userId"] == ada.id || sent.DistinctID != sent.UUID.String() {
		t.Errorf("%s sent %v", sent.DistinctID, properties)
	}
}
