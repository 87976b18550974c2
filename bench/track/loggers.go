package track

import (
	"io"
	"log/slog"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/eventgen/eventgen/bench/workload"
)

// logger writes events S, M and L as lines of JSON to nowhere, with the values that redaction makes of them.
type logger struct {
	name    string
	s, m, l func()
}

func (l logger) write(event string) func() {
	switch event {
	case "S":
		return l.s
	case "M":
		return l.m
	default:
		return l.l
	}
}

func loggers() []logger { return []logger{zerologger(), zapper(), slogger()} }

// placedAt is the time in event L.
var placedAt = workload.L().PlacedAt

func zerologger() logger {
	line := zerolog.New(io.Discard).With().Timestamp().Logger()
	return logger{
		name: "zerolog",
		s: func() {
			line.Info().Str("distinct_id", workload.DistinctID).
				Str("org_id", "org_77").Str("announcement_id", workload.ID).Str("audience", "staff").Int64("recipient_count", 120).
				Str("title", workload.Title).Msg("announcement_published")
		},
		m: func() {
			line.Info().Str("distinct_id", workload.DistinctID).
				Str("requestId", workload.ID).Str("userId", workload.Pseudonym).Str("userRole", "admin").Str("orgId", "org_77").
				Str("method", "GET").Str("path", workload.Route).Str("route", workload.Route).Int64("statusCode", 200).
				Str("result", "success").Float64("duration_ms", 12.75).Str("userAgent", workload.UserAgent).
				Str("ip", workload.Network).Float64("sample_weight", 1).Msg("api_request")
		},
		l: func() {
			line.Info().Str("distinct_id", workload.DistinctID).
				Str("order_id", workload.ID).Str("account_id", workload.Pseudonym).Str("ip", workload.Network).
				Time("placed_at", placedAt).Str("currency", "EUR").Str("channel", "web").Float64("total", 120.5).
				Float64("tax", 19.25).Float64("discount", 5).Str("coupon", "SPRING").Int64("item_count", 3).Bool("gift", false).
				Bool("first_order", true).Str("campaign", "newsletter-18").Str("app_version", "4.12.0").
				Array("labels", zerolog.Arr().Str("b2c").Str("repeat")).
				Dict("delivery", zerolog.Dict().Str("method", "express").Str("country", "DE").Str("warehouse", "HAM-2").
					Int64("days", 2).Float64("fee", 4.9)).
				Array("lines", zerolog.Arr().Dict(zeroLine("A-100", "Desk lamp", 1, 79.5)).
					Dict(zeroLine("B-220", "Light bulb, 2 pieces", 2, 20.5))).
				Msg("order_placed")
		},
	}
}

func zeroLine(sku, title string, quantity int64, price float64) *zerolog.Event {
	return zerolog.Dict().Str("sku", sku).Str("title", title).Str("category", "home").Int64("quantity", quantity).
		Float64("price", price).Float64("tax_rate", 0.19).Bool("returnable", true)
}

func zapper() logger {
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(io.Discard), zap.InfoLevel)
	line := zap.New(core)
	return logger{
		name: "zap",
		s: func() {
			line.Info("announcement_published", zap.String("distinct_id", workload.DistinctID),
				zap.String("org_id", "org_77"), zap.String("announcement_id", workload.ID), zap.String("audience", "staff"),
				zap.Int64("recipient_count", 120), zap.String("title", workload.Title))
		},
		m: func() {
			line.Info("api_request", zap.String("distinct_id", workload.DistinctID),
				zap.String("requestId", workload.ID), zap.String("userId", workload.Pseudonym), zap.String("userRole", "admin"),
				zap.String("orgId", "org_77"), zap.String("method", "GET"), zap.String("path", workload.Route),
				zap.String("route", workload.Route), zap.Int64("statusCode", 200), zap.String("result", "success"),
				zap.Float64("duration_ms", 12.75), zap.String("userAgent", workload.UserAgent), zap.String("ip", workload.Network),
				zap.Float64("sample_weight", 1))
		},
		l: func() {
			line.Info("order_placed", zap.String("distinct_id", workload.DistinctID),
				zap.String("order_id", workload.ID), zap.String("account_id", workload.Pseudonym), zap.String("ip", workload.Network),
				zap.String("placed_at", placedAt.Format(time.RFC3339)), zap.String("currency", "EUR"), zap.String("channel", "web"),
				zap.Float64("total", 120.5), zap.Float64("tax", 19.25), zap.Float64("discount", 5), zap.String("coupon", "SPRING"),
				zap.Int64("item_count", 3), zap.Bool("gift", false), zap.Bool("first_order", true),
				zap.String("campaign", "newsletter-18"), zap.String("app_version", "4.12.0"),
				zap.Strings("labels", []string{"b2c", "repeat"}),
				zap.Dict("delivery", zap.String("method", "express"), zap.String("country", "DE"), zap.String("warehouse", "HAM-2"),
					zap.Int64("days", 2), zap.Float64("fee", 4.9)),
				zap.Objects("lines", []zapLine{{"A-100", "Desk lamp", 1, 79.5}, {"B-220", "Light bulb, 2 pieces", 2, 20.5}}))
		},
	}
}

