package linmem

// Blind returns a pool that is told by the file of that name what was written to.
func Blind(name string) *Pool { return &Pool{tracker: openTracker(name)} }

// Tracks says whether p is told what was written to.
func (p *Pool) Tracks() bool { return p.tracker.file != nil }

// Unshared returns i, which no file can be made for.
func Unshared(i *Image) *Image {
	i.shared.once.Do(func() {})
	return i
}

// Mapped says whether a file was made for i.
func (i *Image) Mapped() bool { return i.shared.file != nil }
