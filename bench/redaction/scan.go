package redaction

import (
	"regexp"
	"strings"

	"github.com/eventgen/eventgen/bench/measure"
	"github.com/eventgen/eventgen/redact"
)

const (
	scanOurs   = "redact scan, 11 kinds"
	scanThree  = "three regexps, FindAll"
	scanFloor  = "floor: copy and byte scan"
	prose      = "prose"
	userAgents = "user agents"
)

// text is 1 KiB of some sort.
type text struct{ name, text string }

func texts() []text {
	return []text{
		{prose, kibibyte("Thank you for coming to the annual meeting of the housing association. The board discussed the " +
			"renovation of both stairwells in 2025 and agreed - after a long debate - to ask three companies for offers. " +
			"Members who want to see the plans can visit the office on Monday between 10:00 and 12:30. ")},
		{userAgents, kibibyte("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) " +
			"Chrome/124.0.6367.91 Safari/537.36 Edg/124.0.2478.51 ")},
		{"paths", kibibyte("/api/v2/orgs/550e8400-e29b-41d4-a716-446655440000/members/12345/invoices/98765?page=2 ")},
		{"digits", kibibyte("2024-01-15 10:20:30.123 4821 993 17 20481 0x1f 1700000000 12.5 88.12 (33) 55-12 7 ")},
		{"dirty", kibibyte("Please call Jane (jane.doe@example.com, 192.0.2.44) about card 4111 1111 1111 1111, thank you. ")},
	}
}

func kibibyte(s string) string { return strings.Repeat(s, 1024/len(s)+1)[:1024] }

// three are what a first attempt at a detector usually is: e-mail addresses, card numbers and IP addresses.
var three = []*regexp.Regexp{
	regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`),
	regexp.MustCompile(`\b(?:\d[ -]?){13,16}\b`),
	regexp.MustCompile(`\b(?:\d{1,3}\.){3}\d{1,3}\b`),
}

// either is the same as one pattern.
var either = regexp.MustCompile(three[0].String() + "|" + three[1].String() + "|" + three[2].String())

func scan(t text) measure.Comparison {
	c := measure.Comparison{
		Name: "scan, 1 KiB of " + t.name, Floor: []string{scanFloor},
		Cases: []measure.Case{
			{Name: scanOurs, Open: findings(t.text)},
			{Name: scanThree, Open: matches(t.text, three...)},
			{Name: "one regexp of the three, FindAll", Open: matches(t.text, either)},
			{Name: scanFloor, Open: copied(t.text)},
		},
	}
	if t.name == prose {
		c.Targets = []measure.Target{
			{What: "three regexps / scan, prose", Of: []string{scanThree}, Over: []string{scanOurs}, Limit: 50, AtLeast: true},
			{What: "allocations of scan, prose", Metric: measure.Allocs, Of: []string{scanOurs}, Limit: 0.5},
		}
	}
	return c
}

func findings(s string) func() (*measure.Run, error) {
	var buffer [64]redact.Finding
	return loop(func([]byte) error {
		redact.AppendFindings(buffer[:0], s, redact.AllKinds)
		return nil
	})
}

func matches(s string, patterns ...*regexp.Regexp) func() (*measure.Run, error) {
	return loop(func([]byte) error {
		for _, p := range patterns {
			p.FindAllStringIndex(s, -1)
		}
		return nil
	})
}

// copied is the least that a scanner which hands on a text can cost: a copy, and one look at each byte.
func copied(s string) func() (*measure.Run, error) {
	return loop(func(dst []byte) error {
		dst = append(dst, s...)
		seen := byte(0)
		for _, b := range dst {
			seen |= b
		}
		if seen == 0 {
			return errDropped
		}
		return nil
	})
}
