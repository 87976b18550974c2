package spool

import (
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
)

// simDisk is a folder on a simulated disk. It keeps apart what the system shows (cache) and what the disk has (platter), so
// that it can crash: any part of what was not synced may then be on the platter, torn at sectors, or garbage.
type simDisk struct {
	*simState
	name string // of the folder; "" is the one at the top
}

type simState struct {
	mu      sync.Mutex
	cache   map[string]*simInode
	platter map[string]*simInode
	names   []simName // changes that are not synced
	ops     int
	room    int64 // bytes that may be allocated; negative is unlimited

	fail  func(op string, n int) error // decides which operation fails
	after func()                       // runs after every operation that changes something
	gate  func(op string)              // runs before every operation, without the lock: may block
}

const sector = 512

type simInode struct {
	cache   []byte
	platter []byte
	writes  []simWrite // that are not synced
}

// simWrite is a write, or a change of size if data is nil.
type simWrite struct {
	off  int64
	data []byte
}

// simName is a name that got another inode, or none.
type simName struct {
	name  string
	inode *simInode
}

func newSimDisk() *simDisk {
	return &simDisk{simState: &simState{cache: map[string]*simInode{}, platter: map[string]*simInode{}, room: -1}}
}

// do runs an operation that changes something, unless it is to fail. Part says whether the failed one may do its half.
func (d *simDisk) do(op string, change func(err error) error) error {
	if d.gate != nil {
		d.gate(op)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ops++
	var err error
	if d.fail != nil {
		err = d.fail(op, d.ops)
	}
	err = change(err)
	if d.after != nil {
		d.after()
	}
	return err
}

func (d *simDisk) path(name string) string {
	if d.name == "" {
		return name
	}
	return d.name + "/" + name
}

func (d *simDisk) Create(name string) (file, error) {
	var f file
	err := d.do("create", func(err error) error {
		if err != nil {
			return err
		}
		if d.cache[d.path(name)] != nil {
			return fs.ErrExist
		}
		inode := &simInode{}
		d.cache[d.path(name)] = inode
		d.names = append(d.names, simName{d.path(name), inode})
		f = simFile{d, inode}
		return nil
	})
	return f, err
}

func (d *simDisk) Open(name string) (file, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	inode := d.cache[d.path(name)]
	if inode == nil {
		return nil, fs.ErrNotExist
	}
	return simFile{d, inode}, nil
}

func (d *simDisk) Sub(name string) (folder, error) { return &simDisk{d.simState, d.path(name)}, nil }

func (d *simDisk) Rename(from, to string) error {
	return d.do("rename", func(err error) error {
		inode := d.cache[d.path(from)]
		if err != nil || inode == nil {
			return orError(err, fs.ErrNotExist)
		}
		delete(d.cache, d.path(from))
		d.cache[d.path(to)] = inode
		d.names = append(d.names, simName{d.path(from), nil}, simName{d.path(to), inode})
		return nil
	})
}

func orError(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

func (d *simDisk) Remove(name string) error {
	return d.do("remove", func(err error) error {
		inode := d.cache[d.path(name)]
		if err != nil || inode == nil {
			return orError(err, fs.ErrNotExist)
		}
		d.release(int64(len(inode.cache)))
		delete(d.cache, d.path(name))
		d.names = append(d.names, simName{d.path(name), nil})
		return nil
	})
}

// Sync secures the names. A failed one forgets them: they will not be on the platter, whatever is synced later.
func (d *simDisk) Sync() error {
	return d.do("syncfolder", func(err error) error {
		for _, n := range d.names {
			if err == nil {
				setName(d.platter, n)
			}
		}
		if err == nil {
			d.names = nil
		}
		return err
	})
}

func setName(names map[string]*simInode, n simName) {
	if n.inode == nil {
		delete(names, n.name)
	} else {
		names[n.name] = n.inode
	}
}

func (d *simDisk) List() ([]entry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []entry
	for _, name := range slices.Sorted(maps.Keys(d.cache)) {
		all = append(all, entry{name: name, size: int64(len(d.cache[name].cache))})
	}
	return all, nil
}

func (d *simDisk) Space() (space, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.room < 0 {
		return space{1 << 40, 1 << 40}, nil
	}
	return space{d.room, 1 << 40}, nil
}

func (d *simDisk) Close() error { return nil }

// take takes room, or reports that there is too little.
func (d *simDisk) take(n int64) error {
	if d.room >= 0 {
		if n > d.room {
			return syscall.ENOSPC
		}
		d.room -= n
	}
	return nil
}

func (d *simDisk) release(n int64) {
	if d.room >= 0 {
		d.room += n
	}
}

type simFile struct {
	disk  *simDisk
	inode *simInode
}

func (f simFile) ReadAt(p []byte, off int64) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if off >= int64(len(f.inode.cache)) {
		return 0, io.EOF
	}
	n := copy(p, f.inode.cache[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt does half of a write that is to fail.
func (f simFile) WriteAt(p []byte, off int64) (n int, err error) {
	err = f.disk.do("write", func(err error) error {
		n = len(p)
		if err != nil {
			n /= 2
		}
		if grow := off + int64(n) - int64(len(f.inode.cache)); grow > 0 {
			if err := f.disk.take(grow); err != nil {
				n = 0
				return err
			}
		}
		f.inode.apply(simWrite{off, slices.Clone(p[:n])})
		return err
	})
	return n, err
}

func (i *simInode) apply(w simWrite) {
	i.cache = w.put(i.cache)
	i.writes = append(i.writes, w)
}

// put returns the content after the write.
func (w simWrite) put(content []byte) []byte {
	end := w.off + int64(len(w.data))
	if grow := end - int64(len(content)); grow > 0 {
		content = append(content, make([]byte, grow)...)
	}
	if w.data == nil {
		return content[:end]
	}
	copy(content[w.off:], w.data)
	return content
}

func (f simFile) resize(op string, size int64) error {
	return f.disk.do(op, func(err error) error {
		if err == nil {
			err = f.disk.take(size - int64(len(f.inode.cache)))
		}
		if err == nil {
			f.inode.apply(simWrite{off: size})
		}
		return err
	})
}

func (f simFile) Allocate(size int64) error { return f.resize("allocate", size) }
func (f simFile) Truncate(size int64) error { return f.resize("truncate", size) }

// Sync secures the content. A failed one forgets what it did not write, as Linux does: the cache still shows it, and the next
// sync succeeds without writing it.
func (f simFile) Sync() error {
	return f.disk.do("sync", func(err error) error {
		for _, w := range f.inode.writes {
			if err == nil {
				f.inode.platter = w.put(f.inode.platter)
			}
		}
		f.inode.writes = nil
		return err
	})
}

func (f simFile) Close() error { return nil }

// kill returns the disk as the next process finds it after this one was killed: the system lives on.
func (d *simDisk) kill() *simDisk {
	d.mu.Lock()
	defer d.mu.Unlock()
	next := newSimDisk()
	inodes := map[*simInode]*simInode{}
	clone := func(i *simInode) *simInode {
		if i != nil && inodes[i] == nil {
			inodes[i] = &simInode{slices.Clone(i.cache), slices.Clone(i.platter), slices.Clone(i.writes)}
		}
		return inodes[i]
	}
	for name, i := range d.cache {
		next.cache[name] = clone(i)
	}
	for name, i := range d.platter {
		next.platter[name] = clone(i)
	}
	for _, n := range d.names {
		next.names = append(next.names, simName{n.name, clone(n.inode)})
	}
	next.room = d.room
	return next
}

// share returns a disk with the same files, not copies of them.
func (d *simDisk) share() *simDisk {
	other := newSimDisk()
	other.cache, other.platter = maps.Clone(d.cache), maps.Clone(d.platter)
	return other
}

// crash returns a disk as it may be after a power cut. The lock is held.
func (d *simDisk) crash(rng *rand.Rand) *simDisk {
	after := newSimDisk()
	names := maps.Clone(d.platter)
	for _, n := range d.names {
		if rng.IntN(2) == 0 {
			setName(names, n)
		}
	}
	for name, inode := range names {
		content := inode.crash(rng)
		after.cache[name] = &simInode{cache: content, platter: slices.Clone(content)}
		after.platter[name] = after.cache[name]
	}
	return after
}

// crash returns what may be on the platter: each sector of each pending write on its own.
func (i *simInode) crash(rng *rand.Rand) []byte {
	content := slices.Clone(i.platter)
	keep, garbage := rng.IntN(101), rng.IntN(10) == 0
	for _, w := range i.writes {
		if w.data == nil {
			if rng.IntN(100) < keep {
				content = w.put(content)
			}
			continue
		}
		for from := int64(0); from < int64(len(w.data)); {
			to := min(int64(len(w.data)), (w.off+from)/sector*sector+sector-w.off)
			part := simWrite{w.off + from, slices.Clone(w.data[from:to])}
			switch {
			case rng.IntN(100) < keep:
				content = part.put(content)
			case garbage && rng.IntN(4) == 0:
				for j := range part.data {
					part.data[j] = byte(rng.Uint32())
				}
				content = part.put(content)
			}
			from = to
		}
	}
	return content
}
