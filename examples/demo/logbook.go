package main

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
)

// logbook holds what the client logs. A service has the client write to its own log.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
	read int // up to where next has returned it
}

// logger returns a logger that writes into the book, without the time.
func (b *logbook) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
}

// Write adds a line.
func (b *logbook) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

// next returns the lines since the last call.
func (b *logbook) next() []string {
	all := b.all()
	fresh := all[b.read:]
	b.read = len(all)
	return strings.FieldsFunc(fresh, func(r rune) bool { return r == '\n' })
}

func (b *logbook) all() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
