// Package size holds what a program links that uses eventgen: how many bytes, and which modules. It has tests only; the programs
// are below testdata.
package size
