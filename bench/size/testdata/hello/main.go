// Command hello is a program that does nothing but print, in JSON, as most do somewhere.
package main

import (
	"log/slog"
	"os"
)

func main() { slog.New(slog.NewJSONHandler(os.Stdout, nil)).Info("hello") }
