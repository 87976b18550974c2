package redact

// Kind is what a [Finding] looks like. Its text is part of the contract and of cleaned texts.
type Kind string

// The kinds of findings.
const (
	KindEmail          Kind = "email"
	KindCard           Kind = "card"   // payment card number
	KindIBAN           Kind = "iban"   // ISO 13616
	KindIPv4           Kind = "ipv4"   // dotted quad
	KindIPv6           Kind = "ipv6"   // RFC 4291, with its zone
	KindPhone          Kind = "phone"  // with its extension
	KindSSN            Kind = "us_ssn" // social security number of the United States
	KindJWT            Kind = "jwt"    // signed or encrypted token, RFC 7519
	KindPrivateKey     Kind = "private_key"
	KindURLCredentials Kind = "url_credentials" // user information of a URL, without its @
	KindSecret         Kind = "secret"          // key or token of a known issuer
)

// Kinds is a set of kinds. The zero value is empty.
type Kinds uint16

const (
	emails Kinds = 1 << iota
	cards
	ibans
	ipv4s
	ipv6s
	phones
	ssns
	jwts
	privateKeys
	urlCredentials
	secrets
)

// AllKinds is the set of all kinds.
const AllKinds = secrets<<1 - 1

// numbers are the kinds of what is made of groups of digits.
const numbers = cards | ipv4s | phones | ssns

// credentials are the kinds of what opens something.
const credentials = jwts | privateKeys | urlCredentials | secrets

// allKinds holds the kinds in the order of their bits.
var allKinds = [...]Kind{
	KindEmail, KindCard, KindIBAN, KindIPv4, KindIPv6, KindPhone, KindSSN,
	KindJWT, KindPrivateKey, KindURLCredentials, KindSecret,
}

// KindsOf returns the set of the given kinds. What is no kind is left out.
func KindsOf(kinds ...Kind) Kinds {
	var set Kinds
	for i, known := range allKinds {
		for _, k := range kinds {
			if k == known {
				set |= 1 << i
			}
		}
	}
	return set
}

// Has reports whether the set holds k.
func (set Kinds) Has(k Kind) bool { return set&KindsOf(k) != 0 }

// KindsFor returns the kinds to look for in strings of a declared format: those that the format leaves room for, and that
// are not what it declares. A UUID, a date, an address or a host name leaves no room. The version numbers of a user agent
// and the numbers in a URL are taken for addresses and phone numbers too often, so that only e-mail addresses and
// credentials are looked for there. In a path, addresses are looked for as well. For "" and an unknown format it returns
// [AllKinds].
//
// Formats are those of events.yaml, and path, url, user_agent and enum.
func KindsFor(format string) Kinds {
	switch format {
	case "uuid", "enum", "date", "date-time", "ipv4", "ipv6", "ip", "hostname":
		return 0
	case "email":
		return credentials
	case "uri", "url", "user_agent":
		return emails | credentials
	case "path":
		return emails | ipv4s | ipv6s | credentials
	default:
		return AllKinds
	}
}
