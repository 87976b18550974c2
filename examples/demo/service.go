package main

import (
	"context"
	"time"

	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// service is the business code of the demo. It tracks as any service would: one call an event. It ignores the errors,
// because the client counts and logs them, and a customer must not notice that an event is wrong.
type service struct {
	events *runtime.Client
}

// user is somebody who uses the service.
type user struct {
	id, name, email, ip string
	method              events.UserSignedUpMethod
}

func (s service) signUp(ctx context.Context, u user) {
	_ = events.TrackUserSignedUp(ctx, s.events, u.id, events.UserSignedUp{
		Method:   u.method,
		Email:    runtime.Some(redact.Raw(u.email)),
		Referrer: runtime.Some("spring-campaign"),
	})
	_ = events.IdentifyPerson(ctx, s.events, u.id, events.Person{
		Email:      runtime.Some(redact.Raw(u.email)),
		Name:       runtime.Some(redact.Raw(u.name)),
		Plan:       runtime.Some(events.PersonPlanFree),
		SignedUpAt: runtime.Some(time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)),
	})
}

func (s service) foundCompany(ctx context.Context, org string) {
	_ = events.GroupOrganization(ctx, s.events, org, events.Organization{
		Name:  runtime.Some("Acme GmbH"),
		Plan:  runtime.Some(events.OrganizationPlanPro),
		Seats: runtime.Int(12),
	})
}

// startTrial returns the error of the client, which the demo shows.
func (s service) startTrial(ctx context.Context, u user, org string, days int64) error {
	return events.TrackTrialStarted(ctx, s.events, u.id, events.TrialStarted{
		OrgID:     org,
		Plan:      events.TrialStartedPlanPro,
		TrialDays: days,
	}, runtime.WithGroup("organization", org))
}

func (s service) buy(ctx context.Context, u user, org string) {
	_ = events.TrackSubscriptionConverted(ctx, s.events, u.id, events.SubscriptionConverted{
		OrgID:         org,
		Plan:          events.SubscriptionConvertedPlanPro,
		Interval:      events.SubscriptionConvertedIntervalYear,
		Seats:         12,
		TrialDaysUsed: runtime.Int(9),
	}, runtime.WithGroup("organization", org))
}

func (s service) publishAgent(ctx context.Context, u user, org, agent string) {
	_ = events.TrackAgentPublished(ctx, s.events, u.id, events.AgentPublished{
		OrgID:        org,
		AgentID:      agent,
		AgentVersion: 1,
		Model:        runtime.Some("small-3"),
		Tools:        runtime.Some([]string{"search", "calendar"}),
	}, runtime.WithGroup("organization", org))
}

func (s service) announce(ctx context.Context, u user, org, announcement string) {
	_ = events.TrackAnnouncementPublished(ctx, s.events, u.id, events.AnnouncementPublished{
		OrgID:          org,
		AnnouncementID: announcement,
		Audience:       events.AnnouncementPublishedAudienceAllMembers,
		RecipientCount: runtime.Int(240),
		Title:          runtime.Some("Maintenance on Sunday"),
	})
}

// payment is a purchase on its way through the payment provider.
type payment struct {
	id     string
	amount int64 // in cents
}

func (s service) startPayment(ctx context.Context, u user, p payment) {
	_ = events.TrackPaymentInitiated(ctx, s.events, u.id,
		events.NewPaymentInitiated(p.id, p.amount, events.CurrencyEUR, events.ProviderStripe))
}

func (s service) failPayment(ctx context.Context, u user, p payment, code string) {
	_ = events.TrackPaymentFailed(ctx, s.events, u.id, events.PaymentFailed{
		PaymentID: p.id, Amount: p.amount, Currency: events.CurrencyEUR, Provider: events.ProviderStripe,
		FailureCode: code,
		Attempt:     runtime.Int(1),
	})
}

func (s service) completePayment(ctx context.Context, u user, p payment) {
	_ = events.TrackPaymentSucceeded(ctx, s.events, u.id, events.PaymentSucceeded{
		PaymentID: p.id, Amount: p.amount, Currency: events.CurrencyEUR, Provider: events.ProviderStripe,
		ConfirmationMs: runtime.Int(1840),
	})
}

func (s service) refundPayment(ctx context.Context, u user, p payment, refund string) {
	_ = events.TrackPaymentRefunded(ctx, s.events, u.id, events.PaymentRefunded{
		PaymentID: p.id, Amount: p.amount, Currency: events.CurrencyEUR, Provider: events.ProviderStripe,
		RefundID: refund,
		Reason:   runtime.Some(events.PaymentRefundedReasonRequested),
		Partial:  runtime.Some(false),
	})
}

// request tracks an HTTP request. Requests are no business of a person's profile, which also keeps them cheap.
func (s service) request(ctx context.Context, u user, r events.APIRequest) {
	r.UserID = runtime.Some(redact.Raw(u.id))
	r.IP = runtime.Some(redact.Raw(u.ip))
	r.UserAgent = runtime.Some(redact.Raw("curl/8.7.1"))
	_ = events.TrackAPIRequest(ctx, s.events, "", r, runtime.WithoutPersonProfile())
}
