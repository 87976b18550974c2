package codegen

import (
	"github.com/dave/jennifer/jen"

	"github.com/eventgen/eventgen/internal/taxonomy"
)

// The words of the registry language and the identifiers that stand for them in packages runtime and redact. A test holds
// each against the real package.
var (
	typeNames = map[taxonomy.Type]string{
		taxonomy.String: "String", taxonomy.Integer: "Integer", taxonomy.Number: "Number", taxonomy.Boolean: "Boolean",
		taxonomy.Object: "Objects", taxonomy.Array: "Array", taxonomy.Map: "Map", taxonomy.Any: "Any",
	}
	formatNames = map[string]string{
		"uuid": "UUIDFormat", "email": "Email", "uri": "URI", "ipv4": "IPv4", "ipv6": "IPv6", "ip": "IP",
		"date": "Date", dateTime: "Time", "hostname": "Hostname",
	}
	strategyNames = map[string]string{
		"drop": "Drop", "replace": "Replace", "hash": "Hash", "mask": "Mask", "truncate_ip": "TruncateIP",
		"truncate_time": "TruncateTime", "round": "Round", "email_domain": "EmailDomain", "scrub_url": "ScrubURL",
		"scan": "ScanText", "keep": "Keep",
	}
	// The words for the runtime's zero values, sampled and report, are left out.
	scanModeNames   = map[string]string{"full": "ScanFull", "off": "ScanOff"}
	scanActionNames = map[string]string{"mask": "ScanMask", "drop": "ScanDrop"}
)

// runtimeScanRate is runtime.DefaultScanRate.
const runtimeScanRate = 0.01

// destination is a place for copies of events.
type destination struct{ word, goName string }

var destinations = []destination{{"posthog", "PostHog"}, {"audit", "Audit"}, {"log", "Log"}}

// everywhere reports whether a list of destinations leaves none out.
func everywhere(words []string) bool { return len(words) == len(destinations) || len(words) == 0 }

// destinationsLiteral returns []redact.Destination{redact.PostHog, …}.
func destinationsLiteral(words []string) jen.Code {
	var l literal
	for _, d := range destinations {
		for _, word := range words {
			if word == d.word {
				l = append(l, inRedact(d.goName))
			}
		}
	}
	return jen.Index().Add(inRedact("Destination")).Add(l.inline())
}
