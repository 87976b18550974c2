// Package spool keeps events on disk between the call that tracks them and the sinks that receive them: a segmented log that
// is only ever appended to, with named readers that acknowledge in any order.
//
// A Spool is made for one writer process. Append may be called from many goroutines; each Reader belongs to one. What
// survives what:
//
//	           kill -9, panic   power cut                     disk full       damaged bytes
//	Interval   nothing lost     ≤ 100 ms lost, gaps counted   stated policy   the touched records lost, counted, kept aside
//	Sync       nothing lost     nothing lost                  stated policy   the same
//
// A record is delivered at least once: an acknowledgement that was not yet on disk at a power cut is forgotten.
//
// The way of a record, and who does what:
//
//	Append ──► direct: the caller writes              (Interval, nothing else under way)
//	   │
//	   └─────► pending batch ──► writer goroutine: write, and sync in mode Sync ──► callers wake
//	                             syncer goroutine: sync at most every 100 ms    (Interval)
//	Reader.Peek ◄── segment files          Reader.Ack ──► mark file, deletes segments that every reader has passed
//
// What no sink will ever take does not stay in a spool: Letters is a folder of dead letters, which usually lies inside that of the
// spool.
//
// All reading and writing goes through the interfaces in disk.go, so that tests can replace the disk by one that fails. The
// format is described in docs/spool-format.md. The package never logs; Stats says what happened.
package spool
