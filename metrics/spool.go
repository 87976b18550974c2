package metrics

import "github.com/eventgen/eventgen/runtime"

var spoolFamilies = []family{
	spoolGauge("eventgen_spool_bytes", "Bytes in segment files.", func(s *runtime.SpoolStats) float64 { return float64(s.Bytes) }),
	spoolGauge("eventgen_spool_segments", "Segment files.", func(s *runtime.SpoolStats) float64 { return float64(s.Segments) }),
	spoolFlag("eventgen_spool_stalled", "1 while the disk does not answer, else 0.",
		func(s *runtime.SpoolStats) bool { return s.Stalled }),
	spoolFlag("eventgen_spool_no_room", "1 when the last event found neither quota nor disk space, else 0.",
		func(s *runtime.SpoolStats) bool { return s.NoRoom }),
	spoolFlag("eventgen_spool_suspect", "1 while the last events may not survive a power cut because the disk failed, else 0.",
		func(s *runtime.SpoolStats) bool { return s.Suspect }),
	spoolCounter("eventgen_spool_damaged_ranges_total", "Ranges of damaged bytes that were found and kept aside.",
		func(s *runtime.SpoolStats) uint64 { return uint64(s.Damaged) }),
	spoolCounter("eventgen_spool_damaged_bytes_total", "Bytes in these ranges.",
		func(s *runtime.SpoolStats) uint64 { return uint64(s.DamagedBytes) }),
	spoolCounter("eventgen_spool_missing_records_total", "Records that the start found to be missing between others.",
		func(s *runtime.SpoolStats) uint64 { return s.Missing }),
	spoolCounter("eventgen_spool_lost_marks_total", "Sinks that started over because the note how far they were is damaged.",
		func(s *runtime.SpoolStats) uint64 { return uint64(s.LostMarks) }),
	spoolCounter("eventgen_spool_stalls_total", "Times that the disk did not answer.",
		func(s *runtime.SpoolStats) uint64 { return s.Stalls }),
	spoolCounter("eventgen_spool_write_errors_total", "Writes and other changes that the disk failed to do.",
		func(s *runtime.SpoolStats) uint64 { return s.WriteErrors }),
	spoolCounter("eventgen_spool_sync_errors_total", "Syncs that the disk failed to do.",
		func(s *runtime.SpoolStats) uint64 { return s.SyncErrors }),
	spoolCounter("eventgen_spool_expired_readers_total", "Sinks that were given up because no process has opened them for days.",
		func(s *runtime.SpoolStats) uint64 { return s.ExpiredReaders }),
	spoolCounter("eventgen_spool_expired_records_total", "Records that these sinks had not read.",
		func(s *runtime.SpoolStats) uint64 { return s.ExpiredRecords }),
}

// perSpool collects from the spool of a client, if it has one.
func perSpool(name, kind, help string, collect func(*text, *runtime.SpoolStats, label)) family {
	return family{name, kind, help, func(t *text, s *snapshot) {
		if s.Spool != nil {
			collect(t, s.Spool, s.label())
		}
	}}
}

func spoolGauge(name, help string, value func(*runtime.SpoolStats) float64) family {
	return perSpool(name, gauge, help, func(t *text, s *runtime.SpoolStats, l label) { t.number(value(s), l) })
}

func spoolFlag(name, help string, on func(*runtime.SpoolStats) bool) family {
	return perSpool(name, gauge, help, func(t *text, s *runtime.SpoolStats, l label) { t.flag(on(s), l) })
}

func spoolCounter(name, help string, n func(*runtime.SpoolStats) uint64) family {
	return perSpool(name, counter, help, func(t *text, s *runtime.SpoolStats, l label) { t.count(n(s), l) })
}