type zapLine struct {
	sku, title string
	quantity   int64
	price      float64
}

func (l zapLine) MarshalLogObject(e zapcore.ObjectEncoder) error {
	e.AddString("sku", l.sku)
	e.AddString("title", l.title)
	e.AddString("category", "home")
	e.AddInt64("quantity", l.quantity)
	e.AddFloat64("price", l.price)
	e.AddFloat64("tax_rate", 0.19)
	e.AddBool("returnable", true)
	return nil
}

func slogger() logger {
	line := slog.New(slog.NewJSONHandler(io.Discard, nil))
	write := func(event string, attrs ...slog.Attr) { line.LogAttrs(background, slog.LevelInfo, event, attrs...) }
	return logger{
		name: "slog",
		s: func() {
			write("announcement_published", slog.String("distinct_id", workload.DistinctID),
				slog.String("org_id", "org_77"), slog.String("announcement_id", workload.ID), slog.String("audience", "staff"),
				slog.Int64("recipient_count", 120), slog.String("title", workload.Title))
		},
		m: func() {
			write("api_request", slog.String("distinct_id", workload.DistinctID),
				slog.String("requestId", workload.ID), slog.String("userId", workload.Pseudonym), slog.String("userRole", "admin"),
				slog.String("orgId", "org_77"), slog.String("method", "GET"), slog.String("path", workload.Route),
				slog.String("route", workload.Route), slog.Int64("statusCode", 200), slog.String("result", "success"),
				slog.Float64("duration_ms", 12.75), slog.String("userAgent", workload.UserAgent), slog.String("ip", workload.Network),
				slog.Float64("sample_weight", 1))
		},
		l: func() {
			write("order_placed", slog.String("distinct_id", workload.DistinctID),
				slog.String("order_id", workload.ID), slog.String("account_id", workload.Pseudonym), slog.String("ip", workload.Network),
				slog.Time("placed_at", placedAt), slog.String("currency", "EUR"), slog.String("channel", "web"),
				slog.Float64("total", 120.5), slog.Float64("tax", 19.25), slog.Float64("discount", 5), slog.String("coupon", "SPRING"),
				slog.Int64("item_count", 3), slog.Bool("gift", false), slog.Bool("first_order", true),
				slog.String("campaign", "newsletter-18"), slog.String("app_version", "4.12.0"),
				slog.Any("labels", []string{"b2c", "repeat"}),
				slog.GroupAttrs("delivery", slog.String("method", "express"), slog.String("country", "DE"),
					slog.String("warehouse", "HAM-2"), slog.Int64("days", 2), slog.Float64("fee", 4.9)),
				slog.Any("lines", slogLines))
		},
	}
}

// slogLine is a line of event L: slog has no lists of groups, so its handler marshals them.
type slogLine struct {
	SKU        string  `json:"sku"`
	Title      string  `json:"title"`
	Category   string  `json:"category"`
	Quantity   int64   `json:"quantity"`
	Price      float64 `json:"price"`
	TaxRate    float64 `json:"tax_rate"`
	Returnable bool    `json:"returnable"`
}

var slogLines = []slogLine{
	{"A-100", "Desk lamp", "home", 1, 79.5, 0.19, true},
	{"B-220", "Light bulb, 2 pieces", "home", 2, 20.5, 0.19, true},
}
