package redact

import "fmt"

// Strategy says what happens to a classified value before it leaves the caller.
type Strategy uint8

// The strategies. The zero value is Drop, so that whatever was forgotten fails closed. A value that a strategy cannot handle
// is dropped: nothing falls back to the raw value. No strategy decodes or repairs text; only Keep lets invalid UTF-8 through.
const (
	// Drop leaves the property out.
	Drop Strategy = iota
	// Replace gives the last segment of the category in brackets, such as [email] for user.contact.email, whatever the value is.
	Replace
	// Hash gives "h1.", the key's id, "." and the first 16 bytes in base64url (RFC 4648, without padding, 22 characters) of
	//
	//	HMAC-SHA-256(subkey, category ‖ 0x00 ‖ value)    subkey = HMAC-SHA-256(key, "eventgen redact h1" ‖ 0x00 ‖ category)
	//
	// (RFC 2104, FIPS 198-1). E-mail addresses, phone numbers and IP addresses are brought into a normal form first; numbers,
	// booleans and times are hashed as their JSON text. Pseudonyms join within one key and category, never across two.
	Hash
	// Mask gives the first character (code point) and "***": never more than a quarter of the value, and nothing of its length.
	// Fewer than four characters, or a first one that is invalid or not graphic (Unicode L, M, N, P, S, Zs), give what Replace
	// gives. The rule is our own.
	Mask
	// TruncateIP gives the network of an address: 24 bits of IPv4, 48 of IPv6 (the sizes of one site, RFC 6177), as netip.Prefix
	// masks them. An IPv4 address mapped into IPv6 counts as IPv4; the zone is cut off. Text in the form of RFC 5952. The /48 of
	// a 6to4 address (RFC 3056, 2002::/16) is the IPv4 address in it: choose another strategy where such addresses occur.
	TruncateIP
	// TruncateTime gives the start of the day, in UTC, of a time, an RFC 3339 date-time or a full date, as RFC 3339.
	TruncateTime
	// Round gives a number with two significant digits; ties go to the even digit (IEEE 754, section 4.3.1).
	Round
	// EmailDomain gives what follows the last @, in lower case, where that is a host name of two labels or more (RFC 1034,
	// section 3.5, with the first digit of RFC 1123).
	EmailDomain
	// ScrubURL gives a URL (RFC 3986) or an absolute path without user information, query and fragment, and with ":id" for each
	// path segment that looks like a value: one with more than two digits, of hexadecimal digits alone, longer than 40 bytes, or
	// with a character that words of routes do not have. The limits are our own.
	ScrubURL
	// ScanText, "scan" in events.yaml, gives the text with each finding of [Scan] replaced by its kind in brackets.
	ScanText
	// Keep gives the value as it is, a number in its shortest form (Number::toString of ECMA-262) and a time in RFC 3339.
	Keep
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
