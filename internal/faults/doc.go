// Package faults holds no code, only tests: what becomes of events when the network, the receiver or the disk fails between a
// Track call and PostHog, with everything in place that a service has: a client, a spool on a real disk, and a sink.
//
//   - network_test.go: eight kinds of network faults between the sender and a PostHog stand-in
//   - outage_test.go: PostHog is away for 24 hours of virtual time
//   - fulldisk_test.go: the disk is full, under each overflow policy
//   - queue_model_test.go: the spool against a model of its queues, with operations drawn at random
//
// EVENTGEN_FAULT=1 asks for the long versions. What a process that is killed loses is in sink/posthogsink, what a power cut
// loses is in spool.
package faults
