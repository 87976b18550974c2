package redact

// Classes of ASCII bytes. Bytes of longer characters belong to none.

func isDigit(c byte) bool { return c-'0' <= 9 }

func isLetter(c byte) bool { return c|0x20-'a' <= 'z'-'a' }

func isCapital(c byte) bool { return c-'A' <= 'Z'-'A' }

func isHex(c byte) bool { return isDigit(c) || c|0x20-'a' <= 'f'-'a' }

// lower returns c in lower case. It has no branch, since the letters of a value are hard to predict.
func lower(c byte) byte {
	upper := (uint32(c-'A') - 26) >> 31 // 1 for A to Z, else 0
	return c | byte(upper<<5)
}

// appendLower appends v in lower case.
func appendLower(dst []byte, v string) []byte {
	for i := range len(v) {
		dst = append(dst, lower(v[i]))
	}
	return dst
}
