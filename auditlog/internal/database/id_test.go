package database

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
)

func TestID(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "any.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	numbers := []int64{1, 2, 77, MaxChain}
	for i, chain := range numbers {
		for _, seq := range []int64{0, 1, MaxSeq} {
			id := ID(chain, seq)
			if c, s := Place(id); c != chain || s != seq || id < 0 {
				t.Errorf("%d of chain %d became %d of chain %d", seq, chain, s, c)
			}
			for j, other := range numbers {
				var within bool
				if err := db.QueryRow(fmt.Sprintf("SELECT %d %s", id, InChain("", "$1")), other).Scan(&within); err != nil || within != (i == j) {
					t.Errorf("%d of chain %d is in chain %d: %v, %v", seq, chain, other, within, err)
				}
			}
			var found int64
			if err := db.QueryRow(fmt.Sprintf("SELECT %s", ChainOf(fmt.Sprint(id)))).Scan(&found); err != nil || found != chain {
				t.Errorf("SQL finds chain %d, %v", found, err)
			}
		}
	}
}

func TestUUID(t *testing.T) {
	t.Parallel()
	raw := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	const text = "01020304-0506-0708-090a-0b0c0d0e0f10"
	for source, want := range map[any]string{nil: "", text: text, "forged": "666f72676564"} {
		var u UUID
		if err := u.Scan(source); err != nil || u.String() != want {
			t.Errorf("%v became %q, %v", source, u, err)
		}
	}
	var u UUID
	if err := u.Scan(raw); err != nil || u.String() != text {
		t.Errorf("got %q, %v", u, err)
	}
	raw[0] = 99 // the driver's memory
	if u[0] != 1 {
		t.Error("the bytes are the driver's")
	}
	if err := u.Scan(7); err == nil {
		t.Error("a number is no uuid")
	}
}
