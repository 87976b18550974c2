package runtime

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestNewUUIDIsVersion7(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(0x0123456789ab)
	seen := map[UUID]bool{}
	for range 10_000 {
		u := newUUID(now.UnixMicro())
		text := u.String()
		if !strings.HasPrefix(text, "01234567-89ab-7") || !strings.ContainsRune("89ab", rune(text[19])) {
			t.Fatalf("not a version 7 UUID of the time: %s", text)
		}
		if seen[u] {
			t.Fatalf("handed out twice: %s", text)
		}
		seen[u] = true
	}
}

// TestUUIDsAreInOrder: within a millisecond, what is left of it decides.
func TestUUIDsAreInOrder(t *testing.T) {
	t.Parallel()
	last := newUUID(1_800_000_000_000_000).String()
	for micros := int64(1_800_000_000_000_001); micros < 1_800_000_000_003_000; micros++ {
		next := newUUID(micros).String()
		if next <= last {
			t.Fatalf("%s does not come after %s", next, last)
		}
		last = next
	}
}

func TestParseUUID(t *testing.T) {
	t.Parallel()
	u := newUUID(time.Now().UnixMicro())
	for _, text := range []string{u.String(), strings.ToUpper(u.String())} {
		if got, err := ParseUUID(text); err != nil || got != u {
			t.Errorf("ParseUUID(%q) = %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "urn:uuid:" + u.String(), "{" + u.String() + "}", strings.ReplaceAll(u.String(), "-", ""),
		strings.Replace(u.String(), "-", "_", 1), "g" + u.String()[1:], u.String() + " ",
	} {
		if _, err := ParseUUID(text); err == nil {
			t.Errorf("ParseUUID(%q) succeeded", text)
		}
	}
}

func TestUUIDText(t *testing.T) {
	t.Parallel()
	u := newUUID(time.Now().UnixMicro())
	data, err := json.Marshal(u)
	if err != nil || string(data) != `"`+u.String()+`"` {
		t.Fatalf("json.Marshal = %s, %v", data, err)
	}
	var back UUID
	if err := json.Unmarshal(data, &back); err != nil || back != u {
		t.Fatalf("json.Unmarshal = %v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`"x"`), &back); err == nil {
		t.Error("json.Unmarshal of garbage succeeded")
	}
}
