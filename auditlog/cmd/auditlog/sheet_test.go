package main

import "testing"

func TestMilliseconds(t *testing.T) {
	t.Parallel()
	c := column{kind: millis}
	for f, want := range map[float64]string{
		0: "0.0", 1e-7: "<0.001", 0.0123: "0.012", 0.0996: "0.100", 0.1: "0.1", 12.34: "12.3", 99.97: "100.0", 1234.5: "1234",
	} {
		if got := c.shownNumber(f); got != want {
			t.Errorf("%v is shown as %s, want %s", f, got, want)
		}
	}
}
