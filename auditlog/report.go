package auditlog

import (
	"fmt"
)

// Report is what Verify found.
type Report struct {
	// Rows and Chains are how many were verified.
	Rows, Chains int64
	// Erased counts the rows whose personal part was erased, Removed those that retention has removed. Both are recorded in
	// the chain.
	Erased, Removed int64
	// Missing counts, by reason, the events that gap records say are not in the log.
	Missing map[string]uint64
	// Open are the chains without an end: their process runs, or was killed and may have lost what it had not written.
	Open []string
	// Covered counts the rows that the checkpoint vouches for; for those behind it, only their own chain does.
	Covered int64
	// Problems are what is wrong, at most 100, chain by chain in the order of the rows. More counts those beyond.
	Problems []Problem
	More     int
}

// OK reports whether nothing is wrong. Erased, removed and missing events that the chain records are not.
func (r *Report) OK() bool { return len(r.Problems) == 0 }

// maxProblems bounds a report.
const maxProblems = 100

func (r *Report) add(p Problem) {
	if len(r.Problems) >= maxProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, p)
}

// Problem is a row that is not as it was written, or is not there.
type Problem struct {
	Writer string
	Seq    int64
	Reason Reason
}

// String returns the problem in one line.
func (p Problem) String() string {
	return fmt.Sprintf("chain %s row %d: %s", p.Writer, p.Seq, p.Reason)
}

// Reason says what is wrong with a row. It is a stable code.
type Reason string

// The reasons.
const (
	Altered       Reason = "altered"        // the row does not have its hash
	PayloadEdited Reason = "payload"        // the personal part does not have its digest
	Unlinked      Reason = "unlinked"       // the row does not follow the one before it
	Missing       Reason = "missing"        // this row and perhaps more behind it are not there, though later ones are
	Truncated     Reason = "truncated"      // the chain ends before this row, which a checkpoint or a later chain names
	ChainLost     Reason = "chain_lost"     // no row of a chain is there
	Diverged      Reason = "diverged"       // the row is another one than a checkpoint or a later chain names
	UnknownChain  Reason = "unknown_chain"  // rows of a chain that was never registered
	Unrecorded    Reason = "unrecorded"     // emptied, but no record says so
	Resurrected   Reason = "resurrected"    // there, though a record says that it was removed
	AfterEnd      Reason = "after_end"      // follows the end of its chain
	Malformed     Reason = "malformed"      // not a row or record that a store writes
	Unsigned      Reason = "unsigned"       // a record of erasure or retention without a signature that is good for the key
	BadCheckpoint Reason = "bad_checkpoint" // the checkpoint is not signed with the key; Seq is its number
)
