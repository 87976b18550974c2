package redact

import "fmt"

// Strategy says what happens to a classified value before it leaves the caller.
type Strategy uint8

// The strategies. The zero value is Drop, so that whatever was forgotten fails closed.
const (
	Drop         Strategy = iota // the property is left out
	Replace                      // a constant named after the category, such as [email]
	Hash                         // keyed HMAC-SHA-256, joinable within its key and category
	Mask                         // the first character and a filler of fixed width
	TruncateIP                   // the /24 or /48 network address
	TruncateTime                 // the day, UTC
	Round                        // a number to two significant digits
	EmailDomain                  // what follows the last @
	ScrubURL                     // a URL without user, query and fragment, ids replaced
	ScanText                     // "scan": text with what the detectors find replaced
	Keep                         // the value as it is
)

var strategyNames = [...]string{
	"drop", "replace", "hash", "mask", "truncate_ip", "truncate_time", "round", "email_domain", "scrub_url", "scan", "keep",
}

// String returns the strategy's name in events.yaml.
func (s Strategy) String() string {
	if int(s) < len(strategyNames) {
		return strategyNames[s]
	}
	return fmt.Sprintf("Strategy(%d)", uint8(s))
}

// ParseStrategy returns the strategy with the given name in events.yaml.
func ParseStrategy(name string) (Strategy, error) {
	for i, n := range strategyNames {
		if n == name {
			return Strategy(i), nil
		}
	}
	return Drop, fmt.Errorf("redact: unknown strategy %q", name)
}

// tighten returns the stricter of two strategies. Strictness has four levels: keep, then everything that lets a part of
// the value through, then hash, replace and drop. Two different strategies of the second level show different parts and
// cannot be compared; the loader refuses such a pair, and here it is dropped.
func (s Strategy) tighten(by Strategy) Strategy {
	switch a, b := s.level(), by.level(); {
	case s == by || a > b:
		return s
	case a < b:
		return by
	default:
		return Drop
	}
}

// level ranks s by strictness; what is no strategy at all ranks with Drop and is handled as one.
func (s Strategy) level() int {
	switch s {
	case Keep:
		return 0
	case Mask, TruncateIP, TruncateTime, Round, EmailDomain, ScrubURL, ScanText:
		return 1
	case Hash:
		return 2
	case Replace:
		return 3
	default:
		return 4
	}
}
