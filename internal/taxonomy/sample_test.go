package taxonomy_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/eventgen/eventgen/internal/diag"
	"github.com/eventgen/eventgen/internal/taxonomy"
)

// TestSample holds the sample registry of the format's description against the model that a reader would expect.
func TestSample(t *testing.T) {
	t.Parallel()
	archive, err := txtar.ParseFile("testdata/sample.txtar")
	if err != nil {
		t.Fatal(err)
	}
	got, found, err := taxonomy.Load(registryOf(archive), "events.yaml")
	if err != nil || got == nil {
		t.Fatalf("no taxonomy: %v %v", err, found)
	}
	currency := &taxonomy.Enum{
		GoName: "Currency", Description: "ISO 4217 code.", Shared: true,
		Values: []taxonomy.EnumValue{
			{GoName: "CurrencyEUR", String: "EUR"}, {GoName: "CurrencyGBP", String: "GBP"}, {GoName: "CurrencyUSD", String: "USD"},
		},
	}
	everywhere := []string{"posthog", "audit", "log"}
	want := &taxonomy.Taxonomy{
		Package: "events",
		Owner:   "data-product",
		Naming:  taxonomy.Naming{Events: "snake_case", Properties: "snake_case"},
		Privacy: []taxonomy.CategoryPolicy{
			{Category: "user.contact.email", Strategies: map[string]string{"posthog": "hash", "audit": "hash", "log": "hash"}},
			{
				Category:   "user.device.ip_address",
				Strategies: map[string]string{"posthog": "truncate_ip", "audit": "keep", "log": "replace"},
				Reason:     "Abuse handling needs the address.",
			},
			{Category: "user.name", Strategies: map[string]string{"posthog": "drop", "audit": "drop", "log": "drop"}},
		},
		Identity: taxonomy.Identity{Category: "user.unique_id"},
		Scan:     taxonomy.Scan{Mode: "sampled", Action: "report", Rate: 0.01},
		Types: []*taxonomy.NamedType{{
			Name: "Currency", GoName: "Currency", Description: "ISO 4217 code.",
			Value: &taxonomy.Value{Type: taxonomy.String, Enum: currency, Description: "ISO 4217 code."},
		}},
		Person: &taxonomy.Entity{GoName: "Person", Slug: "person", Properties: samplePerson()},
		Groups: []*taxonomy.Entity{{
			Name: "organization", GoName: "Organization", Slug: "group_organization", Description: "A paying customer.",
			Properties: []*taxonomy.Property{{
				Name: "name", GoName: "Name", Description: "Display name.",
				Value: &taxonomy.Value{Type: taxonomy.String, Category: "none", Description: "Display name."},
			}},
		}},
		Events: []*taxonomy.Event{
			{
				Name: "announcement_published", GoName: "AnnouncementPublished", Slug: "announcement_published",
				Description: "An announcement went live for its audience.", Owner: "announcements",
				Destinations: everywhere, Sampling: 1, Properties: sampleAnnouncement(),
			},
			{
				Name: "payment_initiated", GoName: "PaymentInitiated", Slug: "payment_initiated",
				Description: "A payment was started.", Owner: "payments",
				Destinations: everywhere, Sampling: 1, Properties: samplePayment(currency),
			},
		},
	}
	options := gocmp.Options{cmpopts.IgnoreTypes(diag.Position{}), cmpopts.EquateEmpty()}
	if diff := gocmp.Diff(want, got, options...); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got.Types[0].Value.Enum != got.Events[1].Properties[1].Value.Enum {
		t.Error("the shared enum is not one pointer")
	}
}

func samplePerson() []*taxonomy.Property {
	return []*taxonomy.Property{
		{
			Name: "email", GoName: "Email", Description: "Login e-mail.",
			Value: &taxonomy.Value{
				Type: taxonomy.String, Format: "email", Category: "user.contact.email", Description: "Login e-mail.",
			},
		},
		{
			Name: "plan", GoName: "Plan", Description: "Billing plan.",
			Value: &taxonomy.Value{
				Type: taxonomy.String, Description: "Billing plan.",
				Enum: &taxonomy.Enum{GoName: "PersonPlan", Description: "Billing plan.", Values: []taxonomy.EnumValue{
					{GoName: "PersonPlanFree", String: "free"}, {GoName: "PersonPlanPro", String: "pro"},
				}},
			},
		},
	}
}

func sampleAnnouncement() []*taxonomy.Property {
	one, most, zero := 1, 200, 0.0
	return []*taxonomy.Property{
		{
			Name: "org_id", GoName: "OrgID", Description: "Organisation that the event belongs to.", Required: true,
			Value: &taxonomy.Value{
				Type: taxonomy.String, MinLength: &one, Category: "none", Description: "Organisation that the event belongs to.",
			},
		},
		{
			Name: "announcement_id", GoName: "AnnouncementID", Description: "Announcement.", Required: true,
			Value: &taxonomy.Value{Type: taxonomy.String, Format: "uuid", Category: "none", Description: "Announcement."},
		},
		{
			Name: "audience", GoName: "Audience", Description: "Who receives it.", Required: true,
			Value: &taxonomy.Value{
				Type: taxonomy.String, Description: "Who receives it.",
				Enum: &taxonomy.Enum{
					GoName: "AnnouncementPublishedAudience", Description: "Who receives it.",
					Values: []taxonomy.EnumValue{
						{GoName: "AnnouncementPublishedAudienceAllMembers", String: "all_members"},
						{GoName: "AnnouncementPublishedAudienceStaff", String: "staff"},
						{GoName: "AnnouncementPublishedAudienceSegment", String: "segment"},
					},
				},
			},
		},
		{
			Name: "recipient_count", GoName: "RecipientCount", Description: "Receivers at publish time.",
			Value: &taxonomy.Value{Type: taxonomy.Integer, Minimum: &zero, Description: "Receivers at publish time."},
		},
		{
			Name: "title", GoName: "Title", Description: "Title as shown.",
			Value: &taxonomy.Value{Type: taxonomy.String, MaxLength: &most, Category: "none", Description: "Title as shown."},
		},
	}
}

func samplePayment(currency *taxonomy.Enum) []*taxonomy.Property {
	one := 1.0
	return []*taxonomy.Property{
		{
			Name: "amount", GoName: "Amount", Description: "Amount.", Unit: "minor units", Required: true,
			Value: &taxonomy.Value{Type: taxonomy.Integer, Minimum: &one, Description: "Amount."},
		},
		{
			Name: "currency", GoName: "Currency", Description: "Currency of the amount.", Required: true,
			Value: &taxonomy.Value{Type: taxonomy.String, Enum: currency, Description: "Currency of the amount."},
		},
	}
}
