package generator

import (
	"fmt"
	"strings"
)

// preamble is what all events share: policy, types, property groups.
const preamble = `version: 1
package: events
owner: data-product
naming: {events: snake_case, properties: snake_case}
privacy:
  user.contact.email: hash
  user.device.ip_address: {posthog: truncate_ip, audit: keep, log: replace, reason: Abuse handling needs the address.}
types:
  Currency: {type: string, enum: [EUR, GBP, USD, CHF, JPY], description: ISO 4217 code.}
  Channel: {type: string, enum: [web, ios, android, api], description: Where the user acted.}
property_groups:
  org_context:
    org_id: {type: string, required: true, pii: none, description: Organisation that the event belongs to.}
events:
`

var (
	nouns = strings.Fields(`account agent alert announcement answer api_key article asset backup badge board budget campaign card
		cart channel coupon course dashboard deployment document domain export feature feed file filter folder form goal import
		invite invoice job label lead lesson license message milestone`)
	verbs = strings.Fields(`added approved archived assigned blocked cancelled closed copied created deleted disabled edited
		enabled exported failed finished merged moved opened paused published rejected renamed restored shared`)
)

// Most is the largest number of events for which there are names.
var Most = len(nouns) * len(verbs)

// Registry returns a registry file with the given number of events of ten properties each, of the kinds that products
// track. Each event has an enum of its own, every third an optional one more, every fourth a nested list of objects.
func Registry(events int) []byte {
	var b strings.Builder
	b.WriteString(preamble)
	for i := range events {
		event(&b, i)
	}
	return []byte(b.String())
}

func event(b *strings.Builder, i int) {
	noun, verb := nouns[i%len(nouns)], verbs[i/len(nouns)]
	fmt.Fprintf(b, "  %s_%s:\n", noun, verb)
	fmt.Fprintf(b, "    description: One %s was %s by a member of the organisation.\n", strings.ReplaceAll(noun, "_", " "), verb)
	b.WriteString("    include: [org_context]\n    properties:\n")
	fmt.Fprintf(b, "      %s_id: {type: string, format: uuid, required: true, pii: none, description: What was %s.}\n", noun, verb)
	for _, p := range properties(i) {
		b.WriteString("      " + p + "\n")
	}
}

// properties returns eight properties; the organisation and the id make them ten.
func properties(i int) []string {
	all := []string{
		"trigger_source: {type: string, enum: [user, rule, import, system], required: true, description: What set it off.}",
		"item_count: {type: integer, minimum: 0, required: true, description: Things that were concerned.}",
		"is_first: {type: boolean, description: Whether it was the first time.}",
		"started_at: {type: string, format: date-time, pii: none, description: When the user began.}",
		"score: {type: number, minimum: 0, maximum: 1, description: Share that is done.}",
		"channel: {type: Channel, description: Where the user acted.}",
		"actor_email: {type: string, format: email, pii: user.contact.email, description: Who did it.}",
	}
	switch {
	case i%4 == 0:
		return append(all, "lines: {type: array, maxItems: 100, pii: none, description: Parts of it., items: {type: object, properties: "+
			"{sku: {type: string, required: true, pii: none, description: Article.}, quantity: {type: integer, minimum: 1, description: How many.}}}}")
	case i%3 == 0:
		return append(all, "plan: {type: string, enum: [free, pro, enterprise], description: Billing plan at that time.}")
	case i%2 == 0:
		return append(all, "labels: {type: array, maxItems: 20, uniqueItems: true, pii: none, description: Labels on it., items: {type: string, maxLength: 40}}")
	default:
		return append(all, "price_currency: {type: Currency, description: Currency of the price.}")
	}
}
