//go:build !linux

package linmem

// shared is nothing where images are not shared between regions.
type shared struct{}

// hold has the region, of which nothing is in use, hold image.
func (r *region) hold(image *Image) bool {
	r.image.erase(r.held())
	image.lay(r.held())
	r.image = image
	return true
}

// tracker knows nothing of what was written.
type tracker struct{}

func newTracker() *tracker { return &tracker{} }

func (*tracker) close() {}

// written calls each with all of b.
func (*tracker) written(b []byte, each func(from, to uint64)) { each(0, uint64(len(b))) }
