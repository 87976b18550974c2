package database

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// UUID scans a uuid as it comes from either database: 16 bytes from SQLite, text from PostgreSQL. It is nil for NULL, and what is not
// a uuid stays as it is, since somebody may have put it there.
type UUID []byte

// Scan implements sql.Scanner.
func (u *UUID) Scan(source any) error {
	switch v := source.(type) {
	case nil:
		*u = nil
	case []byte:
		*u = append(make(UUID, 0, len(v)), v...)
	case string:
		raw, err := hex.DecodeString(strings.ReplaceAll(v, "-", ""))
		if err != nil {
			raw = []byte(v)
		}
		*u = raw
	default:
		return fmt.Errorf("a uuid cannot be a %T", source)
	}
	return nil
}

// String returns the usual form, "" for nil.
func (u UUID) String() string {
	text := hex.EncodeToString(u)
	if len(u) != 16 {
		return text
	}
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}
