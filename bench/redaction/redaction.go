// Package redaction compares package redact with the primitives that its strategies rest on, with regular expressions, and
// with two maskers that applications use: showa-93/go-mask and cockroachdb/redact. TestOverhead gates the targets.
//
// The maskers do other things: go-mask's hash is an unkeyed SHA-1 in hex, and cockroachdb/redact's a salted SHA-1 cut to 32
// bits. They are here for what the same field costs with them, not as equals.
package redaction

import (
	"net/netip"

	cockroach "github.com/cockroachdb/redact"
	"github.com/showa-93/go-mask"

	"github.com/eventgen/eventgen/bench/measure"
	"github.com/eventgen/eventgen/bench/workload"
	"github.com/eventgen/eventgen/redact"
)

// The category of all rules, and an e-mail address.
const (
	category = "user.account"
	email    = "Jane.Doe@example.com"
	ipv6     = "2001:db8:85a3:8d3:1319:8a2e:370:7348"
)

// Comparisons returns those of single values and those of texts.
func Comparisons() []measure.Comparison {
	all := []measure.Comparison{
		hash(), truncate("IPv4", workload.Address), truncate("IPv6", ipv6), domain(),
	}
	for _, t := range texts() {
		all = append(all, scan(t))
	}
	return all
}

const (
	hashOurs, hashFloor = "redact hash", "floor: bare HMAC-SHA-256, pooled"
	truncateOurs        = "redact truncate_ip"
	truncateFloor       = "floor: netip.ParseAddr"
)

func hash() measure.Comparison {
	return measure.Comparison{
		Name: "hash, an account id", Floor: []string{hashFloor},
		Cases: []measure.Case{
			{Name: hashOurs, Open: rule(redact.Hash, workload.Account)},
			{Name: "go-mask hash (SHA-1, no key)", Open: goMask("hash", workload.Account)},
			{Name: "cockroachdb/redact HashString (SHA-1, 32 bits)", Open: cockroachHash},
			{Name: "hmac.New for each value", Open: freshHMAC},
			{Name: hashFloor, Open: pooledHMAC},
		},
		Targets: []measure.Target{
			{What: "hash / bare HMAC", Of: []string{hashOurs}, Over: []string{hashFloor}, Limit: 1.3},
			{What: "allocations of hash", Metric: measure.Allocs, Of: []string{hashOurs}, Limit: 0.5},
		},
	}
}

func truncate(family, address string) measure.Comparison {
	return measure.Comparison{
		Name: "truncate_ip, " + family, Floor: []string{truncateFloor},
		Cases: []measure.Case{
			{Name: truncateOurs, Open: rule(redact.TruncateIP, address)},
			{Name: "regexp, last part replaced", Open: lastPart(address)},
			{Name: "netip: parse, Prefix, AppendTo", Open: loop(func(dst []byte) error { return withNetip(dst, address) })},
			{Name: truncateFloor, Open: loop(func([]byte) error {
				_, err := netip.ParseAddr(address)
				return err
			})},
		},
		Targets: []measure.Target{
			{What: "truncate_ip / netip parse, " + family, Of: []string{truncateOurs}, Over: []string{truncateFloor}, Limit: 2},
			{What: "allocations of truncate_ip, " + family, Metric: measure.Allocs, Of: []string{truncateOurs}, Limit: 0.5},
		},
	}
}

func withNetip(dst []byte, address string) error {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return err
	}
	bits := 24
	if a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	_ = p.Addr().AppendTo(dst)
	return err
}

// domain compares what hides an e-mail address.
func domain() measure.Comparison {
	return measure.Comparison{
		Name: "an e-mail address hidden",
		Cases: []measure.Case{
			{Name: "redact email_domain", Open: rule(redact.EmailDomain, email)},
			{Name: "redact mask", Open: rule(redact.Mask, email)},
			{Name: "redact replace", Open: rule(redact.Replace, email)},
			{Name: "regexp, local part replaced", Open: localPart},
			{Name: "go-mask fixed", Open: goMask("fixed", email)},
			{Name: "go-mask filled", Open: goMask("filled", email)},
			{Name: "cockroachdb/redact Sprint and Redact", Open: cockroachMarkers},
		},
	}
}

// rule is one of our strategies.
func rule(s redact.Strategy, value string) func() (*measure.Run, error) {
	return func() (*measure.Run, error) {
		policy := redact.Policy{{Category: category, Strategies: redact.Strategies{PostHog: s}}}
		engine, err := redact.NewEngine(policy, redact.RandomKeys())
		if err != nil {
			return nil, err
		}
		r := engine.Rule(category, redact.PostHog, redact.Keep, false)
		return loop(func(dst []byte) error {
			if _, outcome := r.AppendString(dst, value); outcome == redact.Dropped {
				return errDropped
			}
			return nil
		})()
	}
}

func goMask(tag, value string) func() (*measure.Run, error) {
	return loop(func([]byte) error {
		_, err := mask.String(tag, value)
		return err
	})
}

func cockroachMarkers() (*measure.Run, error) {
	return loop(func([]byte) error {
		if cockroach.Sprint(email).Redact() == "" {
			return errDropped
		}
		return nil
	})()
}
