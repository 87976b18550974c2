package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/eventgen/eventgen/bench/delivery"
	"github.com/eventgen/eventgen/bench/httpaudit"
	"github.com/eventgen/eventgen/bench/measure"
	"github.com/eventgen/eventgen/bench/memory"
	"github.com/eventgen/eventgen/bench/queue"
	"github.com/eventgen/eventgen/bench/redaction"
	"github.com/eventgen/eventgen/bench/report"
	"github.com/eventgen/eventgen/bench/track"
	"github.com/eventgen/eventgen/bench/validate"
)

// group is what stands between two markers of the document.
type group struct {
	name   string
	render func(settings) (string, error)
}

func groups(s settings) []group {
	compared := func(name string, comparisons func() []measure.Comparison) group {
		return group{name, func(s settings) (string, error) { return s.compare(comparisons()) }}
	}
	return []group{
		compared("track", track.Comparisons),
		compared("contention", track.Contention),
		compared("durable", func() []measure.Comparison { return track.Durable(s.dir) }),
		compared("validate", validate.Comparisons),
		compared("delivery", delivery.Comparisons),
		compared("queue", func() []measure.Comparison { return queue.Comparisons(s.dir, s.recovery) }),
		compared("redaction", redaction.Comparisons),
		compared("middleware", httpaudit.Comparisons),
		{"memory", flat},
	}
}

func names(all []group) []string {
	var list []string
	for _, g := range all {
		list = append(list, g.name)
	}
	return list
}

// flat lets a process of its own deliver events, whose memory then holds nothing of what was measured here before.
func flat(s settings) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	child := exec.CommandContext(ctx, self, "-watch", strconv.Itoa(s.events), "-dir", s.dir)
	child.Stderr = os.Stderr
	out, err := child.Output()
	if err != nil {
		return "", fmt.Errorf("child process: %w", err)
	}
	var r memory.Report
	if err := json.Unmarshal(out, &r); err != nil {
		return "", err
	}
	return report.Memory(r), nil
}

// watch is the child process. Its spool is in a folder of its own inside dir.
func watch(dir string, events int, out io.Writer) error {
	own, err := os.MkdirTemp(dir, "memory-")
	if err != nil {
		return err
	}
	r, err := memory.Watch(own, events)
	err = errors.Join(err, os.RemoveAll(own))
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(r)
}
