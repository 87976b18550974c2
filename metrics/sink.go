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

// perLetterFile collects from each sink that has a file of dead letters.
func perLetterFile(collect func(*text, *sink)) func(*text, *snapshot) {
	return perSink(func(t *text, s *sink) {
		if s.DeadLetterLimit > 0 {
			collect(t, s)
		}
	})
}
