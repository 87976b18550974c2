package eventstest

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/eventgen/eventgen/redact"
)

// canary is a value that is recognised wherever it turns up.
type canary struct {
	path string // where it was put in, for reports
	text string // as it is on the wire where the policy keeps it
	kind canaryKind

	// stretches are the parts of text that cannot be there by chance. A value without room for one, such as a boolean or a
	// short string, has none: it is checked in its own place only.
	stretches []stretch

	scrubbed string // what scrub_url leaves; "" for a value that was not made for it
	scanned  string // what scan leaves; the same
}

// canaryKind tells which strategies work on a value.
type canaryKind uint8

const (
	textCanary canaryKind = iota
	numberCanary
	timeCanary
	booleanCanary
)

// stretch is a piece of random text, of which any window must not be found.
type stretch struct {
	text   string
	window int // bytes
}

// The least number of bytes that is taken for a find. Eight letters out of twenty are as hard to meet by chance as eleven
// digits; twelve of those are needed because UUIDs and time stamps are full of them.
const (
	letterWindow = 8
	digitWindow  = 12
)

// add notes a stretch if there is enough of it.
func (c *canary) add(text string, window int) {
	if len(text) >= window {
		c.stretches = append(c.stretches, stretch{text, window})
	}
}

// reveals returns what a strategy may leave of the value, in any of its forms, and "" for what is no part of it: a
// pseudonym, the category, nothing. It is written from the description of the strategies and not from their code, except
// where the value was not made for the strategy.
func (c *canary) reveals(s redact.Strategy) string {
	switch {
	case s == redact.Keep:
		return c.text
	case s == redact.Round && c.kind == numberCanary:
		return c.rounded()
	case s == redact.TruncateTime && (c.kind == timeCanary || c.kind == textCanary):
		return c.day()
	case c.kind == textCanary:
		return c.revealsOfText(s)
	default:
		return ""
	}
}

func (c *canary) revealsOfText(s redact.Strategy) string {
	switch s {
	case redact.Mask:
		return c.masked()
	case redact.TruncateIP:
		return c.network()
	case redact.EmailDomain:
		return c.domain()
	case redact.ScrubURL:
		return c.shaped(c.scrubbed, s)
	case redact.ScanText:
		return c.shaped(c.scanned, s)
	default:
		return ""
	}
}

func (c *canary) masked() string {
	if utf8.RuneCountInString(c.text) < 4 {
		return ""
	}
	_, size := utf8.DecodeRuneInString(c.text)
	return c.text[:size] + "***"
}

func (c *canary) domain() string {
	at := strings.LastIndexByte(c.text, '@')
	if at < 1 {
		return ""
	}
	return strings.ToLower(c.text[at+1:])
}

func (c *canary) network() string {
	addr, err := netip.ParseAddr(c.text)
	if err != nil {
		return ""
	}
	bits := 48
	switch addr = addr.Unmap(); {
	case addr.Is4():
		bits = 24
	case netip.MustParsePrefix("2002::/16").Contains(addr): // 6to4
		bits = 40
	}
	return netip.PrefixFrom(addr, bits).Masked().Addr().String()
}

func (c *canary) day() string {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if at, err := time.Parse(layout, c.text); err == nil {
			return at.UTC().Format(time.DateOnly) + "T00:00:00Z"
		}
	}
	return ""
}

func (c *canary) rounded() string {
	n, err := strconv.ParseFloat(c.text, 64)
	if err != nil {
		return ""
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(n, 'e', 1, 64), 64)
	if err != nil {
		return ""
	}
	return decimal(short)
}

// shaped returns what a strategy leaves of a value that was made for it, and otherwise what its code says.
func (c *canary) shaped(made string, s redact.Strategy) string {
	if made != "" {
		return made
	}
	const category = "canary"
	strategies := redact.Strategies{PostHog: s}
	engine, err := redact.NewEngine(redact.Policy{{Category: category, Strategies: strategies}}, redact.Keys{})
	if err != nil {
		return ""
	}
	out, _ := engine.Rule(category, redact.PostHog, s, false).AppendString(nil, c.text)
	return string(out)
}

// decimal returns a number as it stands in JSON.
func decimal(f float64) string {
	if size := max(f, -f); size != 0 && (size < 1e-6 || size >= 1e21) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
