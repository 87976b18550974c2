package runtime

import "log/slog"

// Logger returns the logger that New uses with the given options, for packages that wrap New and log on their own: never
// nil, and silent unless an option says otherwise.
func Logger(opts ...Option) *slog.Logger { return newSettings(nil, opts).logger }
