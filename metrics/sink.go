package metrics

import "github.com/eventgen/eventgen/runtime"

// sink is the counters of one sink, and its labels.
type sink struct {
	*runtime.SinkStats
	client, name label
}

// label is the label of a client.
func (s *snapshot) label() label { return label{"client", s.client} }

// perSink collects from each sink of a client.
func perSink(collect func(*text, *sink)) func(*text, *snapshot) {
	return func(t *text, s *snapshot) {
		for i := range s.Sinks {
			collect(t, &sink{&s.Sinks[i], s.label(), label{"sink", s.Sinks[i].Name}})
		}
	}
}
