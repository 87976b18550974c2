package spool

import (
	"io/fs"
	"testing"
)

// putSegment writes a segment with records of consecutive sequence numbers.
func putSegment(t *testing.T, f opener, id, first uint64, records int) string {
	t.Helper()
	seg := newSegment(id, first)
	content := seg.header(0)
	for n := range records {
		r := numbered(first + uint64(n))
		from := len(content)
		content = appendFrame(content, &r, r.bodySize())
		stamp(content[from:], first+uint64(n))
	}
	file, err := f.Create(seg.name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt(content, 0); err != nil {
		t.Fatal(err)
	}
	return seg.name
}

// inspect looks at a folder to which nobody writes, so that there is nothing to wait for.
func inspect(f folder) inspection { return inspection{f, func() {}} }

// busyFolder is a folder in which a process works while a tool lists it and opens its files.
type busyFolder struct {
	*simDisk
	lists  [][]string      // what the next listings do not show
	opened map[string]bool // files that are deleted before somebody opens them
}

func (f *busyFolder) List() ([]entry, error) {
	all, err := f.simDisk.List()
	if len(f.lists) == 0 {
		return all, err
	}
	var shown []entry
	for _, e := range all {
		hidden := false
		for _, name := range f.lists[0] {
			hidden = hidden || name == e.name
		}
		if !hidden {
			shown = append(shown, e)
		}
	}
	f.lists = f.lists[1:]
	return shown, err
}

func (f *busyFolder) Open(name string) (file, error) {
	if f.opened[name] {
		return nil, fs.ErrNotExist
	}
	return f.simDisk.Open(name)
}

// TestVerifyBesideRotation verifies a folder while segments come and go: nothing is missing, but for a segment that really is.
func TestVerifyBesideRotation(t *testing.T) {
	t.Parallel()
	disk := newSimDisk()
	var names []string
	for n := range uint64(5) {
		names = append(names, putSegment(t, disk, n+1, 10*n+1, 10))
	}
	for what, c := range map[string]struct {
		folder  busyFolder
		records int
		missing uint64
	}{
		"quiet":                       {busyFolder{}, 50, 0},
		"deleted after the listing":   {busyFolder{opened: map[string]bool{names[1]: true, names[2]: true}}, 30, 0},
		"created amid a listing":      {busyFolder{lists: [][]string{{names[2], names[4]}}}, 40, 0},
		"deleted before the second":   {busyFolder{lists: [][]string{{names[2], names[4]}, {names[3]}}}, 30, 0},
		"newer only in the second":    {busyFolder{lists: [][]string{{names[3], names[4]}, {names[3]}}}, 30, 0},
		"really missing a segment":    {busyFolder{lists: [][]string{{names[2]}, {names[2]}}}, 40, 10},
		"missing, and others deleted": {busyFolder{lists: [][]string{{names[2]}, {names[2]}}, opened: map[string]bool{names[0]: true}}, 30, 10},
	} {
		c.folder.simDisk = disk
		r, err := inspect(&c.folder).verify()
		if err != nil || r.Records != c.records || r.Missing != c.missing {
			t.Errorf("%s: %d records, %d missing, %v", what, r.Records, r.Missing, err)
		}
	}
}

// TestVerifyBesideExpiry deletes the mark of a reader between listing and reading.
func TestVerifyBesideExpiry(t *testing.T) {
	t.Parallel()
	disk := newSimDisk()
	putSegment(t, disk, 1, 1, 3)
	name := markName("posthog", 0)
	if _, err := disk.Create(name); err != nil {
		t.Fatal(err)
	}
	r, err := inspect(&busyFolder{simDisk: disk, opened: map[string]bool{name: true}}).verify()
	if err != nil || r.Records != 3 || len(r.Readers) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestWriterHeldUp reads the newest segment while its writer is held up amid a record: the reader waits for it, but not for ever.
func TestWriterHeldUp(t *testing.T) {
	t.Parallel()
	disk := newSimDisk()
	name := putSegment(t, disk, 1, 1, 10)
	content := disk.cache[name].cache
	whole := len(content)
	content = append(content, make([]byte, windowBytes)...)
	for missing := 1; missing <= 100; missing += 33 {
		for _, resumes := range []int{1, maxLooks - 2, maxLooks} {
			seg := newSegment(1, 1)
			seg.size = int64(len(content))
			visible, pauses := whole-missing, 0
			x := examiner{pause: func() {
				if pauses++; pauses == resumes {
					visible = whole
				}
			}}
			found := x.examine(growing{content, &visible, 0}, seg, func(frame) {})
			if intact := resumes < maxLooks; intact != (len(found.holes) == 0 && found.records == 10) || pauses != min(resumes, maxLooks-1) {
				t.Errorf("%d bytes missing, %d pauses: %d records, damage %v", missing, pauses, found.records, found.holes)
			}
			seg.limit = 11 // an older segment has no writer, and its damage needs no patience
			visible, pauses = whole-missing, 0
			x = examiner{pause: x.pause}
			if found := x.examine(growing{content, &visible, 0}, seg, func(frame) {}); len(found.holes) != 1 || pauses != 0 {
				t.Errorf("%d bytes missing in an older segment: damage %v, %d pauses", missing, found.holes, pauses)
			}
		}
	}
}
