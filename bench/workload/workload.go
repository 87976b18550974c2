// Package workload holds the events that all contenders handle: S with 5 properties, M with 14, one of them hashed and one an
// address that is cut to its network, L with 30, nested, redacted like M. Each comes as our generated type, as the map that
// a client of PostHog takes, and with the values that redaction makes of it, for loggers, which do not redact.
package workload

import (
	"context"
	"time"

	large "github.com/eventgen/eventgen/bench/events"
	"github.com/eventgen/eventgen/generated/events"
	"github.com/eventgen/eventgen/redact"
	"github.com/eventgen/eventgen/runtime"
)

// Values that several forms share.
const (
	ID          = "0189d0f5-7b1e-7c3a-9f00-0123456789ab"
	DistinctID  = "user~123" // its second sign is nowhere else in an event, see Mark
	Account     = "user_123"
	Pseudonym   = "h1.random.2rJ0vSgN6KxQ3yD9mZb8Ww" // of the length that hash gives
	Address     = "203.0.113.77"
	Network     = "203.0.113.0"
	UserAgent   = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"
	Route       = "/api/v1/announcements/{id}"
	Title       = "Office closed on Friday"
	PlacedAt    = "2026-05-03T10:20:30Z"
	accountRule = "user.account"
)

// Mark is once in each event, whoever encodes it: servers count events by it, as a single byte is found fastest.
const Mark = '~'

// S is announcement_published of the reference registry: 5 properties, nothing to redact.
func S() events.AnnouncementPublished {
	return events.AnnouncementPublished{
		OrgID:          "org_77",
		AnnouncementID: ID,
		Audience:       events.AnnouncementPublishedAudienceStaff,
		RecipientCount: runtime.Int(120),
		Title:          runtime.Some(Title),
	}
}

// SMap is S as a map.
func SMap() map[string]any {
	return map[string]any{
		"org_id": "org_77", "announcement_id": ID, "audience": "staff", "recipient_count": 120, "title": Title,
	}
}

// M is api_request of the reference registry: 14 properties, of which a success has 13.
func M() events.APIRequest {
	return events.APIRequest{
		RequestID:    ID,
		UserID:       runtime.Some(redact.Raw(Account)),
		UserRole:     runtime.Some("admin"),
		OrgID:        runtime.Some("org_77"),
		Method:       "GET",
		Path:         Route,
		Route:        runtime.Some(Route),
		StatusCode:   200,
		Result:       events.APIRequestResultSuccess,
		DurationMs:   12.75,
		UserAgent:    runtime.Some(redact.Raw(UserAgent)),
		IP:           runtime.Some(redact.Raw(Address)),
		SampleWeight: runtime.Float(1),
	}
}

// MMap is M as a map, with the given values for what is personal.
func MMap(account, address string) map[string]any {
	return map[string]any{
		"requestId": ID, "userId": account, "userRole": "admin", "orgId": "org_77", "method": "GET", "path": Route, "route": Route,
		"statusCode": 200, "result": "success", "duration_ms": 12.75, "userAgent": UserAgent, "ip": address, "sample_weight": 1.0,
	}
}

// L is order_placed of events.yaml beside this package.
func L() large.OrderPlaced {
	return large.OrderPlaced{
		OrderID:    ID,
		AccountID:  runtime.Some(redact.Raw(Account)),
		IP:         runtime.Some(redact.Raw(Address)),
		PlacedAt:   time.Date(2026, 5, 3, 10, 20, 30, 0, time.UTC),
		Currency:   large.OrderPlacedCurrencyEUR,
		Channel:    large.OrderPlacedChannelWeb,
		Total:      120.5,
		Tax:        runtime.Float(19.25),
		Discount:   runtime.Float(5),
		Coupon:     runtime.Some("SPRING"),
		ItemCount:  3,
		Gift:       runtime.Some(false),
		FirstOrder: true,
		Campaign:   runtime.Some("newsletter-18"),
		AppVersion: runtime.Some("4.12.0"),
		Labels:     runtime.Some(labels),
		Delivery: large.OrderPlacedDelivery{
			Method: large.OrderPlacedDeliveryMethodExpress, Country: "DE", Warehouse: runtime.Some("HAM-2"),
			Days: runtime.Int(2), Fee: runtime.Float(4.9),
		},
		Lines: lines,
	}
}

