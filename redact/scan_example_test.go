package redact_test

import (
	"fmt"

	"github.com/eventgen/eventgen/redact"
)

func ExampleScan() {
	text := "Jane moved; write to jane@example.com or call +44 20 7946 0958."
	for _, f := range redact.Scan(text) {
		fmt.Println(f.Kind, text[f.Start:f.End])
	}
	// Output:
	// email jane@example.com
	// phone +44 20 7946 0958
}

func ExampleAppendClean() {
	clean := redact.AppendClean(nil, "from 203.0.113.7: order 1234567890 of jane@example.com", redact.AllKinds)
	fmt.Println(string(clean))
	clean = redact.AppendClean(nil, "Mozilla/5.0 (Bot; bot@example.com) Chrome/103.0.0.0", redact.KindsFor("user_agent"))
	fmt.Println(string(clean))
	// Output:
	// from [ipv4]: order 1234567890 of [email]
	// Mozilla/5.0 (Bot; [email]) Chrome/103.0.0.0
}
