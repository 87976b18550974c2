// Package generator measures eventgen as a user meets it, with a registry of 1,000 events of ten properties: the commands
// generate and lint, the compilation of what was generated, and what a program links of it.
//
//	go test -v -run TestOverhead ./generator
//	go test -run '^$' -bench . -benchtime 5x ./generator
package generator