// What L refers to is made once: neither side pays for the slices.
var (
	labels = []string{"b2c", "repeat"}
	lines  = []large.OrderPlacedLinesItem{line("A-100", "Desk lamp", 1, 79.5), line("B-220", "Light bulb, 2 pieces", 2, 20.5)}
)

func line(sku, title string, quantity int64, price float64) large.OrderPlacedLinesItem {
	return large.OrderPlacedLinesItem{
		Sku: sku, Title: runtime.Some(title), Category: runtime.Some("home"), Quantity: quantity, Price: price,
		TaxRate: runtime.Float(0.19), Returnable: runtime.Some(true),
	}
}

// LMap is L as a map, with the given values for what is personal.
func LMap(account, address string) map[string]any {
	return map[string]any{
		"order_id": ID, "account_id": account, "ip": address, "placed_at": PlacedAt, "currency": "EUR", "channel": "web",
		"total": 120.5, "tax": 19.25, "discount": 5.0, "coupon": "SPRING", "item_count": 3, "gift": false, "first_order": true,
		"campaign": "newsletter-18", "app_version": "4.12.0", "labels": []any{"b2c", "repeat"},
		"delivery": map[string]any{"method": "express", "country": "DE", "warehouse": "HAM-2", "days": 2, "fee": 4.9},
		"lines":    []any{lineMap("A-100", "Desk lamp", 1, 79.5), lineMap("B-220", "Light bulb, 2 pieces", 2, 20.5)},
	}
}

func lineMap(sku, title string, quantity int, price float64) map[string]any {
	return map[string]any{
		"sku": sku, "title": title, "category": "home", "quantity": quantity, "price": price, "tax_rate": 0.19, "returnable": true,
	}
}

// Registries are those of S, M and L.
func Registries() (*runtime.Registry, runtime.Option) {
	return events.Registry(), runtime.WithRegistry(large.Registry())
}

// Kind is one of the events with what can be done with it.
type Kind struct {
	Name    string
	Event   string // wire name
	Hashes  bool   // one of its values is hashed
	Track   func(ctx context.Context, c *runtime.Client) error
	Check   func() error
	Map     func() map[string]any // with raw values
	Cleaned func() map[string]any // as PostHog gets it
}

// Kinds returns S, M and L.
func Kinds() []Kind {
	s, m, l := S(), M(), L()
	return []Kind{
		{
			Name: "S", Event: "announcement_published", Check: s.Validate, Map: SMap, Cleaned: SMap,
			Track: func(ctx context.Context, c *runtime.Client) error {
				return events.TrackAnnouncementPublished(ctx, c, DistinctID, s)
			},
		},
		{
			Name: "M", Event: "api_request", Hashes: true, Check: m.Validate,
			Map:     func() map[string]any { return MMap(Account, Address) },
			Cleaned: func() map[string]any { return MMap(Pseudonym, Network) },
			Track: func(ctx context.Context, c *runtime.Client) error {
				return events.TrackAPIRequest(ctx, c, DistinctID, m)
			},
		},
		{
			Name: "L", Event: "order_placed", Hashes: true, Check: l.Validate,
			Map:     func() map[string]any { return LMap(Account, Address) },
			Cleaned: func() map[string]any { return LMap(Pseudonym, Network) },
			Track: func(ctx context.Context, c *runtime.Client) error {
				return large.TrackOrderPlaced(ctx, c, DistinctID, l)
			},
		},
	}
}
