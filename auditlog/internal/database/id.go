package database

import (
	"fmt"
	"strconv"
)

// seqBits is how many bits of an id are the place in a chain: a chain may have a million million rows. The bits before them number
// the chains: each start of a process makes one.
const seqBits = 40

// The largest place in a chain, and number of a chain.
const (
	MaxSeq   = 1<<seqBits - 1
	MaxChain = 1<<(63-seqBits) - 1
)

// ID returns the key of a row of audit_logs: the number of its chain, and its place in it. One number of eight bytes is the key that
// both databases find fastest, and in SQLite, whose rows lie in the order of such a key, the only one that needs no index beside
// the rows.
func ID(chain, seq int64) int64 { return chain<<seqBits | seq }

// Place is the reverse of ID.
func Place(id int64) (chain, seq int64) { return id >> seqBits, id & MaxSeq }

// InChain returns the SQL condition that an id is one of a chain, whose number is another expression. No number makes it overflow.
func InChain(id, chain string) string {
	first := fmt.Sprintf("(CAST(%s AS bigint) << %d)", chain, seqBits) // without the cast, PostgreSQL takes a parameter for anything
	return fmt.Sprintf("%s BETWEEN %s AND (%[2]s | %d)", id, first, int64(MaxSeq))
}

// ChainOf returns the SQL expression for the chain of an id.
func ChainOf(id string) string { return "(" + id + " >> " + strconv.Itoa(seqBits) + ")" }
