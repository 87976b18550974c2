// Package idle holds what a client costs that has nothing to do: few goroutines, and no wake-ups. It has tests only.
package idle
