package runtime

import (
	"log/slog"
	"testing"
)

func TestLoggerIsTheOneThatNewUses(t *testing.T) {
	t.Parallel()
	one, two := slog.New(slog.DiscardHandler), slog.New(slog.DiscardHandler)
	if got := Logger(WithLogger(one), Option{}, WithLogger(two)); got != two {
		t.Error("not the logger of the last option")
	}
	for _, silent := range []*slog.Logger{Logger(), Logger(WithLogger(one), WithLogger(nil))} {
		if silent == nil || silent.Enabled(t.Context(), slog.LevelError) {
			t.Errorf("%v is not silence", silent)
		}
	}
}
