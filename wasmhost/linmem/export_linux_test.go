package linmem

// Blind returns a pool that is told by the file of that name what was written to.
func Blind(name string) *Pool { return &Pool{tracker: openTracker(name)} }

// Tracks says whether p is told what was written to.
func (p *Pool) Tracks() bool { return p.tracker.file != nil }

// Written is how much of b is taken for written to.
func (p *Pool) Written(b []byte) (n int) {
	p.tracker.written(b, func(from, to uint64) { n += int(to - from) })
	return n
}

// Unshared returns i, which no file can be made for.
func Unshared(i *Image) *Image {
	i.shared.once.Do(func() {})
	return i
}

// Mapped says whether there is a file of i.
func (i *Image) Mapped() bool { return i.sharable() }
